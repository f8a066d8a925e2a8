import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';

/** Tasks of eleven spans, all at once: task, agent, nine tool calls. */
const TASKS = 9_091;
const SPANS = TASKS * 11;
const BURST = `
import { withAgent, withTask, withTool } from 'otel-agent-cost';
for (let task = 0; task < ${TASKS}; task++) {
  withTask('burst', () => withAgent('worker', () => {
    for (let call = 0; call < 9; call++) withTool({ name: 'search', costUsd: 0.001 }, () => 1);
  }));
}
`;
const app = createApp({ files: { 'burst.mjs': BURST, 'exit.mjs': `${BURST} process.exit();` } });
afterAll(() => app.remove());

let receiver: Receiver;
afterEach(() => receiver.close());

describe(`a burst of ${SPANS} spans`, () => {
  it.each(['burst.mjs', 'exit.mjs'])('arrives whole: %s', async (file) => {
    receiver = await startReceiver();
    const { stderr } = await app.run(file, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(stderr).toBe('');
    const ids = new Set<string>();
    let scopes = 0;
    for (const span of receiver.spans()) {
      ids.add(span.spanId);
      if (span.attributes['task.cost_usd'] === 0.009) scopes++;
    }
    expect({ spans: ids.size, tasks: scopes }).toEqual({ spans: SPANS, tasks: TASKS });
  });

  it('is counted at the end where the queue was too small', async () => {
    receiver = await startReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_MAX_QUEUE_SIZE: '2048' };
    const { stderr } = await app.run('burst.mjs', { env });
    const lost = SPANS - receiver.spans().length;
    expect(lost).toBeGreaterThan(0);
    expect(stderr).toContain(
      `${lost.toLocaleString('en-US')} of ${SPANS.toLocaleString('en-US')} spans were lost`,
    );
  });
});
