import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

/** Spans of one task: the task, an agent, nine tool calls. */
const SPANS_PER_TASK = 11;

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
    'burst.mjs': burst(9_091),
    'exit.mjs': `${burst(2_000)} process.exit();`,
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
      ['100,001 spans at a natural exit', 'burst.mjs', 9_091],
      ['22,000 spans at process.exit', 'exit.mjs', 2_000],
    ] as const),
  )('arrives whole: %s', async (_case, file, tasks) => {
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
