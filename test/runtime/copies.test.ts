/** Two copies of this package in one process, as two versions in a dependency tree are. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as Package from '../../src/index.js';
import type * as Listeners from '../../src/runtime/listeners.js';
import { startMetrics } from '../support/metrics.js';
import { startTracing } from '../support/tracing.js';

async function anotherCopy(): Promise<typeof Package & Pick<typeof Listeners, 'addListener'>> {
  vi.resetModules();
  const { addListener } = await import('../../src/runtime/listeners.js');
  return { ...(await import('../../src/index.js')), addListener };
}

afterEach(() => {
  vi.resetModules();
});

async function costAcross(outer: typeof Package, inner: typeof Package): Promise<number> {
  return await outer.withTask('t', async (task) => {
    await inner.withAgent('a', async () => {
      await Promise.resolve();
      outer.withTool({ name: 'x', costUsd: 1 }, () => 1);
      inner.withTool({ name: 'y', costUsd: 2 }, () => 1);
    });
    return task.totals.costUsd;
  });
}

describe('two copies of this package', () => {
  it('see what the other one has around it, without an SDK', async () => {
    const one = await anotherCopy();
    const two = await anotherCopy();
    expect(one.withTask).not.toBe(two.withTask);
    expect(await costAcross(one, two)).toBe(3);
    expect(await costAcross(two, one)).toBe(3);
  });

  it('are one meter with an SDK', async () => {
    startTracing();
    const one = await anotherCopy();
    const two = await anotherCopy();
    expect(await costAcross(one, two)).toBe(3);
  });
});

describe('a listener of one copy', () => {
  it('is notified once of what another copy bills, until it is removed', async () => {
    const [one, two] = [await anotherCopy(), await anotherCopy()];
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
    const { withTool } = await anotherCopy();
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
