import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { areAllWanted, someRows } from '../support/some-rows.js';

/** Spans of one task: the task, an agent, nine tool calls. */
const SPANS_PER_TASK = 11;

/**
 * An app has 5 s to send when it ends. The large bursts need one or two on an idle machine, but more beside other tests: they
 * are for `npm run test:long -- processes`.
 */
const TASKS = areAllWanted
  ? { naturalExit: 9_091, processExit: 2_000 }
  : { naturalExit: 1_000, processExit: 1_000 };

/** So many tasks in one go: nothing is sent before the last one ended. */
const burst = (tasks: number) => `
import { withAgent, withTask, withTool } from 'otel-agent-cost';
for (let task = 0; task < ${tasks}; task++) {
  withTask('burst', () => withAgent('worker', () => {
    for (let call = 0; call < 9; call++) withTool({ name: 'search', costUsd: 0.001 }, () => 1);
  }));
}
`;
const app = createApp({
  files: {
    'burst.mjs': burst(TASKS.naturalExit),
    'exit.mjs': `${burst(TASKS.processExit)} process.exit();`,
    'small.mjs': burst(1_000),
  },
});
afterAll(() => app.remove());

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });

describe('a burst', () => {
  it.each(
    someRows([
      ['a natural exit', 'burst.mjs', TASKS.naturalExit],
      ['process.exit', 'exit.mjs', TASKS.processExit],
    ] as const),
  )('arrives whole at %s', async (_exit, file, tasks) => {
    const { stderr } = await app.run(file, { env: env() });
    expect(stderr).toBe('');
    const ids = new Set<string>();
    let totals = 0;
    for (const span of receiver.spans()) {
      ids.add(span.spanId);
      if (span.attributes['task.cost_usd'] === 0.009) totals++;
    }
    expect({ spans: ids.size, totals }).toEqual({ spans: tasks * SPANS_PER_TASK, totals: tasks });
  });

  it('that a queue was too small for is counted at the end', async () => {
    const { stderr } = await app.run('small.mjs', { env: { ...env(), OTEL_BSP_MAX_QUEUE_SIZE: '2048' } });
    const lost = 11_000 - receiver.spans().length;
    expect(lost).toBeGreaterThan(0);
    expect(stderr).toContain(`${lost.toLocaleString('en-US')} of 11,000 spans were lost`);
  });
});
