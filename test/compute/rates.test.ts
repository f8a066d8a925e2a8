import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRates, computeCostUsd, priceAmounts } from '../../src/compute/rates.js';
import { picoFromUsd } from '../../src/money.js';

const RATES = { vcpuHourUsd: 0.04, gpuSecondUsd: 0.0006, gibHourUsd: 0.005, platformUnitUsd: 2e-7 };

describe('what amounts cost', () => {
  it('is the sum of each at its rate', () => {
    const amounts = { vcpuHours: 2, gpuSeconds: 10, gibHours: 4, platformUnits: 1 };
    expect(picoFromUsd(computeCostUsd(RATES, amounts) ?? -1)).toBe(0.1060002e12);
  });

  it('is the same to the pico-dollar whether hours are billed at once or second by second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400 }), fc.integer({ min: 1, max: 64 }), (seconds, vcpus) => {
        const vcpuHours = (seconds * vcpus) / 3600;
        const byHand = (seconds * vcpus * 4) / 360_000;
        expect(picoFromUsd(computeCostUsd(RATES, { vcpuHours }) ?? -1)).toBe(picoFromUsd(byHand));
      }),
    );
  });

  it('is 0 for amounts that are said to be 0', () => {
    expect(computeCostUsd(RATES, { vcpuHours: 0 })).toBe(0);
    expect(computeCostUsd({}, { gpuSeconds: 0 })).toBe(0);
  });

  it.each([
    ['no amounts at all', RATES, {}, 'no amounts'],
    ['an amount without a rate', { vcpuHourUsd: 1 }, { gpuSeconds: 1 }, 'no rate for gpuSeconds'],
    ['a negative amount', RATES, { vcpuHours: -1 }, 'vcpuHours refused'],
    ['NaN', RATES, { gibHours: Number.NaN }, 'gibHours refused'],
    ['infinity', RATES, { gibHours: Number.POSITIVE_INFINITY }, 'sum refused'],
    ['a negative rate for a negative amount', { vcpuHourUsd: -1 }, { vcpuHours: -1 }, 'vcpuHours refused'],
    ['a rate that is no number', { vcpuHourUsd: Number.NaN }, { vcpuHours: 1 }, 'vcpuHours refused'],
    ['more than a bill can be', { vcpuHourUsd: 1e6 }, { vcpuHours: 2 }, 'sum refused'],
  ])('is not known for %s', (_what, rates, amounts, reason) => {
    expect(priceAmounts(rates, amounts)).toBe(reason);
    expect(computeCostUsd(rates, amounts)).toBeUndefined();
  });
});

describe('declared rates', () => {
  it.each([
    [{}, /"rates" must be an object with at least one of vcpuHourUsd/],
    [{ vcpuHour: 1 }, /unknown option "rates.vcpuHour"/],
    [{ vcpuHourUsd: -1 }, /"rates.vcpuHourUsd" must be a number from 0 to 1000000, got -1/],
    [{ gpuSecondUsd: '1' }, /"rates.gpuSecondUsd" must be a number/],
    [3, /"rates" must be an object, got 3/],
  ])('%j are refused', (rates, message) => {
    expect(() => checkRates('rates', rates)).toThrow(message);
  });

  it('are copied', () => {
    const rates = { vcpuHourUsd: 1 };
    expect(checkRates('rates', rates)).toEqual(rates);
    expect(checkRates('rates', rates)).not.toBe(rates);
  });
});
