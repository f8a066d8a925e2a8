import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalFromPico, picoFromAmount, picoFromDecimal, usdText } from '../src/money.js';

describe('dollars in digits', () => {
  it.each([
    ['0.50', 500_000_000_000n],
    ['.5', 500_000_000_000n],
    ['3', 3_000_000_000_000n],
    ['0.000000000001', 1n],
    ['0.1000000000000000000', 100_000_000_000n],
    ['999999999999999', 999_999_999_999_999_000_000_000_000n],
  ])('%s is %s pico-dollars', (text, pico) => {
    expect(picoFromDecimal(text)).toBe(pico);
  });

  it.each(['', '-1', '1e3', '0,50', '$1', '1.2.3', 'NaN', '0.0000000000001', '1000000000000000', '.', '1 2'])(
    'refuses %j',
    (text) => {
      expect(picoFromDecimal(text)).toBeUndefined();
    },
  );

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (pico) => {
        expect(picoFromDecimal(decimalFromPico(pico))).toBe(pico);
        expect(picoFromAmount(decimalFromPico(-pico))).toBe(-pico);
        expect(picoFromAmount(usdText(pico).replace(/[$,]/g, ''))).toBe(pico);
      }),
    );
  });

  it('of other programs are rounded to a pico-dollar', () => {
    expect(picoFromAmount('0.8958740000000000')).toBe(895_874_000_000n);
    expect(picoFromAmount('1.5e-7')).toBe(150_000n);
    expect(picoFromAmount('2.55e-05')).toBe(25_500_000n);
    expect(picoFromAmount('0.00000000000049')).toBe(0n);
    expect(picoFromAmount('-0.0000000000006')).toBe(-1n);
    expect(picoFromAmount('1e99')).toBe(10n ** 111n);
    expect(picoFromAmount('12 USD')).toBeUndefined();
  });

  it('for people have all digits and at least two decimals', () => {
    expect([0n, 1n, 142_000_000_000n, 1_030_330_000_000_000n, -5n].map(usdText)).toEqual([
      '$0.00',
      '$0.000000000001',
      '$0.142',
      '$1,030.33',
      '-$0.000000000005',
    ]);
  });
});
