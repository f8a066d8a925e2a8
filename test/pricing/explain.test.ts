import { findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainCost } from '../../src/offline.js';
import { datedAt } from '../../src/pricing/dated.js';
import { type ExplainedLine, linesOf } from '../../src/pricing/explained-lines.js';
import type { PriceOptions } from '../../src/pricing/model-rate.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import { USUAL_PROVIDERS } from '../../src/pricing/price-options.js';
import { UNIT_KINDS } from '../../src/pricing/rate.js';
import { TOKEN_KINDS, type Usage } from '../../src/usage/usage.js';
import { NOON, usageOf } from './query.js';

const MODELS = USUAL_PROVIDERS.flatMap(
  (provider) => findProvider({ providerId: provider })?.models.map(({ id }) => [provider, id] as const) ?? [],
);
const count = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.nat({ max: 400_000 }),
  fc.nat({ max: 4_000_000_000 }),
);
const usage: fc.Arbitrary<Usage> = fc
  .record({
    tokens: fc.record(Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, count]))),
    units: fc.option(fc.record(Object.fromEntries(UNIT_KINDS.map((kind) => [kind, fc.nat({ max: 500 })]))), {
      nil: undefined,
    }),
    unsplitTokens: fc.option(count, { nil: undefined }),
    splitsOutput: fc.constantFrom(undefined, true as const),
  })
  .map(({ tokens, units, unsplitTokens, splitsOutput }) =>
    usageOf(tokens, {
      ...(units && { units }),
      ...(unsplitTokens && { unsplitTokens }),
      ...(splitsOutput && { splitsOutput }),
    }),
  );
const usd = fc.double({ min: 0, max: 1000, noNaN: true });
const override: fc.Arbitrary<PriceOptions> = fc
  .record({
    inputUsdPerMtok: usd,
    outputUsdPerMtok: usd,
    cacheReadUsdPerMtok: fc.option(usd, { nil: undefined }),
    totalUsdPerMtok: fc.option(usd, { nil: undefined }),
    perRequestUsd: fc.option(usd, { nil: undefined }),
    webSearchUsd: fc.option(usd, { nil: undefined }),
    free: fc.constantFrom(undefined, undefined, true),
  })
  .map((rate) => ({ overrides: { own: rate } }));
const priced = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...MODELS).map(([provider, model]) => ({ provider, model, own: {} })),
  },
  override.map((own) => ({ provider: undefined, model: 'own', own })),
);
const time = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2027-01-01') });
const tier = fc.constantFrom(undefined, undefined, 'batch', 'flex', 'priority', 'us', 'standard', 'made-up');
const factor = fc.oneof(fc.constant(undefined), fc.double({ min: 0, max: 2, noNaN: true }));

function withFactor(model: string, own: PriceOptions, part: number | undefined): PriceOptions {
  return { ...own, ...(part !== undefined && { priceFactors: { [model]: part } }) };
}

function sum(lines: readonly ExplainedLine[]): bigint {
  return lines.reduce((total, { pico }) => total + BigInt(pico), 0n);
}

/** Each line by itself is its quantity times its rate, apart from the digits that a double has. */
function expectLines(lines: readonly ExplainedLine[], part: number): void {
  for (const { quantity, usdPerUnit, pico, perMillionUsd } of lines) {
    expect(quantity).toBeGreaterThan(0);
    expect(usdPerUnit).toMatch(/^\d+(\.\d+)?$/);
    if (perMillionUsd !== undefined) expect(Number(perMillionUsd)).toBeCloseTo(Number(usdPerUnit) * 1e6, 9);
    const exact = quantity * Number(usdPerUnit) * part * 1e12;
    expect(Math.abs(Number(pico) - exact)).toBeLessThanOrEqual(1.5 + exact * 1e-13);
    expect(BigInt(pico)).toBeGreaterThanOrEqual(0n);
  }
}

