import { describe, expect, it } from 'vitest';
import { validateToolPrice, validateToolPrices } from '../../src/pricing/tool-prices.js';

describe('validateToolPrices', () => {
  it('copies what is known', () => {
    const costUsd = () => 1;
    const given = {
      search: { costUsd: 0.005 },
      pay: { costUsd, billable: true, costIncludesChildren: false },
      local: {},
    };
    const prices = validateToolPrices('tools', given);
    expect({ ...prices }).toEqual(given);
    expect(prices.search).not.toBe(given.search);
  });

  it('has no price for a tool named like a method of every object', () => {
    expect(validateToolPrices('tools', {}).constructor).toBeUndefined();
  });

  it.each<[unknown, RegExp]>([
    [3, /"tools" must be an object, got 3/],
    [{ a: 0.5 }, /"tools\.a" must be an object like \{ costUsd: 0\.005 \}, got 0\.5/],
    [{ a: { cost: 1 } }, /unknown option "tools\.a\.cost"/],
    [{ a: { costUsd: -1 } }, /"tools\.a\.costUsd" must be a number from 0 to 1000000, got -1/],
    [{ a: { costUsd: Number.NaN } }, /got NaN/],
    [{ a: { costUsd: 1_000_001 } }, /got 1000001/],
    [{ a: { costUsd: '1' } }, /got "1"/],
    [{ a: { billable: 1 } }, /"tools\.a\.billable" must be true or false/],
    [{ a: { costIncludesChildren: 'no' } }, /"tools\.a\.costIncludesChildren" must be true or false/],
  ])('refuses %o', (value, message) => {
    expect(() => validateToolPrices('tools', value)).toThrow(message);
  });

  it('checks a single price too', () => {
    expect(validateToolPrice('tool', { costUsd: 0 })).toEqual({ costUsd: 0 });
    expect(() => validateToolPrice('tool', { costUsd: Infinity })).toThrow(/"tool\.costUsd"/);
  });
});
