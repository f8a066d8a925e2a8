/** Prices that hold by where a model ran, and names that are not the model they look like. */
import { describe, expect, it } from 'vitest';
import { PriceBook } from '../../src/pricing/price-book.js';
import { readResponse } from '../../src/usage/read-response.js';
import { StreamReader } from '../../src/usage/stream-reader.js';
import { queryOf, usageOf } from './query.js';

const book = new PriceBook();

describe('Claude that ran in the United States only', () => {
  const us = { serviceTier: 'us' };

  it('costs a tenth more for every token, and no more for a search', () => {
    const priced = book.price(queryOf('anthropic', 'claude-opus-4-6', us));
    expect(priced).toMatchObject({ pico: 8.25e9, status: undefined });
    expect(priced.source).toMatch(/claude-opus-4-6:us@[\d.]+$/);
    const usage = usageOf({ input: 1000, output: 100 }, { units: { webSearches: 1 } });
    expect(book.price(queryOf('anthropic', 'claude-opus-4-6', { ...us, usage })).pico).toBe(18.25e9);
  });

  it('has the discount of the model that an alias of the list stands for', () => {
    const own = new PriceBook({ priceFactors: { 'claude-sonnet-4-6': 0.5 } });
    const priced = own.price(queryOf('anthropic', 'claude-sonnet-4.6', us));
    expect(priced.source).toMatch(/claude-sonnet-4-6:us@[\d.]+;factor=0\.5$/);
  });

  it('is a guess on lists that have no such rule', () => {
    const priced = book.price(queryOf('openai', 'gpt-4o', us));
    expect(priced).toMatchObject({ pico: 3.5e9, status: 'estimated', reason: 'other_tier' });
  });

  it('is at the rate of the app where it gave one', () => {
    const own = new PriceBook({
      overrides: { 'claude-opus-4-6': { inputUsdPerMtok: 1, tiers: { us: { inputUsdPerMtok: 2 } } } },
    });
    const usage = usageOf({ input: 1000 });
    expect(own.price(queryOf('anthropic', 'claude-opus-4-6', { ...us, usage })).pico).toBe(2e9);
  });

  const counts = { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 0 };
  it.each([
    [{ service_tier: 'standard', inference_geo: 'us' }, 'us'],
    [{ service_tier: 'standard', inference_geo: 'global' }, 'standard'],
    [{ service_tier: 'batch', inference_geo: 'us' }, 'batch'],
    [{ service_tier: 'standard', inference_geo: 'us', speed: 'fast' }, 'fast'],
    [{ inference_geo: 'not_available' }, undefined],
  ])('is said by its usage: %j', (said, tier) => {
    const usage = { ...counts, ...said };
    const message = { id: 'msg_1', model: 'claude-opus-4-6', usage };
    expect(readResponse(message)?.serviceTier).toBe(tier);
    const reader = new StreamReader();
    reader.push({ type: 'message_start', message });
    reader.push({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } });
    expect(reader.facts().serviceTier).toBe(tier);
    const sdk = {
      finishReason: 'stop',
      usage: { inputTokens: 10 },
      providerMetadata: { anthropic: { usage } },
    };
    expect(readResponse(sdk)?.serviceTier).toBe(tier);
  });
});

describe('names that are not the model they look like', () => {
  it('a free variant that the list does not have is not billed as its vendor bills it', () => {
    for (const [provider, model] of [
      ['openrouter', 'deepseek/deepseek-chat-v3.1:free'],
      ['litellm', 'openrouter/deepseek/deepseek-chat-v3.1:free'],
      ['openai', 'deepseek/deepseek-chat-v3.1:free'],
    ])
      expect(book.price(queryOf(provider, model)).reason, provider).toBe('unknown_model');
    expect(book.price(queryOf('litellm', 'openrouter/deepseek/deepseek-chat-v3-0324:free'))).toMatchObject({
      pico: 0,
      status: 'free',
    });
  });

  it("a free variant is OpenRouter's where no provider is named", () => {
    for (const [provider, model] of [
      [undefined, 'google/gemma-3-27b-it:free'],
      [undefined, 'deepseek/deepseek-r1:free'],
      ['litellm', 'meta-llama/llama-3.3-70b-instruct:free'],
    ] as const)
      expect(book.price(queryOf(provider, model)), model).toMatchObject({ pico: 0, status: 'free' });
  });

  it('the second version of Titan embeddings is not at the price of the first', () => {
    const titan = (version: number) =>
      book.price(queryOf('aws.bedrock', `amazon.titan-embed-text-v${version}:0`));
    expect(titan(2).reason).toBe('unknown_model');
    expect(titan(1).source).toMatch(/titan-embed-text-v1@[\d.]+$/);
  });
});

