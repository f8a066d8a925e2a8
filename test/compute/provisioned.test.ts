import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provisionedRate, spreadFee } from '../../src/compute/provisioned.js';
import { picoFromUsd } from '../../src/money.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import { queryOf } from '../pricing/query.js';

describe('a fee spread over what it serves', () => {
  it('by tokens is borne by each token, input or output', () => {
    const ptu = provisionedRate({ feeUsd: 2000, tokens: 1e9 });
    const priced = new PriceBook({ overrides: { ptu } }).price(queryOf('azure', 'ptu'));
    // 1,100 tokens of a billion, for $2,000.
    expect(priced).toMatchObject({ pico: 0.0022e12, source: 'override/ptu', status: undefined });
  });

  it('by calls is borne by each call, whatever its tokens', () => {
    const ptu = provisionedRate({ feeUsd: 730, calls: 100_000 });
    const priced = new PriceBook({ overrides: { ptu } }).price(queryOf('azure', 'ptu'));
    expect(priced).toMatchObject({ pico: 0.0073e12, status: undefined });
  });

  it.each([
    [{ feeUsd: 1 }, /given either calls or tokens/],
    [{ feeUsd: 1, calls: 1, tokens: 1 }, /given either calls or tokens/],
    [{ feeUsd: -1, calls: 1 }, /feeUsd" must be a number from 0/],
    [{ feeUsd: 1, calls: 0 }, /calls" must be a number from 1/],
    [{ feeUsd: 1, tokens: Number.NaN }, /tokens" must be a number from 1/],
  ])('refuses %j', (options, message) => {
    expect(() => provisionedRate(options)).toThrow(message);
  });
});

describe('shares of a fee', () => {
  it('are by weight', () => {
    expect(spreadFee(10, [1, 1, 2, 0])).toEqual([2.5, 2.5, 5, 0]);
  });

  it('add up to the fee, to the pico-dollar', () => {
    const fee = fc.double({ min: 0, max: 2250, noNaN: true });
    const weights = fc.array(fc.oneof(fc.nat(1e6), fc.double({ min: 0, max: 1e9, noNaN: true })), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(fee, weights, (feeUsd, given) => {
        fc.pre(given.some((weight) => weight > 0));
        const shares = spreadFee(feeUsd, given) ?? [];
        expect(shares).toHaveLength(given.length);
        expect(shares.every((share) => share >= 0)).toBe(true);
        expect(shares.reduce((sum, share) => sum + picoFromUsd(share), 0)).toBe(picoFromUsd(feeUsd));
      }),
    );
  });

  it('of a large fee add up too, as long as each is small', () => {
    const shares =
      spreadFee(
        999_999.99,
        Array.from({ length: 1000 }, (_, index) => 1 + (index % 2)),
      ) ?? [];
    const pico = shares.reduce((sum, share) => sum + BigInt(picoFromUsd(share)), 0n);
    expect(pico).toBe(BigInt(picoFromUsd(999_999.99)));
  });

  it.each([
    [Number.NaN, [1]],
    [-1, [1]],
    [1, []],
    [1, [0, 0]],
    [1, [1, -1]],
    [1, [Number.NaN]],
    [1, [Number.POSITIVE_INFINITY]],
  ])('of %d over %j are undefined', (fee, weights) => {
    expect(spreadFee(fee, weights)).toBeUndefined();
  });
});
