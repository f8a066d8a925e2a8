import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isPostableUsd,
  MAX_EXACT_PICO,
  MAX_POST_PICO,
  MAX_POST_USD,
  picoFromUsd,
  UsdSum,
  usdFromPico,
} from '../src/money.js';

const amount = fc.oneof(
  fc.double({ min: 0, max: MAX_POST_USD, noNaN: true }),
  fc.double({ min: 0, max: 1e-6, noNaN: true }),
);
const picos = fc.array(amount.map(picoFromUsd), { maxLength: 40 });

function sumOf(amounts: readonly number[]): UsdSum {
  const sum = new UsdSum();
  for (const pico of amounts) sum.add(pico);
  return sum;
}

describe('a sum by a count', () => {
  it.each([
    [[0.0035, 0.0035, 0.0035, 0.0035, 0.0035], 5, 0.0035],
    [[3, 1], 3, 4 / 3],
    [[1_000_000, 1_000_000, 0.5], 4, 500_000.125],
    [[0], 3, 0],
  ])('%j by %s is %s', (amounts, count, each) => {
    expect(sumOf(amounts.map(picoFromUsd)).perUnitUsd(count)).toBe(each);
  });

  it('is the nearest double to the quotient where it is a whole number of pico-dollars', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 1000 }), (pico, count) => {
        expect(sumOf(Array(count).fill(pico)).perUnitUsd(count)).toBe(usdFromPico(pico));
      }),
    );
  });
});

describe('an amount that can be posted', () => {
  it.each([0, -0, 1e-12, 0.142, MAX_POST_USD])('%s is one', (usd) => {
    expect(isPostableUsd(usd)).toBe(true);
  });

  it.each([
    -Number.MIN_VALUE,
    MAX_POST_USD + 0.001,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    '1',
    1n,
    null,
    undefined,
    {},
  ])('%s is none', (usd) => {
    expect(isPostableUsd(usd)).toBe(false);
  });
});

describe('pico-dollars', () => {
  it.each([
    [1.5e-7, 150_000],
    [0.1 + 0.2, 300_000_000_000],
    [4e-13, 0],
    [6e-13, 1],
    [1, 1_000_000_000_000],
    [MAX_POST_USD, MAX_POST_PICO],
  ])('of $%s are %s', (usd, pico) => {
    expect(picoFromUsd(usd)).toBe(pico);
  });

  it('of -0 are 0', () => {
    expect(Object.is(picoFromUsd(-0), 0)).toBe(true);
  });

  it('are whole, and survive the way out as dollars and back, whatever is posted', () => {
    fc.assert(
      fc.property(amount, (usd) => {
        const pico = picoFromUsd(usd);
        expect(Number.isInteger(pico)).toBe(true);
        expect(Math.round(usdFromPico(pico) * 1e12)).toBe(pico);
      }),
    );
  });

  it.each([
    [2_000, 4_096, 0],
    [4_096, 4_504, 3],
    [4_504, 8_192, 0],
    [8_192, 9_007, 1],
    [9_007, 1_000_000, 16],
  ])('from $%s to $%s survive however halves are rounded, and are at most %s off', (from, to, mostOff) => {
    fc.assert(
      fc.property(fc.double({ min: from, max: to, noNaN: true }), (usd) => {
        const pico = picoFromUsd(usd);
        const back = usdFromPico(pico) * 1e12;
        expect(back > MAX_EXACT_PICO ? back : Math.round(back)).toBe(pico);
        expect(Math.abs(pico - Math.round(usd * 1e12))).toBeLessThanOrEqual(mostOff);
      }),
      { numRuns: 10_000 },
    );
  });

  it('survive in a band where snapping once is not enough', () => {
    expect(picoFromUsd(4429.7762714568025)).toBe(4_429_776_271_456_806);
  });

  it('up to the exact limit are each of their own', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (any) => {
        const pico = Math.abs(any) % (MAX_EXACT_PICO + 1);
        expect(picoFromUsd(usdFromPico(pico))).toBe(pico);
      }),
    );
  });
});

describe('a sum of dollars', () => {
  it('is exact: a dime and two dimes are three', () => {
    expect(sumOf([0.1, 0.2].map(picoFromUsd)).toUsd()).toBe(0.3);
  });

  it('is exact at a million dollars and more: not a pico-dollar is lost', () => {
    const sum = sumOf([MAX_POST_PICO, MAX_POST_PICO, 1, 1, 1]);
    expect(sum.toBigInt()).toBe(2_000_000_000_000_000_003n);
    expect(sum.toUsd()).toBe(2_000_000);
    expect(sum.toNanoUsd()).toBe(2_000_000_000_000_000);
  });

  it('does not depend on the order of the posts', () => {
    fc.assert(
      fc.property(picos, (amounts) => {
        const exact = amounts.reduce((total, pico) => total + BigInt(pico), 0n);
        const forward = sumOf(amounts);
        const backward = sumOf(amounts.toReversed());
        expect(forward.toBigInt()).toBe(exact);
        expect([backward.toUsd(), backward.toNanoUsd()]).toEqual([forward.toUsd(), forward.toNanoUsd()]);
      }),
    );
  });

  it('of two sums is the sum of all', () => {
    fc.assert(
      fc.property(picos, picos, (some, more) => {
        const both = sumOf(some);
        both.addSum(sumOf(more));
        expect(both.toBigInt()).toBe(sumOf([...some, ...more]).toBigInt());
        expect(both.minus(sumOf(more)).toBigInt()).toBe(sumOf(some).toBigInt());
      }),
    );
  });

  it('is zero until something is added, and less itself', () => {
    const sum = new UsdSum();
    expect([sum.isZero, sum.toUsd(), sum.toNanoUsd()]).toEqual([true, 0, 0]);
    sum.add(1);
    expect(sum.isZero).toBe(false);
    expect(sum.minus(sum).isZero).toBe(true);
  });

  it.each([
    [499, 0],
    [500, 1],
    [1499, 1],
    [1500, 2],
  ])('of %s pico-dollars is %s whole nano-dollars', (pico, nano) => {
    expect(sumOf([pico]).toNanoUsd()).toBe(nano);
  });
});
