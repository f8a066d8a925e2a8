import { describe, expect, it } from 'vitest';
import type { ModelRate, PriceOptions } from '../../src/pricing/model-rate.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import { forgetWarnings } from '../../src/warnings.js';
import { watchDiag } from '../support/diag.js';
import { queryOf, usageOf } from './query.js';

const price = (options: PriceOptions, ...query: Parameters<typeof queryOf>) =>
  new PriceBook(options).price(queryOf(...query));

describe('overrides', () => {
  const overrides = { 'gpt-4o': { inputUsdPerMtok: 1, outputUsdPerMtok: 2 } };

  it.each([
    ['openai', 'gpt-4o', undefined],
    ['openai', 'GPT-4o', undefined],
    ['openai', 'gpt-4o-2024-08-06', undefined],
    ['openrouter', 'openai/gpt-4o', 'alias'],
    ['ollama', 'gpt-4o', undefined],
  ])('hold for %s %s', (provider, model, rateMatch) => {
    expect(price({ overrides }, provider, model)).toMatchObject({
      pico: 1.2e9,
      source: 'override/gpt-4o',
      status: undefined,
      rateMatch,
    });
  });

  it('do not hold for other models', () => {
    expect(price({ overrides }, 'openai', 'gpt-4o-mini').source).toContain('genai-prices/');
  });

  it('apply to one provider when the key names it', () => {
    const options = { overrides: { 'azure/gpt-4o': { inputUsdPerMtok: 1, outputUsdPerMtok: 2 } } };
    expect(price(options, 'azure.ai.openai', 'gpt-4o').source).toBe('override/azure/gpt-4o');
    expect(price(options, 'openai', 'gpt-4o').source).toContain('/openai/gpt-4o@');
  });

  it('of the requested model win over the list price of the one that answered', () => {
    const own = { overrides: { 'my-deployment': { inputUsdPerMtok: 1, outputUsdPerMtok: 2 } } };
    const billed = price(own, 'azure', 'gpt-4o-2024-08-06', { requestModel: 'my-deployment' });
    expect(billed).toMatchObject({ source: 'override/my-deployment', rateMatch: 'alias' });
  });

  const units = { webSearches: 1, otherToolCalls: 1, rerankSearches: 1, inputAudioSeconds: 1, images: 1 };
  it.each<[string, ModelRate, ReturnType<typeof usageOf>, object]>([
    [
      'free',
      { free: true },
      usageOf({ input: 5 }, { unsplitTokens: 3, units: { images: 1 } }),
      { pico: 0, status: 'free' },
    ],
    [
      'all rates 0',
      { inputUsdPerMtok: 0, outputUsdPerMtok: 0 },
      usageOf({ input: 5 }),
      { pico: 0, status: 'free' },
    ],
    [
      'a total',
      { totalUsdPerMtok: 3 },
      usageOf({}, { unsplitTokens: 1000 }),
      { pico: 3e9, status: undefined },
    ],
    ['a flat rate', { totalUsdPerMtok: 3 }, usageOf({ input: 1, output: 1 }), { pico: 6e6 }],
    [
      'no output rate',
      { inputUsdPerMtok: 3 },
      usageOf({ output: 1 }),
      { reason: 'unknown_model', anomaly: 'no rate for output tokens' },
    ],
    [
      'no input rate',
      { outputUsdPerMtok: 3 },
      usageOf({ cacheRead: 1 }),
      { reason: 'unknown_model', anomaly: 'no rate for input tokens' },
    ],
    [
      'reasoning',
      { outputUsdPerMtok: 3, reasoningUsdPerMtok: 1 },
      usageOf({ output: 1, reasoning: 1 }),
      { pico: 4e6 },
    ],
    [
      'units',
      {
        webSearchUsd: 1,
        otherToolCallUsd: 2,
        rerankSearchUsd: 4,
        audioSecondUsd: 8,
        imageUsd: 16,
        perRequestUsd: 32,
      },
      usageOf({}, { units }),
      { pico: 63e12 },
    ],
  ])('price %s', (_, rate, usage, expected) => {
    expect(price({ overrides: { m: rate } }, 'x', 'm', { usage })).toMatchObject(expected);
  });
});

