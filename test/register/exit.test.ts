import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createApp, type Finished } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

const IMPORT = `import { withTask, withTool } from 'otel-agent-cost';\n`;
const WORK = `${IMPORT}
withTask('work', () => withTool({ name: 'search', costUsd: 0.005 }, () => 1));
`;
const app = createApp({
  files: {
    'short.mjs': `${WORK} setTimeout(() => console.log(Date.now()), 100);`,
    'exit.mjs': `${WORK} console.log(Date.now()); process.exit(3);`,
    'crash.mjs': `${WORK} setTimeout(() => { throw new Error('app broke'); }, 10);`,
    'serve.mjs': `${WORK} setInterval(() => {}, 1000); console.log('ready');`,
    'graceful.mjs': `${WORK}
      const timer = setInterval(() => {}, 1000);
      process.on('SIGTERM', () => { console.log('closing'); setTimeout(() => { clearInterval(timer); process.exitCode = 7; }, 50); });
      console.log('ready');`,
    'hurried.mjs': `${WORK}
      setInterval(() => {}, 1000);
      process.on('SIGTERM', () => process.exit(8));
      console.log('ready');`,
    // The listener that signal-exit installs: it ends the process, but only if all listeners are its own.
    'passive.mjs': `${WORK}
      process.__signal_exit_emitter__ = { count: 1 };
      const listener = () => {
        if (process.listeners('SIGTERM').length !== 1) return;
        process.off('SIGTERM', listener);
        process.kill(process.pid, 'SIGTERM');
      };
      process.on('SIGTERM', listener);
      setInterval(() => {}, 1000);
      console.log('ready');`,
    'late.mjs': `${WORK}
      let again = true;
      process.on('beforeExit', () => {
        if (again) setTimeout(() => withTask('late', () => withTool({ name: 'search', costUsd: 1 }, () => 1)), 10);
        again = false;
      });`,
  },
});
afterAll(() => app.remove());

let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url ?? '' });
const names = () => (receiver?.spans() ?? []).map((span) => span.name).sort();
/** How long the process lived on after the app was done. */
const heldUpMillis = ({ stdout, endedAtMillis }: Finished) => endedAtMillis - Number(stdout);

const WORK_SPANS = ['execute_tool search', 'task work'];

describe('spans are delivered', () => {
  it('at a natural exit, without holding it up', async () => {
    receiver = await startReceiver();
    const finished = await app.run('short.mjs', { env: env() });
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(WORK_SPANS);
    expect(heldUpMillis(finished)).toBeLessThan(2000);
  });

  it('when another listener makes more work at the end', async () => {
    receiver = await startReceiver();
    await app.run('late.mjs', { env: env() });
    expect(names()).toEqual(['execute_tool search', 'execute_tool search', 'task late', 'task work']);
  });

  it('when the app calls process.exit', async () => {
    receiver = await startReceiver();
    const { code, stderr } = await app.run('exit.mjs', {
      env: { ...env(), OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b' },
    });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(names()).toEqual(WORK_SPANS);
    expect(receiver?.requests[0]?.headers['x-key']).toBe('a b');
  });

  it('when the app crashes', async () => {
    receiver = await startReceiver();
    const { code, stderr } = await app.run('crash.mjs', { env: env() });
    expect(code).toBe(1);
    expect(stderr).toContain('app broke');
    expect(names()).toEqual(WORK_SPANS);
  });
});

describe('a signal', () => {
  it.each(someRows(['SIGTERM', 'SIGINT', 'SIGHUP'] as const))(
    '%s ends the process as ever, after a flush',
    async (signal) => {
      receiver = await startReceiver();
      const running = app.start('serve.mjs', { env: env() });
      await running.printed('ready');
      running.child.kill(signal);
      const { signal: endedBy, stderr } = await running.finished;
      expect({ endedBy, stderr }).toEqual({ endedBy: signal, stderr: '' });
      expect(names()).toEqual(WORK_SPANS);
    },
  );

  it.each([
    ['graceful.mjs', 7],
    ['hurried.mjs', 8],
  ])('is left to the app where it listens itself: %s', async (file, exitCode) => {
    receiver = await startReceiver();
    const running = app.start(file, { env: env() });
    await running.printed('ready');
    running.child.kill('SIGTERM');
    const { code, signal } = await running.finished;
    expect({ code, signal }).toEqual({ code: exitCode, signal: null });
    expect(names()).toEqual(WORK_SPANS);
  });

  it('is not swallowed between us and a listener that waits to be alone', async () => {
    receiver = await startReceiver();
    const running = app.start('passive.mjs', { env: env() });
    await running.printed('ready');
    running.child.kill('SIGTERM');
    expect((await running.finished).signal).toBe('SIGTERM');
    expect(names()).toEqual(WORK_SPANS);
  });

  it('ends it at once when it comes twice', async () => {
    receiver = await startReceiver({ answer: 'never' });
    const running = app.start('serve.mjs', { env: env() });
    await running.printed('ready');
    const asked = performance.now();
    running.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 200));
    running.child.kill('SIGINT');
    expect((await running.finished).signal).toBe('SIGINT');
    expect(performance.now() - asked).toBeLessThan(2000);
  });
});

describe.concurrent('a receiver that is not there', () => {
  const UNANSWERED = /^otel-agent-cost: 2 of 2 spans were lost: http:.+ did not confirm them[^\n]+\n$/;

  /** Runs against an address of its own, since these tests wait side by side. */
  async function against(answer: 'never' | 'refused', work: (endpoint: string) => Promise<void>) {
    const silent = await startReceiver({ answer: 'never' });
    if (answer === 'refused') await silent.close();
    await work(silent.url);
    await silent.close();
  }

  it.each(
    someRows([
      ['does not answer', {}],
      ['does not answer, with a long timeout', { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }],
    ]),
  )('%s: holds the exit up for five seconds at most, and says what was lost', async (_case, extra) => {
    await against('never', async (endpoint) => {
      const finished = await app.run('short.mjs', {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...extra },
      });
      expect(finished).toMatchObject({ code: 0, stderr: expect.stringMatching(UNANSWERED) });
      expect(heldUpMillis(finished)).toBeLessThan(6000);
    });
  });

  it('does not answer: a signal ends the process within five seconds', async () => {
    await against('never', async (endpoint) => {
      const running = app.start('serve.mjs', {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' },
      });
      await running.printed('ready');
      const asked = performance.now();
      running.child.kill('SIGTERM');
      const { signal, stderr } = await running.finished;
      expect(signal).toBe('SIGTERM');
      expect(performance.now() - asked).toBeLessThan(6500);
      expect(stderr).toMatch(UNANSWERED);
    });
  });

  it('refuses: the exit is not held up longer, and the reason is given', async () => {
    await against('refused', async (endpoint) => {
      const finished = await app.run('short.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
      expect(finished.stderr).toMatch(UNANSWERED);
      expect(finished.stderr).toContain('ECONNREFUSED');
      expect(heldUpMillis(finished)).toBeLessThan(6000);
    });
  });

  it('refuses at process.exit, too: the exit waits for one retry', async () => {
    await against('refused', async (endpoint) => {
      const finished = await app.run('exit.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
      expect(finished).toMatchObject({ code: 3, stderr: expect.stringMatching(UNANSWERED) });
      expect(heldUpMillis(finished)).toBeLessThan(3000);
    });
  });
});