describe('the lines of a price', () => {
  it('add up to the price that the price book gives, for every model, date, tier, factor and count', () => {
    let explained = 0;
    const law = fc.property(priced, usage, time, tier, factor, ({ provider, model, own }, given, ...rest) => {
      const [timeMillis, serviceTier, part] = rest;
      const book = new PriceBook(withFactor(model, own, part));
      const query = { provider, model, timeMillis, serviceTier, usage: given };
      const { pico } = book.price(query);
      const card = book.cardOf(query);
      if (pico === undefined || card === undefined) return;
      const found = linesOf(datedAt(card.rates, timeMillis).rate, given, card.factor, pico);
      expect(found).toBeDefined();
      expect(sum(found?.lines ?? [])).toBe(BigInt(pico));
      // Beyond 2^51 a price is rounded to what a double of dollars holds, and its largest line with it.
      if (pico < 2 ** 51) expectLines(found?.lines ?? [], card.factor);
      explained++;
    });
    fc.assert(law, { numRuns: 3000 });
    expect(explained).toBeGreaterThan(500);
  });

  it('are those of explainCost, whose total is the price', () => {
    const small = fc.nat({ max: 300_000 });
    const law = fc.property(priced, small, small, small, small, time, tier, factor, (chosen, ...rest) => {
      const { provider, model, own } = chosen;
      const [fresh, cacheRead, output, reasoning, timeMillis, serviceTier, part] = rest;
      const options = withFactor(model, own, part);
      const tokens = { input: fresh + cacheRead, cacheRead, output: output + reasoning, reasoning };
      const cost = explainCost({ provider, model, tokens, timeMillis, serviceTier }, options);
      const usage = usageOf({ input: fresh, cacheRead, output, reasoning });
      const price = new PriceBook(options).price({ provider, model, timeMillis, serviceTier, usage });
      expect(cost.pico).toBe(price.pico === undefined ? undefined : String(price.pico));
      expect(cost.source).toBe(price.source);
      expect(cost.status).toBe(price.status);
      expect(cost.reason).toBe(price.reason);
      expect(cost.rateMatch).toBe(price.rateMatch);
      if (cost.pico === undefined) expect(cost.lines).toEqual([]);
      else expect(sum(cost.lines)).toBe(BigInt(cost.pico));
    });
    fc.assert(law, { numRuns: 1000 });
  });
});

