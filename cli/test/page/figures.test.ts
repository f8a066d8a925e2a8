/** How amounts and counts are written: nothing is rounded into a lie. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnDecimals, shareOf, sumPico, timesMillion } from '../../page/src/money.js';
import { count, drift, duration, plural } from '../../page/src/text.js';
import { fullUsd, plainUsd, shortUsd } from '../../src/usd-text.js';

/** Amounts of all sizes, up to ten billion dollars: the number of digits is drawn first. */
const amounts = fc
  .tuple(fc.integer({ min: 0, max: 22 }), fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.boolean())
  .map(([digits, value, isNegative]) => (isNegative ? -1n : 1n) * (value % 10n ** BigInt(digits)));

function parse(text: string): { pico: bigint; decimals: number } {
  const [, sign, whole = '', fraction = ''] = /^(-?)\$([\d,]+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined) throw new Error(`not an amount: ${text}`);
  const size = BigInt(whole.replaceAll(',', '') + fraction.padEnd(12, '0'));
  return { pico: sign === '-' ? -size : size, decimals: fraction.length };
}

function significant(text: string): number {
  return text.replace(/\D/g, '').replace(/^0+/, '').length;
}

describe('an amount', () => {
  it.each([
    ['0', '$0'],
    ['1', '$0.000000000001'],
    ['1234', '$0.000000001234'],
    ['12345', '$0.00000001235'],
    ['2250000000', '$0.00225'],
    ['2250100000', '$0.002250'],
    ['500000000000', '$0.50'],
    ['9999600000000', '$10.00'],
    ['12340000000000', '$12.34'],
    ['123456000000000', '$123.46'],
    ['1234567890000000000', '$1,234,567.89'],
    ['-31240000000', '-$0.03124'],
  ])('%s is %s on the screen', (pico, text) => {
    expect(shortUsd(pico).text).toBe(text);
  });

  it('is off by at most half a unit in the last place that is shown', () => {
    fc.assert(
      fc.property(amounts, (pico) => {
        const { text } = shortUsd(pico);
        const { pico: shown, decimals } = parse(text);
        const unit = 10n ** BigInt(12 - decimals);
        const off = shown > pico ? shown - pico : pico - shown;
        expect(off * 2n <= unit).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows four significant digits, or all that it has', () => {
    fc.assert(
      fc.property(amounts, (pico) => {
        const { text } = shortUsd(pico);
        expect(parse(text).pico === pico || significant(text) >= 4).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is not zero never looks like zero', () => {
    fc.assert(fc.property(amounts, (pico) => (shortUsd(pico).text === '$0') === (pico === 0n)));
  });

  it('in full is exact', () => {
    fc.assert(fc.property(amounts, (pico) => parse(fullUsd(pico)).pico === pico));
  });

  it('as copied is exact, and a plain number', () => {
    fc.assert(
      fc.property(amounts, (pico) => {
        const plain = plainUsd(pico);
        expect(plain).toMatch(/^-?\d+\.\d{2,12}$/);
        expect(parse(plain.replace(/^-?/, '$&$')).pico).toBe(pico);
      }),
    );
  });

  it('counts its own decimals', () => {
    fc.assert(
      fc.property(amounts, (pico) => shortUsd(pico).decimals === parse(shortUsd(pico).text).decimals),
    );
  });
});

describe('several amounts', () => {
  it('are added exactly', () => {
    fc.assert(
      fc.property(fc.array(amounts), (picos) => {
        const sum = picos.reduce((all, pico) => all + pico, 0n);
        expect(sumPico(picos.map(String))).toBe(sum.toString());
      }),
    );
  });

  it('have the decimals of the finest, within bounds', () => {
    expect(columnDecimals(['500000000000', '2250000000', null])).toBe(5);
    expect(columnDecimals(['1'])).toBe(6);
    expect(columnDecimals([])).toBe(2);
  });

  it.each([
    ['0.0000025', '2.5'],
    ['0.00001', '10'],
    ['0.00000375', '3.75'],
    ['0.0000000001', '0.0001'],
    ['12', '12000000'],
    ['-1', undefined],
    ['1e-6', undefined],
  ])('that are rates are told for a million: %s', (rate, perMillion) => {
    expect(timesMillion(rate)).toBe(perMillion);
  });

  it('have a share between nothing and all', () => {
    expect(shareOf('1', '4')).toBe(0.25);
    expect(shareOf('5', '4')).toBe(1);
    expect(shareOf('5', '0')).toBe(0);
  });
});

describe('other figures', () => {
  it('have all digits', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect(plural(1, 'call')).toBe('1\u00a0call');
    expect(plural(2_000, 'retry', 'retries')).toBe('2,000\u00a0retries');
  });

  it.each([
    [0, '0 ms'],
    [999.9, '999 ms'],
    [59_999, '59.9 s'],
    [185_000, '3 m 05 s'],
    [7_800_000, '2 h 10 m'],
    [200_000_000, '2 d 07 h'],
  ])('%d ms last %s', (millis, text) => {
    expect(duration(millis).replaceAll('\u00a0', ' ')).toBe(text);
  });

  it.each([
    ['110', '100', '+10 %'],
    ['95', '100', '−5.0 %'],
    ['100', '100', '±0 %'],
    ['100', '0', undefined],
  ])('%s after %s is a change of %s', (now, before, text) => {
    expect(drift(now, before)?.replaceAll('\u00a0', ' ')).toBe(text);
  });
});
