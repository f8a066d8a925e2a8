/** Models that are bought for audio, images or video, and calls of them that do not tell these from text. */
import { describe, expect, it } from 'vitest';
import { PriceBook } from '../../src/pricing/price-book.js';
import type { TokenCounts, Usage } from '../../src/usage/usage.js';
import { queryOf, usageOf } from './query.js';

const book = new PriceBook();
const price = (
  provider: string,
  model: string,
  tokens: Partial<TokenCounts>,
  rest: Omit<Usage, 'tokens'> = {},
) => book.price(queryOf(provider, model, { usage: usageOf(tokens, rest) }));
const UNSPLIT = { status: 'estimated', reason: 'unsplit_modality' };

describe('output that is not split', () => {
  it.each([
    ['openai', 'gpt-image-1.5', { input: 23, output: 1056 }, 23 * 5 + 1056 * 32],
    ['google', 'gemini-2.5-flash-image', { input: 10, output: 1290 }, 10 * 0.3 + 1290 * 30],
    [
      'google',
      'gemini-3-pro-image-preview',
      { input: 10, output: 1120, reasoning: 100 },
      20 + 1120 * 120 + 1200,
    ],
    ['google', 'gemini-omni-flash-preview', { input: 100, output: 50_000 }, 150 + 50_000 * 17.5],
    ['openai', 'gpt-audio', { input: 100, output: 100 }, 250 + 6400],
    ['openai', 'gpt-realtime', { input: 100, output: 100 }, 400 + 6400],
    ['aws.bedrock', 'amazon.nova-sonic-v1:0', { input: 100, output: 100 }, 6 + 1360],
  ])('%s %s: priced as its main modality, and estimated', (provider, model, tokens, microUsd) => {
    const priced = price(provider, model, tokens);
    expect(priced).toMatchObject(UNSPLIT);
    expect(priced.pico).toBeCloseTo(microUsd * 1e6, 0);
  });

  it('is no estimate where the response says the split, also if all of it is text', () => {
    const split = { splitsInput: true, splitsOutput: true } as const;
    expect(price('openai', 'gpt-audio', { input: 100, output: 100 }, split)).toMatchObject({
      pico: 1250e6,
      status: undefined,
    });
    expect(
      price('openai', 'gpt-image-1.5', { input: 23, outputImage: 1056 }, { splitsInput: true }),
    ).toMatchObject({ pico: 33_907e6, status: undefined });
    const spoken = { input: 100, inputAudio: 100, output: 20, outputAudio: 80 };
    expect(price('openai', 'gpt-realtime', spoken).status).toBeUndefined();
  });

  it('is split at a price that the app gave as well', () => {
    const own = new PriceBook({
      overrides: { painter: { inputUsdPerMtok: 1, outputUsdPerMtok: 2, outputImageUsdPerMtok: 50 } },
    });
    const usage = usageOf({ input: 10, output: 1000 });
    expect(own.price(queryOf('acme', 'painter', { usage }))).toMatchObject({ pico: 50_010e6, ...UNSPLIT });
  });
});

describe('input that is not split', () => {
  it.each([
    ['openai', 'gpt-4o-transcribe', { input: 100, output: 10 }],
    ['openai', 'gpt-image-1', { input: 100, outputImage: 1000 }],
    ['google', 'gemini-embedding-2', { input: 100 }],
  ])('%s %s', (provider, model, tokens) => {
    expect(price(provider, model, tokens)).toMatchObject(UNSPLIT);
    expect(price(provider, model, tokens, { splitsInput: true }).status).toBeUndefined();
  });
});

describe('models for text', () => {
  it.each([
    ['google', 'gemini-2.5-flash'],
    ['google', 'gemini-2.5-flash-lite'],
    ['google', 'gemini-3-flash-preview'],
    ['google', 'gemini-2.5-pro'],
    ['openai', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['openai', 'text-embedding-3-small'],
  ])('%s %s: a call without a split is text', (provider, model) => {
    expect(book.price(queryOf(provider, model)).status).toBeUndefined();
  });

  it('images or videos that they write at the price of text are estimated', () => {
    expect(price('openai', 'gpt-5-image', { outputImage: 1000 })).toMatchObject(UNSPLIT);
    expect(price('google', 'gemini-2.5-flash', { outputVideo: 1000 })).toMatchObject(UNSPLIT);
    // Nothing but images comes from it.
    expect(price('openai', 'gpt-image-1', { outputImage: 1000 })).toMatchObject({
      pico: 40_000e6,
      status: undefined,
    });
  });
});

describe('units', () => {
  it.each([
    ['openai', 'gpt-5', { fileSearches: 2, webSearches: 1 }, 0.005 + 0.01],
    ['mistral', 'mistral-ocr-2512', { documentPages: 10, annotatedDocumentPages: 2 }, 0.02 + 0.006],
    ['x-ai', 'grok-voice-think-fast-1.0', { inputAudioSeconds: 60, inputTextMessages: 5 }, 0.05 + 0.02],
  ])('of %s %s: %o', (provider, model, units, expectedUsd) => {
    const { pico, status } = price(provider, model, {}, { units });
    expect(status).toBeUndefined();
    expect(pico).toBeCloseTo(expectedUsd * 1e12, 0);
  });

  it.each([
    ['openai', 'gpt-4o', 'codeExecutions', 'code executions'],
    ['anthropic', 'claude-sonnet-4-5', 'fileSearches', 'file searches'],
    ['openai', 'gpt-4o', 'socialSearches', 'social searches'],
    ['openai', 'gpt-4o', 'outputAudioSeconds', 'audio seconds'],
    ['openai', 'gpt-4o', 'documentPages', 'document pages'],
    ['openai', 'gpt-4o', 'inputTextMessages', 'text messages'],
  ])('without a price at %s %s: %s', (provider, model, kind, words) => {
    expect(price(provider, model, {}, { units: { [kind]: 1 } })).toMatchObject({
      pico: undefined,
      anomaly: `no rate for ${words}`,
    });
  });

  it.each([
    ['openai', 'whisper-1'],
    ['mistral', 'mistral-ocr-latest'],
    ['x-ai', 'grok-voice-latest'],
  ])(
    '%s %s costs an unknown amount where the response counts none of them, not nothing',
    (provider, model) => {
      expect(price(provider, model, {})).toMatchObject({ pico: undefined, reason: 'no_usage' });
    },
  );
});