describe('explainCost', () => {
  const line = (label: string, quantity: number, perMillionUsd: string, pico: string) => ({
    ...{ label, unit: 'token', quantity, perMillionUsd, pico },
    usdPerUnit: expect.any(String),
  });

  it('shows tokens times rate', () => {
    const cost = explainCost({
      model: 'gpt-4o',
      tokens: { input: 1000, output: 100, cacheRead: 300 },
      timeMillis: NOON,
    });
    expect(cost).toMatchObject({ costUsd: 0.003125, pico: '3125000000', factor: 1, notes: [] });
    expect(cost.lines).toEqual([
      line('input tokens', 700, '2.5', '1750000000'),
      line('cached input tokens', 300, '1.25', '375000000'),
      line('output tokens', 100, '10', '1000000000'),
    ]);
    expect(cost.lines[0]?.usdPerUnit).toBe('0.0000025');
  });

  it('reads the usage of a provider, with fees, the band, the tier and the factor in words', () => {
    const usage = {
      input_tokens: 250_000,
      output_tokens: 30,
      cache_creation_input_tokens: 7,
      server_tool_use: { web_search_requests: 2 },
    };
    const call = { provider: 'anthropic', model: 'claude-sonnet-4-5', serviceTier: 'batch', usage };
    const cost = explainCost(call, { priceFactors: { anthropic: 0.9 } });
    expect(cost.lines.map(({ label, quantity, usdPerUnit }) => [label, quantity, usdPerUnit])).toEqual([
      ['input tokens', 250_000, '0.000006'],
      ['cache write tokens', 7, '0.0000075'],
      ['output tokens', 30, '0.0000225'],
      ['web searches', 2, '0.01'],
    ]);
    expect(cost).toMatchObject({
      factor: 0.9,
      status: 'estimated',
      reason: 'other_tier',
      band: 'input of more than 200,000 tokens',
      tier: 'batch: no rate of its own, priced at list price',
    });
    expect(cost.notes).toEqual(['The price factor 0.9 is applied to each line.']);
  });

  it('says from when a rate applies, and at which hours', () => {
    const call = { provider: 'deepseek', model: 'deepseek-v4-flash', tokens: { input: 1000 } };
    const peak = explainCost({ ...call, timeMillis: Date.parse('2026-09-01T02:00:00Z') });
    expect(peak.validFrom).toBe('2026-08-16T16:00:00.000Z');
    expect(peak.notes).toEqual(['These rates apply from 01:00 to 04:00 UTC, Monday to Friday.']);
    expect(explainCost({ ...call, timeMillis: Date.parse('2026-05-01') }).lines[0]?.perMillionUsd).toBe(
      '0.14',
    );
  });

  it('prices each part of a usage as the model that answered', () => {
    const usage = {
      request_usage_entries: [
        { input_tokens: 1000, output_tokens: 10 },
        { input_tokens: 2000, output_tokens: 20 },
      ],
      input_tokens: 3000,
      output_tokens: 30,
    };
    const cost = explainCost({ model: 'gpt-4o', usage });
    expect(cost.lines.map(({ quantity, model }) => [quantity, model])).toEqual([
      [1000, 'gpt-4o'],
      [10, 'gpt-4o'],
      [2000, 'gpt-4o'],
      [20, 'gpt-4o'],
    ]);
    expect(sum(cost.lines)).toBe(BigInt(cost.pico ?? -1));
  });

  it('reads a recorded span as the processor does', () => {
    const attributes = {
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.cache_read.input_tokens': 600,
      'gen_ai.usage.output_tokens': 10,
    };
    const cost = explainCost({ attributes, scopeName: 'some-instrumentation', timeMillis: NOON });
    expect(cost.source).toContain('genai-prices/anthropic/claude-sonnet-4-5');
    expect(cost.lines.map(({ quantity, pico }) => [quantity, pico])).toEqual([
      [400, '1200000000'],
      [600, '180000000'],
      [10, '150000000'],
    ]);
    expect(explainCost({ attributes: {} })).toMatchObject({ lines: [], status: 'unpriced' });
  });

  it('gives no lines and no 0 for an unknown model, and names similar ones', () => {
    const cost = explainCost({ model: 'gpt-4oo-mini', tokens: { input: 1000 } });
    expect(cost).toMatchObject({ status: 'unpriced', reason: 'unknown_model', lines: [] });
    expect(cost.costUsd).toBeUndefined();
    expect(cost.pico).toBeUndefined();
    expect(cost.similarModels[0]).toBe('gpt-4o-mini');
    expect(cost.notes.join()).toContain('no rate for the model "gpt-4oo-mini"');
    expect(explainCost({ tokens: { input: 1 } }).notes).toEqual(['No model is named, so there is no rate.']);
    expect(explainCost({ model: 'gpt-4o', usage: {} })).toMatchObject({
      reason: 'no_usage',
      pico: undefined,
    });
  });

  it('leaves out tokens that only inform, and bills the fewest seconds', () => {
    const usage = { input_tokens: 14, output_tokens: 45, seconds: 60 };
    const seconds = explainCost({
      provider: 'openai',
      model: 'whisper-1',
      usage: { ...usage, type: 'duration' },
    });
    expect(seconds.lines.map(({ label, quantity }) => [label, quantity])).toEqual([
      ['seconds of audio input', 60],
    ]);
    const groq = explainCost({
      provider: 'groq',
      model: 'whisper-large-v3',
      usage: { type: 'duration', seconds: 1 },
    });
    expect(groq.lines.map(({ label, quantity }) => [label, quantity])).toEqual([
      ['seconds of audio input', 10],
    ]);
  });

  it('has rates of 0 for a model that is free', () => {
    const cost = explainCost(
      { model: 'ours', tokens: { input: 1000, output: 1 } },
      { overrides: { ours: { inputUsdPerMtok: 3, free: true } } },
    );
    expect(cost).toMatchObject({ costUsd: 0, pico: '0', status: 'free' });
    expect(cost.lines.map(({ usdPerUnit }) => usdPerUnit)).toEqual(['0', '0']);
  });

  it.each([
    [{ model: 'gpt-4o', tokens: { input: 1, cacheRead: 2 } }, 'tokens.input'],
    [{ model: 'gpt-4o', tokens: { output: 1, reasoning: 2 } }, 'tokens.output'],
    [{ model: 'gpt-4o', tokens: { input: -1 } }, 'tokens.input'],
    [{ model: 'gpt-4o', tokens: { input: 1.5 } }, 'tokens.input'],
    [{ model: 'gpt-4o', tokens: { inputs: 1 } }, 'did you mean "input"'],
    [{ modle: 'gpt-4o', tokens: {} }, 'did you mean "model"'],
    [{ model: 'gpt-4o' }, 'tokens'],
    [{ model: 'gpt-4o', tokens: {}, usage: {} }, 'left out beside tokens'],
    [{ model: 'gpt-4o', usage: {}, attributes: {} }, 'left out beside usage'],
    [{ attributes: 3 }, 'attributes'],
    [{ model: 'gpt-4o', tokens: {}, timeMillis: Number.NaN }, 'timeMillis'],
  ])('refuses %o', (call: object, message) => {
    expect(() => explainCost(call)).toThrow(message);
  });
});
