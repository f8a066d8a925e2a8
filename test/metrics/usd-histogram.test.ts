import { createNoopMeter } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPONENTIAL_SCALE, USD_BUCKETS, UsdHistogram } from '../../src/metrics/usd-histogram.js';
import { UsdSum } from '../../src/money.js';

/** The boundaries of 0.1, which users may have set their targets to. */
const FORMER = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50,
  100,
];

function recorded(...amounts: number[]) {
  const histogram = new UsdHistogram(createNoopMeter(), 'task.cost_usd', '');
  const row = { labels: {} };
  for (const usd of amounts) {
    const cost = new UsdSum();
    cost.add(Math.round(usd * 1e12));
    histogram.record(row, cost);
  }
  const [buckets] = histogram.rows();
  if (buckets === undefined) throw new Error('nothing was recorded');
  return buckets;
}

describe('the boundaries', () => {
  it('are at most 1.5 times the one before, so a quantile is not further off', () => {
    const [zero, ...positive] = USD_BUCKETS;
    expect(zero).toBe(0);
    expect(positive[0]).toBe(0.00025);
    expect(positive.at(-1)).toBe(100);
    for (const [index, boundary] of positive.slice(1).entries()) {
      expect(boundary / (positive[index] ?? 0)).toBeGreaterThan(1);
      expect(boundary / (positive[index] ?? 0)).toBeLessThanOrEqual(1.5);
    }
  });

  it('make at most twice as many series as before, with +Inf, sum and count', () => {
    expect(USD_BUCKETS.length + 3).toBeLessThanOrEqual(2 * (FORMER.length + 3));
  });

  it('include those that targets were set to before, but for the smallest', () => {
    expect(FORMER.filter((boundary) => !USD_BUCKETS.includes(boundary))).toEqual([0.0001]);
  });
});

describe('a recorded cost', () => {
  it('counts in the bucket that ends at it or above it; work that is free has its own', () => {
    const { counts, count, sum } = recorded(0, 0, 0.5, 0.51, 1.32, 1000);
    const filled = counts.flatMap((tasks, index) => (tasks === 0 ? [] : [[USD_BUCKETS[index], tasks]]));
    expect(filled).toEqual([
      [0, 2],
      [0.5, 1],
      [0.7, 1],
      [1.5, 1],
      [undefined, 1],
    ]);
    expect(count).toBe(6);
    expect(sum.toUsd()).toBe(1002.33);
  });

  it('is in the exponential bucket that contains it, and every one is in one', () => {
    const base = 2 ** (2 ** -EXPONENTIAL_SCALE);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e15 }), (pico) => {
        const usd = pico / 1e12;
        const { exponential, zeros } = recorded(usd, 0);
        expect(zeros).toBe(1);
        const [[index, count] = [Number.NaN, 0], ...others] = exponential;
        expect([count, others]).toEqual([1, []]);
        // A double that is next to a boundary may be on either side of it.
        expect(usd).toBeGreaterThan(base ** index * (1 - 1e-12));
        expect(usd).toBeLessThanOrEqual(base ** (index + 1) * (1 + 1e-12));
      }),
    );
  });
});
