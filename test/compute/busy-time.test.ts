import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BusyTime } from '../../src/compute/busy-time.js';

function busy(intervals: readonly (readonly [number, number])[], from = 0): number {
  const time = new BusyTime(from);
  for (const [start, end] of intervals) time.add(start, end);
  return time.millis;
}

describe('busy time', () => {
  it.each([
    ['nothing', [], 0],
    ['one', [[10, 30]], 20],
    [
      'two apart',
      [
        [10, 30],
        [50, 60],
      ],
      30,
    ],
    [
      'two that overlap',
      [
        [10, 30],
        [20, 40],
      ],
      30,
    ],
    [
      'one inside another',
      [
        [20, 30],
        [10, 40],
      ],
      30,
    ],
    [
      'one around two',
      [
        [20, 30],
        [35, 40],
        [10, 50],
      ],
      40,
    ],
    [
      'two that touch',
      [
        [10, 20],
        [20, 30],
      ],
      20,
    ],
    ['one that runs backwards', [[30, 10]], 0],
    ['NaN', [[Number.NaN, 10]], 0],
  ] as [string, [number, number][], number][])('of %s', (_what, intervals, millis) => {
    expect(busy(intervals)).toBe(millis);
  });

  it('begins with the start', () => {
    expect(
      busy(
        [
          [10, 30],
          [40, 50],
        ],
        25,
      ),
    ).toBe(15);
    expect(busy([[10, 20]], 25)).toBe(0);
  });

  it('is the union of the intervals', () => {
    const interval = fc.tuple(fc.nat(200), fc.nat(200));
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 30 }), fc.nat(100), (pairs, from) => {
        const told = pairs.map(([start, length]) => [start, start + length] as const);
        told.sort((a, b) => a[1] - b[1]);
        const covered = Array.from({ length: 500 }, (_, at) =>
          told.some(([start, end]) => at >= start && at < end),
        );
        expect(busy(told, from)).toBe(covered.filter((is, at) => is && at >= from).length);
      }),
    );
  });

  it('keeps its sum over more stretches than it keeps', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => [index * 10, index * 10 + 4] as const);
    expect(busy(many)).toBe(40_000);
    expect(busy([...many, [0, 100_000]])).toBeLessThanOrEqual(100_000);
  });
});
