import { describe, expect, it } from 'vitest';
import { usdFromPico } from '../../src/money.js';
import type { PriceOptions } from '../../src/pricing/model-rate.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import type { PriceQuery } from '../../src/pricing/priced.js';
import type { TokenCounts, Usage } from '../../src/usage/usage.js';
import { NOON, queryOf, usageOf } from './query.js';

const book = new PriceBook();
const million = 1_000_000;

function usd(query: PriceQuery, options?: PriceOptions): number | undefined {
  const { pico } = (options ? new PriceBook(options) : book).price(query);
  return pico === undefined ? undefined : usdFromPico(pico);
}

function usdOf(
  model: string,
  tokens: Partial<TokenCounts>,
  rest: Omit<Usage, 'tokens'> = {},
  provider = 'openai',
) {
  return usd(queryOf(provider, model, { usage: usageOf(tokens, rest) }));
}

describe('golden prices', () => {
  it.each([
    ['gpt-4o', { input: million }, 2.5],
    ['gpt-4o', { output: million }, 10],
    ['gpt-4o-mini', { input: million }, 0.15],
    ['gpt-4o-mini', { output: million }, 0.6],
    ['gpt-4o-mini', { input: 1 }, 1.5e-7],
    ['gpt-4o', { cacheRead: 1000 }, 0.00125],
    ['gpt-4o', { input: 38_800, output: 3_200 }, 0.129],
    ['o3', { output: 1000, reasoning: 1000 }, 0.016],
    ['gpt-realtime', { inputAudio: 1000, outputAudio: 1000 }, 0.096],
  ])('openai %s %o costs %d', (model, tokens, expected) => {
    expect(usdOf(model, tokens)).toBe(expected);
  });

  it.each([
    ['claude-sonnet-4-5', { cacheWrite: 1000 }, 0.00375],
    ['claude-sonnet-4-5', { cacheWrite1h: 1000 }, 0.006],
    ['claude-sonnet-4-5', { cacheRead: 1000 }, 0.0003],
    ['claude-sonnet-4-5', { input: 200_000, output: 1000 }, 0.615],
    ['claude-sonnet-4-5', { input: 200_001, output: 1000 }, 1.222506],
    ['claude-sonnet-4-5', { input: 1, cacheRead: 200_000, output: 0 }, 0.120006],
  ])('anthropic %s %o costs %d', (model, tokens, expected) => {
    expect(usdOf(model, tokens, {}, 'anthropic')).toBe(expected);
  });

  it.each([
    ['gemini-2.5-pro', { input: 200_000, output: 1000 }, 0.26],
    ['gemini-2.5-pro', { input: 200_001, output: 1000 }, 0.5150025],
    ['gemini-2.5-flash', { inputAudio: 1000 }, 0.001],
    ['gemini-2.5-flash', { cacheReadAudio: 1000 }, 0.0001],
    ['gemini-2.5-flash', { reasoning: 1000 }, 0.0025],
  ])('google %s %o costs %d', (model, tokens, expected) => {
    expect(usdOf(model, tokens, {}, 'google')).toBe(expected);
  });

  it('bills web searches and seconds of audio beside or instead of tokens', () => {
    expect(usdOf('claude-sonnet-4-5', { input: 1000 }, { units: { webSearches: 2 } }, 'anthropic')).toBe(
      0.023,
    );
    expect(usdOf('whisper-1', {}, { units: { inputAudioSeconds: 60 } })).toBe(0.006);
    expect(usdOf('whisper-1', { input: 14, output: 45 }, { units: { inputAudioSeconds: 60 } })).toBe(0.006);
  });

  it('bills ten seconds at least where Groq does', () => {
    const usage = usageOf({}, { units: { inputAudioSeconds: 1 } });
    expect(usd(queryOf('groq', 'whisper-large-v3', { usage }))).toBeCloseTo((0.111 * 10) / 3600, 12);
  });

  it('bills the request itself where the provider does', () => {
    const each = book.price(queryOf('perplexity', 'sonar', { usage: usageOf({}) }));
    expect(each.pico).toBeGreaterThan(0);
  });
});

describe('dated prices', () => {
  const at = (date: string) => ({ timeMillis: Date.parse(date), usage: usageOf({ input: million }) });

  it.each([
    ['openai', 'o3', '2025-06-09T23:59:59.999Z', 10],
    ['openai', 'o3', '2025-06-10T00:00:00Z', 2],
    ['anthropic', 'claude-opus-4-6', '2026-03-12T23:59:59.999Z', 10],
    ['anthropic', 'claude-opus-4-6', '2026-03-13T00:00:00Z', 5],
  ])('%s %s at %s costs %d a million', (provider, model, date, expected) => {
    expect(usd(queryOf(provider, model, at(date)))).toBe(expected);
  });

  it('treats a time that is not a number as now', () => {
    expect(usd(queryOf('openai', 'o3', { ...at('x'), timeMillis: Number.NaN }))).toBe(2);
  });
});

