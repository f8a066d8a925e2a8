/** Copies of the same protocol notify each other's listeners, and another protocol can read their metrics. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startMetrics } from '../support/metrics.js';

afterEach(() => {
  vi.resetModules();
});

async function copy() {
  vi.resetModules();
  const { addListener } = await import('../../src/runtime/listeners.js');
  const { withTask, withTool } = await import('../../src/index.js');
  return { addListener, withTask, withTool };
}

describe('a listener of one copy', () => {
  it('is notified once of what another copy bills, until it is removed', async () => {
    const [one, two] = [await copy(), await copy()];
    let pico = 0;
    let tasks = 0;
    const listener = {
      billed: (bill: { pico: number | undefined }) => {
        pico += bill.pico ?? 0;
      },
      taskEnded: () => {
        tasks++;
      },
    };
    const remove = one.addListener(listener);
    two.addListener(listener);
    const work = () => two.withTask('t', () => two.withTool({ name: 'x', costUsd: 1 }, () => 1));
    work();
    remove();
    work();
    expect({ pico, tasks }).toEqual({ pico: 1e12, tasks: 1 });
  });
});

describe('the metrics of a copy', () => {
  it('can be read by a copy of another protocol, through a shape that never changes', async () => {
    startMetrics();
    const { withTool } = await copy();
    withTool({ name: 'x', costUsd: 0.25 }, () => 1);
    const all: unknown = Reflect.get(globalThis, Symbol.for('otel-agent-cost.metrics'));
    if (!Array.isArray(all)) throw new Error('no copy is listed');
    expect(all).toMatchObject([{ protocol: expect.any(Number), version: expect.any(String) }]);
    const { startMillis, observed } = all[0].latest();
    expect(startMillis).toBeGreaterThan(0);
    const cost = observed.find((metric: { name: string }) => metric.name === 'cost.usd');
    expect(cost).toMatchObject({ kind: 'counter', unit: '{USD}', description: expect.any(String) });
    const observe = vi.fn();
    cost.observe({ observe });
    expect(observe.mock.calls).toEqual([
      [0.25, expect.objectContaining({ 'cost.kind': 'tool', 'gen_ai.tool.name': 'x' })],
    ]);
  });
});