describe('the place of a call on another cloud', () => {
  const vertex = (place: string, model: string, vendor = 'anthropic') =>
    `projects/p/locations/${place}/publishers/${vendor}/models/${model}`;
  const usage = usageOf({ input: 1000, output: 100 });

  it.each([
    ['europe-west1', 'claude-sonnet-4-5@20250929'],
    ['eu', 'claude-haiku-4-5@20251001'],
    ['us', 'claude-opus-4-5@20251101'],
    ['us-east5', 'claude-opus-5'],
    ['us-east5', 'claude-fable-5-1'],
    ['us-east5', 'claude-sonnet-4-6'],
  ])('Vertex in %s: %s costs a tenth more than at the global endpoint', (place, model) => {
    for (const provider of ['google', 'gcp.vertex_ai', undefined]) {
      const there = book.price(queryOf(provider, vertex(place, model), { usage }));
      const anywhere = book.price(queryOf(provider, vertex('global', model), { usage }));
      expect(there.pico).toBeCloseTo((anywhere.pico ?? Number.NaN) * 1.1, 0);
      expect(there.status).toBeUndefined();
      expect(there.source).toMatch(/:regional@[\d.]+$/);
      expect(anywhere.source).not.toMatch(/regional/);
    }
  });

  it.each([
    ['claude-opus-4-1@20250805', 'anthropic'],
    ['claude-sonnet-4@20250514', 'anthropic'],
    ['claude-3-5-haiku@20241022', 'anthropic'],
    ['gemini-2.5-pro', 'google'],
  ])('Vertex: %s costs the same everywhere', (model, vendor) => {
    const there = book.price(queryOf('google', vertex('europe-west1', model, vendor)));
    expect(there.pico).toBe(book.price(queryOf('google', vertex('global', model, vendor))).pico);
    expect(there.pico).toBeGreaterThan(0);
  });

  it.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 1.1],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 1.1],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 1.1],
    ['jp.anthropic.claude-sonnet-4-5-20250929-v1:0', 1.1],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1],
    ['apac.anthropic.claude-sonnet-4-20250514-v1:0', 1],
    ['global.anthropic.claude-sonnet-4-20250514-v1:0', 1],
  ])('Bedrock: %s is %d times $3', (model, factor) => {
    const { pico, status } = book.price(queryOf('aws.bedrock', model, { usage: usageOf({ input: 1000 }) }));
    expect(pico).toBeCloseTo(3e9 * factor, 0);
    expect(status).toBeUndefined();
  });

  it.each([
    ['gcp.vertex_ai', 'us-east5', 3.3],
    ['gcp.vertex_ai', 'global', 3],
  ])(
    'Vertex: the place is that of the requested name, where the answer has none (%s in %s)',
    (provider, place, usd) => {
      const requestModel = vertex(place, 'claude-sonnet-4-5@20250929');
      const call = queryOf(provider, 'claude-sonnet-4-5-20250929', {
        requestModel,
        usage: usageOf({ input: 1000 }),
      });
      expect(book.price(call).pico).toBeCloseTo(usd * 1e9, 0);
      expect(book.price(call).status).toBeUndefined();
    },
  );

  it.each([
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 3.3],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0',
      3,
    ],
  ])('Bedrock: %s, answered without a profile', (requestModel, usd) => {
    const call = queryOf('aws.bedrock', 'claude-sonnet-4-5-20250929', {
      requestModel,
      usage: usageOf({ input: 1000 }),
    });
    expect(book.price(call).pico).toBeCloseTo(usd * 1e9, 0);
    expect(book.price(call).status).toBeUndefined();
  });

  it.each([
    ['apac.anthropic.claude-opus-4-8', 5.5],
    ['ca.anthropic.claude-sonnet-4-5-20250929-v1:0', 3.3],
    ['eu.anthropic.claude-fable-5-1', 11],
  ])('Bedrock: %s, a profile that the list does not name, costs what its region does', (model, usd) => {
    const { pico, status } = book.price(queryOf('aws.bedrock', model, { usage: usageOf({ input: 1000 }) }));
    expect(pico).toBeCloseTo(usd * 1e9, 0);
    expect(status).toBeUndefined();
  });
});
