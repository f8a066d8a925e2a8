import { describe, expect, it } from 'vitest';
import { compileModelRate } from '../../src/pricing/compiled-rate.js';
import { type DatedRate, datedFrom, rateAt } from '../../src/pricing/dated.js';

const rateOf = (inputUsdPerMtok: number) => compileModelRate('rate', { inputUsdPerMtok }).rate;
const always = rateOf(1);
const night = rateOf(2);

function picks(startTime: string, endTime: string, time: string): boolean {
  const daily = datedFrom({ type: 'time_of_date', start_time: startTime, end_time: endTime }, night);
  const rates: [DatedRate, DatedRate] = [{ rate: always }, daily];
  return rateAt(rates, Date.parse(time)) === night;
}

describe('rateAt', () => {
  it.each([
    ['22:00:00Z', '06:00:00Z', '2026-01-01T21:59:59.999Z', false],
    ['22:00:00Z', '06:00:00Z', '2026-01-01T22:00:00Z', true],
    ['22:00:00Z', '06:00:00Z', '2026-01-01T05:59:59.999Z', true],
    ['22:00:00Z', '06:00:00Z', '2026-01-01T06:00:00Z', false],
    ['08:30:00+08:00', '16:30:00Z', '2026-01-01T00:30:00Z', true],
    ['08:30:00+08:00', '16:30:00Z', '2026-01-01T00:29:00Z', false],
    ['00:30:00Z', '16:30:00Z', '1969-12-31T12:00:00Z', true],
  ])('from %s to %s holds at %s: %s', (startTime, endTime, time, expected) => {
    expect(picks(startTime, endTime, time)).toBe(expected);
  });

  it('takes the first rate when none holds', () => {
    const later = datedFrom({ type: 'start_date', start_date: '2030-01-01' }, night);
    expect(rateAt([later, later], 0)).toBe(night);
  });

  it('refuses an invalid time of day', () => {
    expect(() => datedFrom({ type: 'time_of_date', start_time: 'noon', end_time: 'x' }, night)).toThrow(
      /noon/,
    );
  });
});