describe('aliases', () => {
  const aliases = {
    'My-Deployment': 'gpt-4o',
    'azure/prod': 'gpt-4o-mini',
    llama: 'groq/llama-3.3-70b-versatile',
  };

  it.each([
    ['azure', 'my-deployment', '/azure/gpt-4o'],
    ['azure', 'prod', '/azure/gpt-4o-mini'],
    ['ollama', 'llama', '/groq/llama-3.3-70b-versatile'],
    ['our-proxy', 'my-deployment', '/openai/gpt-4o'],
  ])('%s %s is billed as %s', (provider, model, source) => {
    const billed = price({ aliases }, provider, model);
    expect(billed.source?.replace(/@[\d.-]+/, '').endsWith(source)).toBe(true);
    expect(billed).toMatchObject({ rateMatch: 'alias', status: undefined });
  });

  it('hold for the provider they name only', () => {
    expect(price({ aliases }, 'openai', 'prod').reason).toBe('unknown_model');
  });

  it('may stand for an override, and an ARN may have one', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123';
    const options = {
      aliases: { abc123: 'mine' },
      overrides: { mine: { inputUsdPerMtok: 1, outputUsdPerMtok: 0 } },
    };
    expect(price(options, 'aws.bedrock', arn)).toMatchObject({ source: 'override/mine', rateMatch: 'alias' });
  });

  it('name providers without a flag', () => {
    const billed = price({ providerAliases: { 'Our-Gateway': 'openai' } }, 'our-gateway', 'gpt-4o');
    expect(billed).toMatchObject({ pico: 3.5e9, status: undefined, rateMatch: undefined });
  });
});

