/** Two copies of this package in one process, as two versions in a dependency tree are. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as Package from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

async function anotherCopy(): Promise<typeof Package> {
  vi.resetModules();
  return await import('../../src/index.js');
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
