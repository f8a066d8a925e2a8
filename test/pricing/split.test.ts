import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceOptions } from '../../src/pricing/model-rate.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import type { PriceQuery } from '../../src/pricing/priced.js';
import { queryOf, usageOf } from './query.js';

function split(query: PriceQuery, options: PriceOptions = {}) {
  return new PriceBook(options, '', { splitsCost: true }).price(query).split;
}

const MICRO = 1e6;

describe('the sides of a cost', () => {
  it('are only computed on request', () => {
    expect(new PriceBook().price(queryOf('openai', 'gpt-4o')).split).toBeUndefined();
  });

  it('are the cost of the tokens of each side: caches are input, reasoning is output', () => {
    expect(split(queryOf('openai', 'gpt-4o'))).toEqual({
      inputPico: 2500 * MICRO,
      outputPico: 1000 * MICRO,
    });
    const cached = usageOf({ input: 100, cacheRead: 1000, cacheWrite: 1000, cacheWrite1h: 1000, output: 10 });
    expect(split(queryOf('anthropic', 'claude-sonnet-4-5', { usage: cached }))).toEqual({
      inputPico: (300 + 300 + 3750 + 6000) * MICRO,
      outputPico: 150 * MICRO,
    });
    const thought = usageOf({ input: 0, output: 100, reasoning: 900 });
    expect(split(queryOf('openai', 'o3', { usage: thought }))).toEqual({
      inputPico: 0,
      outputPico: 8000 * MICRO,
    });
  });

  it('are those of the band the input is in', () => {
    const long = usageOf({ input: 200_001, output: 1000 });
    expect(split(queryOf('anthropic', 'claude-sonnet-4-5', { usage: long }))).toEqual({
      inputPico: 1_200_006 * MICRO,
      outputPico: 22_500 * MICRO,
    });
  });

  it('have the discount in them', () => {
    expect(split(queryOf('openai', 'gpt-4o'), { priceFactors: { openai: 0.5 } })).toEqual({
      inputPico: 1250 * MICRO,
      outputPico: 500 * MICRO,
    });
  });

  it('leave out fees by the request and by the search', () => {
    const overrides = {
      m: { inputUsdPerMtok: 1, outputUsdPerMtok: 2, perRequestUsd: 0.5, webSearchUsd: 0.01 },
    };
    const usage = usageOf({ input: 1000, output: 1000 }, { units: { webSearches: 2 } });
    expect(split(queryOf(undefined, 'm', { usage }), { overrides })).toEqual({
      inputPico: 1000 * MICRO,
      outputPico: 2000 * MICRO,
    });
  });

  it('are 0 for a free model', () => {
    const overrides = { m: { free: true } };
    expect(split(queryOf(undefined, 'm'), { overrides })).toEqual({ inputPico: 0, outputPico: 0 });
  });

  it('are added up over the models of one call', () => {
    const own = { usage: usageOf({ input: 1000, output: 100 }) };
    const usage = usageOf({ input: 2000, output: 200 }, { parts: [own, { ...own, model: 'gpt-4o-mini' }] });
    expect(split(queryOf('openai', 'gpt-4o', { usage }))).toEqual({
      inputPico: 2650 * MICRO,
      outputPico: 1060 * MICRO,
    });
  });

  it('are unknown for a total without a split, for seconds of audio, and for a cost that is unknown', () => {
    const total = { m: { totalUsdPerMtok: 1 } };
    const unsplit = usageOf({}, { unsplitTokens: 1000 });
    expect(split(queryOf(undefined, 'm', { usage: unsplit }), { overrides: total })).toBeUndefined();
    const bySeconds = { m: { audioSecondUsd: 0.0001 } };
    const audio = usageOf({}, { units: { inputAudioSeconds: 60 } });
    expect(split(queryOf(undefined, 'm', { usage: audio }), { overrides: bySeconds })).toBeUndefined();
    const parts = [{ usage: usageOf({ input: 1 }) }, { model: 'm', usage: audio }];
    const mixed = usageOf({ input: 1 }, { parts });
    expect(split(queryOf('openai', 'gpt-4o', { usage: mixed }), { overrides: bySeconds })).toBeUndefined();
    expect(split(queryOf('nobody', 'brand-new-model'))).toBeUndefined();
  });

  it('of tokens alone add up to the cost, and never to more', () => {
    const usdPerMtok = fc.double({ min: 0, max: 1000, noNaN: true });
    const count = fc.nat({ max: 2_000_000 });
    fc.assert(
      fc.property(
        usdPerMtok,
        usdPerMtok,
        count,
        count,
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.boolean(),
        (inputUsdPerMtok, outputUsdPerMtok, input, output, factor, hasFee) => {
          const m = { inputUsdPerMtok, outputUsdPerMtok, ...(hasFee && { perRequestUsd: 0.01 }) };
          const book = new PriceBook({ overrides: { m }, priceFactors: { m: factor } }, '', {
            splitsCost: true,
          });
          const priced = book.price(queryOf(undefined, 'm', { usage: usageOf({ input, output }) }));
          const { inputPico = 0, outputPico = 0 } = priced.split ?? {};
          expect(Math.min(inputPico, outputPico)).toBeGreaterThanOrEqual(0);
          if (hasFee) expect(inputPico + outputPico).toBeLessThanOrEqual(priced.pico ?? 0);
          else expect(inputPico + outputPico).toBe(priced.pico);
        },
      ),
      // Beyond 2^53 pico-dollars not every rest is a double.
      { examples: [[5.034739703957309e-13, 970.348820092857, 99_310, 928_249, 1.9999999999999993, false]] },
    );
  });
});