describe('a price factor for an unknown name', () => {
  it.each<[PriceOptions, string]>([
    [
      { priceFactors: { opneai: 0.9 } },
      'priceFactors names "opneai", which is neither a provider nor a model',
    ],
    [{ priceFactors: { opneai: 0.9 } }, 'did you mean "openai"?'],
    [{ priceFactors: { 'our-thing': 0.9 } }, 'priceFactors names "our-thing"'],
    [{ priceFactors: { 'antropic/claude-sonnet-4-5': 0.9 } }, 'did you mean "anthropic"?'],
  ])('is reported: %j', async (options, message) => {
    forgetWarnings();
    const warn = watchDiag();
    new PriceBook(options);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(warn.mock.calls.join()).toContain(message);
    warn.mockRestore();
  });

  it.each<[PriceOptions]>([
    [{ priceFactors: { openai: 0.9, 'gpt-4o': 0.8, 'azure/gpt-4o': 0.5, OpenRouter: 1.05 } }],
    [{ priceFactors: { 'azure.ai.openai': 0.9, 'litellm-proxy': 1.05 } }],
    [{ priceFactors: { 'text-embedding-3-small': 0.9, 'llama-3.3-70b-versatile': 0.9, 'sonar-pro': 0.9 } }],
    [{ priceFactors: { 'our-llama': 2 }, overrides: { 'our-llama': { inputUsdPerMtok: 1 } } }],
    [{ priceFactors: { 'our-gateway': 1.05 }, providerAliases: { 'our-gateway': 'openai' } }],
    [{ priceFactors: { 'prod-7': 0.9 }, aliases: { 'prod-7': 'gpt-4o' } }],
  ])('is not reported for what is known: %j', async (options) => {
    forgetWarnings();
    const warn = watchDiag();
    new PriceBook(options);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('priceFactors', () => {
  it.each([
    [{ openai: 0.9 }, 'openai', 'gpt-4o', 3.15e9, ';factor=0.9'],
    [{ openai: 0.9 }, 'openai.responses', 'gpt-4o', 3.15e9, ';factor=0.9'],
    [{ openai: 0.9, 'gpt-4o': 0.8 }, 'openai', 'gpt-4o-2024-08-06', 2.8e9, ';factor=0.8'],
    [{ 'azure/gpt-4o': 0.5 }, 'azure', 'gpt-4o', 1.75e9, ';factor=0.5'],
    [{ openai: 0.9 }, 'azure', 'gpt-4o', 3.5e9, 'gpt-4o'],
    [{ openai: 0.5 }, 'openai', 'deepseek-chat', 0.168e9, 'deepseek-chat'],
    [{ openai: 1.1 }, 'openai', 'gpt-4o', 3.85e9, ';factor=1.1'],
  ])('%o for %s %s', (priceFactors, provider, model, pico, sourceEnd) => {
    const billed = price({ priceFactors }, provider, model);
    expect(billed.pico).toBe(pico);
    expect(billed.source?.replace(/@[\d.-]+/, '').endsWith(sourceEnd)).toBe(true);
  });

  it('apply to overrides unless the model is exempt', () => {
    const overrides = { 'gpt-4o': { inputUsdPerMtok: 1, outputUsdPerMtok: 0 } };
    expect(price({ overrides, priceFactors: { openai: 0.5 } }, 'openai', 'gpt-4o')).toMatchObject({
      pico: 0.5e9,
      source: 'override/gpt-4o;factor=0.5',
    });
    expect(price({ overrides, priceFactors: { openai: 0.5, 'gpt-4o': 1 } }, 'openai', 'gpt-4o').pico).toBe(
      1e9,
    );
  });

  it('of everything is free', () => {
    expect(price({ priceFactors: { openai: 0 } }, 'openai', 'gpt-4o')).toMatchObject({
      pico: 0,
      status: 'free',
    });
  });
});

describe('service tiers, as served', () => {
  it.each(['standard', 'default', 'auto', 'on_demand', 'scale', ''])('%s is list price', (serviceTier) => {
    expect(price({}, 'openai', 'gpt-4o', { serviceTier })).toMatchObject({ pico: 3.5e9, status: undefined });
  });

  it.each(['batch', 'flex', 'priority', 'fast', 'optimized', 'ultrafast'])(
    '%s without a rate is list price, estimated',
    (serviceTier) => {
      expect(price({}, 'openai', 'gpt-4o', { serviceTier })).toMatchObject({
        pico: 3.5e9,
        status: 'estimated',
        reason: 'other_tier',
      });
    },
  );

  it('the price list has a few', () => {
    const billed = price({}, 'openrouter', 'openai/gpt-6-sol', { serviceTier: 'batch' });
    expect(billed).toMatchObject({ status: undefined });
    expect(billed.source?.replace(/@[\d.-]+/, '').endsWith('openai/gpt-6-sol:batch')).toBe(true);
  });

  it('an override may have any', () => {
    const tiers = {
      Batch: { inputUsdPerMtok: 1, outputUsdPerMtok: 0 },
      turbo: { inputUsdPerMtok: 9, outputUsdPerMtok: 0 },
    };
    const overrides = { m: { inputUsdPerMtok: 2, outputUsdPerMtok: 0, tiers } };
    const served = (serviceTier: string) => price({ overrides }, 'x', 'm', { serviceTier });
    expect(served('batch')).toMatchObject({ pico: 1e9, source: 'override/m:batch', status: undefined });
    expect(served('turbo')).toMatchObject({ pico: 9e9, source: 'override/m:turbo' });
    expect(served('flex')).toMatchObject({
      pico: 2e9,
      source: 'override/m',
      status: 'estimated',
      reason: 'other_tier',
    });
  });
});

describe('validation', () => {
  it.each<[unknown, RegExp]>([
    [null, /"options" must be an object/],
    [{ override: {} }, /unknown option "override"; did you mean "overrides"/],
    [{ overrides: [] }, /"overrides" must be an object, got an array/],
    [{ overrides: { m: 3 } }, /"overrides\.m" must be an object, got 3/],
    [{ overrides: { m: {} } }, /"overrides\.m" must be a rate with at least one price/],
    [{ overrides: { m: { free: false } } }, /at least one price/],
    [{ overrides: { m: { free: 1 } } }, /"overrides\.m\.free" must be true or false, got 1/],
    [
      { overrides: { m: { inputUsdPerMtok: -1 } } },
      /"overrides\.m\.inputUsdPerMtok" must be a number from 0 to 1000000, got -1/,
    ],
    [{ overrides: { m: { imageUsd: Number.NaN } } }, /imageUsd.* got NaN/],
    [{ overrides: { m: { inputUsdPerMtok: '1' } } }, /got "1"/],
    [{ overrides: { m: { input: 1 } } }, /unknown option "overrides\.m\.input"; /],
    [
      { overrides: { m: { imageUsd: 1, tiers: { batch: { tiers: {} } } } } },
      /unknown option "overrides\.m\.tiers\.batch\.tiers"/,
    ],
    [{ aliases: { a: '' } }, /"aliases\.a" must be a non-empty string/],
    [{ providerAliases: { a: 1 } }, /"providerAliases\.a" must be a non-empty string, got 1/],
    [
      { priceFactors: { openai: 10 } },
      /"priceFactors\.openai" must be a number from 0 to 2: 0\.9 is 10 % off, .*, got 10/,
    ],
    [{ priceFactors: { a: 2.01 } }, /"priceFactors\.a" must be a number from 0 to 2/],
  ])('refuses %o', (options, message) => {
    expect(() => Reflect.construct(PriceBook, [options])).toThrow(message);
  });

  it('names the option it is nested in', () => {
    expect(() => new PriceBook({ priceFactors: { a: -1 } }, 'prices')).toThrow(/"prices\.priceFactors\.a"/);
  });
});
