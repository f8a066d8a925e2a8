import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Memo } from '../../src/pricing/memo.js';

describe('Memo', () => {
  it('has the same entries as a map by both names, until it is full', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name, fc.boolean())), (steps) => {
        const memo = new Memo<number>(16);
        const model = new Map<string, number>();
        steps.forEach(([first, second, isSet], step) => {
          const key = `${first}/${second}`;
          expect(memo.get(first, second)).toBe(model.get(key));
          if (!isSet || model.has(key)) return;
          memo.set(first, second, step);
          model.set(key, step);
        });
        expect(memo.evicted).toBe(0);
      }),
    );
  });

  it('is emptied when full, and counts what it dropped', () => {
    const memo = new Memo<number>(2);
    memo.set('a', 'a', 1);
    memo.set('a', 'b', 2);
    memo.set('a', 'c', 3);
    expect([memo.get('a', 'a'), memo.get('a', 'b'), memo.get('a', 'c')]).toEqual([undefined, undefined, 3]);
    expect(memo.evicted).toBe(2);
  });
});