describe('unknown prices', () => {
  const source = (query: PriceQuery, options?: PriceOptions) => new PriceBook(options).price(query);

  it.each([
    ['unknown_model', queryOf('openai', 'gpt-99')],
    ['unknown_model', queryOf('openai', 'x'.repeat(100_000))],
    ['unknown_model', queryOf('openai', undefined)],
    ['unknown_model', queryOf('openai', '')],
    ['no_usage', queryOf('openai', 'gpt-4o', { usage: undefined })],
    ['bad_amount', queryOf('openai', 'gpt-4o', { usage: usageOf({ input: 1e15 }) })],
    ['bad_amount', queryOf('openai', 'gpt-4o', { usage: usageOf({ input: Number.NaN }) })],
  ])('is unpriced: %s', (reason, query) => {
    const unknown = { pico: undefined, source: undefined, status: 'unpriced', reason, rateMatch: undefined };
    expect(source(query)).toEqual(unknown);
  });

  it.each([
    [
      'a total of input and output',
      queryOf('openai', 'gpt-4o', { usage: usageOf({}, { unsplitTokens: 5 }) }),
    ],
    ['images', queryOf('openai', 'gpt-4o', { usage: usageOf({}, { units: { images: 1 } }) })],
    [
      'audio seconds',
      queryOf('openai', 'gpt-4o', { usage: usageOf({}, { units: { inputAudioSeconds: 1 } }) }),
    ],
    [
      'rerank searches',
      queryOf('cohere', 'command-r', { usage: usageOf({}, { units: { rerankSearches: 1 } }) }),
    ],
    [
      'web searches',
      queryOf('google', 'gemini-2.5-pro', { usage: usageOf({}, { units: { webSearches: 1 } }) }),
    ],
    ['tool calls', queryOf('openai', 'gpt-4o', { usage: usageOf({}, { units: { otherToolCalls: 1 } }) })],
    ['input tokens', queryOf('openai', 'whisper-1')],
    ['input tokens', queryOf('openrouter', 'google/lyria-3-pro-preview')],
  ])('is unpriced where there is no rate for %s', (what, query) => {
    expect(source(query)).toMatchObject({
      pico: undefined,
      source: undefined,
      reason: 'unknown_model',
      anomaly: `no rate for ${what}`,
    });
  });

  it('no usage at a known price is 0, not free', () => {
    expect(book.price(queryOf('openai', 'gpt-4o', { usage: usageOf({}) }))).toMatchObject({
      pico: 0,
      status: undefined,
    });
  });

  it('a count of -0 does not leave as -0', () => {
    const { pico } = book.price(queryOf('openai', 'gpt-4o', { usage: usageOf({ input: -0 }) }));
    expect(Object.is(pico, 0)).toBe(true);
  });

  it('a model that is known to be free costs 0, with the status free', () => {
    expect(book.price(queryOf('openrouter', 'deepseek/deepseek-r1:free'))).toMatchObject({
      pico: 0,
      status: 'free',
    });
  });
});

describe('estimates', () => {
  it('audio at the text rate', () => {
    const usage = usageOf({ inputAudio: 1000 });
    expect(book.price(queryOf('openai', 'gpt-4o', { usage }))).toMatchObject({
      status: 'estimated',
      reason: 'unsplit_modality',
    });
    expect(book.price(queryOf('openai', 'gpt-realtime', { usage })).status).toBeUndefined();
  });

  it('a 1 h cache write on a list without one: twice the input rate for Claude', () => {
    const usage = usageOf({ cacheWrite1h: 1000 });
    const billed = book.price(
      queryOf('aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', { usage }),
    );
    expect(billed).toMatchObject({ pico: 6.6e9, status: 'estimated', reason: 'other_tier' });
  });

  it('a lower bound of the counts', () => {
    const usage = usageOf({ output: 10 }, { incomplete: true });
    expect(book.price(queryOf('openai', 'gpt-4o', { usage }))).toMatchObject({
      status: 'estimated',
      reason: 'unread_usage',
    });
  });
});

describe('further models within a call', () => {
  const query = (model: string) => {
    const parts = [{ usage: usageOf({ input: 1000 }) }, { model, usage: usageOf({ output: 1000 }) }];
    return queryOf('anthropic', 'claude-haiku-4-5', {
      usage: usageOf({ input: 1000, output: 1000 }, { parts }),
    });
  };

  it('are billed each at its own price', () => {
    const billed = book.price(query('claude-opus-4-5'));
    expect(billed.pico).toBe(26e9);
    expect(billed.source).toMatch(
      /^genai-prices\/anthropic\/claude-haiku-4-5\+genai-prices\/anthropic\/claude-opus-4-5@[\d.]+$/,
    );
  });

  it('make the whole unknown when one is', () => {
    expect(book.price(query('claude-nobody-9'))).toMatchObject({
      pico: undefined,
      reason: 'unknown_model',
    });
  });
});

describe('the cache of rates', () => {
  it('is bounded, and counted when dropped', () => {
    const small = new PriceBook();
    for (let i = 0; i < 2001; i++) small.price(queryOf('openai', `m-${i}`));
    expect(small.evictedRates).toBe(2000);
    expect(small.price(queryOf('openai', 'gpt-4o')).pico).toBe(3.5e9);
  });

  it('is dropped by clear() and found again, tiers too', () => {
    const cleared = new PriceBook();
    const query = queryOf('openai', 'gpt-4o', { serviceTier: 'batch', timeMillis: NOON });
    const before = cleared.price(query);
    cleared.clear();
    expect(cleared.price(query)).toEqual(before);
    expect(cleared.evictedRates).toBe(0);
  });

  it('names the installed version of the list', () => {
    expect(book.price(queryOf('openai', 'gpt-4o')).source).toMatch(
      /^genai-prices\/openai\/gpt-4o@\d+\.\d+\.\d+$/,
    );
  });
});
