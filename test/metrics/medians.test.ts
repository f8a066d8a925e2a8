import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Medians } from '../../src/metrics/medians.js';

describe('the median cost of tasks with a name', () => {
  it('is not known for fewer than five', () => {
    const medians = new Medians();
    for (const costUsd of [1, 2, 3, 4]) medians.add('a', costUsd);
    expect(medians.of('a')).toBeUndefined();
    medians.add('a', 5);
    expect(medians.of('a')).toBe(3);
    expect(medians.of('b')).toBeUndefined();
  });

  it('is that of the latest 64, in any order', () => {
    const costs = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 5, maxLength: 200 });
    fc.assert(
      fc.property(costs, (all) => {
        const medians = new Medians();
        for (const costUsd of all) medians.add('a', costUsd);
        const latest = all.slice(-64).sort((a, b) => a - b);
        const [lower, upper] = [latest[(latest.length - 1) >> 1] ?? 0, latest[latest.length >> 1] ?? 0];
        expect(medians.of('a')).toBe((lower + upper) / 2);
      }),
    );
  });

  it('is kept for a bounded number of names', () => {
    const medians = new Medians();
    for (let name = 0; name < 1001; name++) for (let i = 0; i < 5; i++) medians.add(`task ${name}`, 1);
    expect(medians.of('task 999')).toBe(1);
    expect(medians.of('task 1000')).toBeUndefined();
  });
});
