/** The options of Node.js that the process which sends at the exit gets from the app. */
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { exitSetting } from '../../src/register/exit-send.js';
import { createApp } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';

const app = createApp({
  files: {
    'exit.mjs': `import { withTask, withTool } from 'otel-agent-cost';
withTask('work', () => withTool({ name: 'search', costUsd: 0.005 }, () => 1));
process.exit(3);`,
  },
});
afterAll(() => app.remove());

let receiver: Receiver | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await receiver?.close();
  receiver = undefined;
});

describe('an option of the network', () => {
  it.each([
    ['--dns-result-order=ipv4first', ['--dns-result-order=ipv4first']],
    ['--dns-result-order ipv4first', ['--dns-result-order', 'ipv4first']],
    ['--import ./app.mjs --use-system-ca --title x', ['--use-system-ca']],
    ['--require a.cjs --tls-cipher-list ALL --max-old-space-size 99', ['--tls-cipher-list', 'ALL']],
    ['', []],
  ])('is kept with its value, and nothing else: %s', (options, kept) => {
    vi.stubEnv('NODE_OPTIONS', options);
    const without = exitSetting().nodeOptions.slice(0, kept.length);
    expect(without).toEqual(kept);
    for (const other of ['--import', './app.mjs', '--title', 'x', '--require', 'a.cjs', '99']) {
      expect(exitSetting().nodeOptions).not.toContain(other);
    }
  });

  it('with a value of its own does not keep the spans of process.exit back', async () => {
    receiver = await startReceiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      NODE_OPTIONS: '--dns-result-order ipv4first',
    };
    const { code, stderr } = await app.run('exit.mjs', { env });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(receiver.spans()).toHaveLength(2);
  });
});
