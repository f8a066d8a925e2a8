import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitCost } from '../../src/compute.js';
import { withTask } from '../../src/index.js';
import { startProcessor, startTracing } from '../support/tracing.js';

describe('cost by unit', () => {
  it('bills a vector store and data transfer where they are used', () => {
    const { attributes } = startTracing();
    const vectors = unitCost({
      name: 'vector_store',
      kind: 'storage',
      unitUsd: { query: 4e-6, write: 2e-6, gibHour: 0.0005 },
    });
    const egress = unitCost({ name: 'egress', kind: 'network', unitUsd: { gib: 0.09 } });
    withTask('t', () => {
      vectors({ query: 2, write: 10 });
      egress({ gib: 0.5 });
    });
    expect(attributes('cost vector_store')).toMatchObject({ cost_usd: 28e-6, 'cost.kind': 'storage' });
    expect(attributes('cost egress')).toMatchObject({ cost_usd: 0.045, 'cost.kind': 'network' });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.045028,
      'task.other_cost_usd': 0.045028,
    });
  });

  it('is the sum of the parts, recorded together or one by one', () => {
    const { cost } = startTracing();
    const count = fc.integer({ min: 0, max: 1e6 });
    const store = unitCost({ name: 's', kind: 'storage', unitUsd: { read: 1e-6, write: 5e-6 } });
    fc.assert(
      fc.property(count, count, (read, write) => {
        const together = withTask('t', (task) => {
          store({ read, write });
          return task.totals.otherCostUsd;
        });
        const apart = withTask('t', (task) => {
          store({ read });
          store({ write });
          return task.totals.otherCostUsd;
        });
        expect(together).toBe(apart);
      }),
      { numRuns: 50 },
    );
    expect(cost.stats.refusedAmounts).toBe(0);
  });

  it.each([[{ read: -1 }], [{ read: Number.NaN }], [{ read: '1' }], [{ writes: 1 }], [undefined], [null]])(
    'of %j is refused and flagged, and does not throw',
    (counts) => {
      const cost = startProcessor();
      const store = unitCost({ name: 's', kind: 'storage', unitUsd: { read: 1 } });
      withTask('t', (task) => {
        store(counts as never);
        expect(task.totals).toMatchObject({ costUsd: 0, costComplete: false });
      });
      expect(cost.stats.refusedAmounts).toBe(1);
    },
  );

  it.each([
    [{ name: 's', kind: 'llm', unitUsd: { a: 1 } }, /"unitCost options.kind" must be one of storage/],
    [{ name: '', kind: 'storage', unitUsd: { a: 1 } }, /"unitCost options.name"/],
    [
      { name: 's', kind: 'storage', unitUsd: {} },
      /"unitCost options.unitUsd" must be an object with at least one/,
    ],
    [
      { name: 's', kind: 'storage', unitUsd: { a: -1 } },
      /"unitCost options.unitUsd.a" must be a number from 0/,
    ],
    [{ name: 's', kind: 'storage', unitUsd: { a: 1 }, rate: 1 }, /unknown option "unitCost options.rate"/],
  ])('refuses %j', (options, message) => {
    expect(() => unitCost(Object(options))).toThrow(message);
  });
});
