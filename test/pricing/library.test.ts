import {
  calcPrice,
  type MatchLogic,
  type ModelInfo,
  type Provider,
  waitForUpdate,
} from '@pydantic/genai-prices';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PriceBook } from '../../src/pricing/price-book.js';
import { resolveProvider } from '../../src/pricing/providers.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
  type Usage,
} from '../../src/usage/usage.js';

const providers = (await waitForUpdate()) ?? [];
const book = new PriceBook();

/** One name the list matches the model by, and times on both sides of each change of its price. */
interface Listed {
  provider: Provider;
  model: ModelInfo;
  name: string;
  times: number[];
}

const listed: Listed[] = providers.flatMap((provider) =>
  provider.models.flatMap((model) => {
    const name = nameIn(model.match) ?? model.id;
    return calcPrice({}, name, { providerId: provider.id }) === null
      ? []
      : [{ provider, model, name, times: timesOf(model) }];
  }),
);

function nameIn(match: MatchLogic): string | undefined {
  if ('or' in match) return match.or.map(nameIn).find((name) => name !== undefined);
  if ('and' in match || 'regex' in match) return undefined;
  return Object.values(match).find((text) => typeof text === 'string');
}

function timesOf(model: ModelInfo): number[] {
  const day = Date.parse('2026-06-01T00:00:00Z');
  const changes = [day + 12 * 3_600_000];
  for (const { constraint } of Array.isArray(model.prices) ? model.prices : []) {
    if (constraint?.type === 'start_date') changes.push(Date.parse(constraint.start_date));
    if (constraint?.type === 'time_of_date') {
      for (const time of [constraint.start_time, constraint.end_time])
        changes.push(Date.parse(`2026-06-01T${time}`));
    }
  }
  return changes.flatMap((change) => [change - 1, change]);
}

/** Every input size above which some model's price changes. */
const starts = [...new Set(listed.flatMap(({ model }) => startsIn(model.prices)))];

function startsIn(prices: unknown): number[] {
  if (typeof prices !== 'object' || prices === null) return [];
  if ('start' in prices && typeof prices.start === 'number') return [prices.start];
  return Object.values(prices).flatMap(startsIn);
}

const count = fc.oneof(fc.constant(0), fc.nat({ max: 5000 }));
const counts = fc.record({
  input: count,
  inputAudio: count,
  inputImage: count,
  inputVideo: count,
  cacheRead: count,
  cacheReadAudio: count,
  cacheReadImage: count,
  cacheWrite: count,
  cacheWrite1h: count,
  output: count,
  outputAudio: count,
  outputImage: count,
  outputVideo: count,
  reasoning: count,
  citation: count,
});
/** The input as drawn, or such that all of it together is exactly at a tier's start, or one token over. */
const tokens = fc
  .tuple(counts, fc.option(fc.constantFrom(...starts)), fc.nat({ max: 1 }))
  .map(([drawn, start, over]): TokenCounts => {
    if (start === null) return drawn;
    return {
      ...drawn,
      cacheWrite1h: 0,
      input: start + over - inputTokens({ ...drawn, cacheWrite1h: 0, input: 0 }),
    };
  });
const few = fc.nat({ max: 20 });
const units = fc.record({
  webSearches: few,
  rerankSearches: few,
  fileSearches: few,
  socialSearches: few,
  codeExecutions: few,
  inputTextMessages: few,
  documentPages: few,
  annotatedDocumentPages: few,
  inputAudioSeconds: fc.nat({ max: 5000 }),
  outputAudioSeconds: fc.nat({ max: 5000 }),
});
/** Output is said to be split, because the library takes what is not split for text, whatever the model. */
const usages: fc.Arbitrary<Usage> = fc.record({
  tokens,
  units,
  splitsOutput: fc.constant<true>(true),
});

/** The keys of the list by which units are billed, and what one of them is called in the library's usage. */
const UNITS = {
  webSearches: ['web_searches_kcount', 'web_searches'],
  rerankSearches: ['rerank_searches_kcount', 'rerank_searches'],
  fileSearches: ['storage_searches_kcount', 'storage_searches'],
  socialSearches: ['social_searches_kcount', 'social_searches'],
  codeExecutions: ['code_executions_kcount', 'code_executions'],
  inputTextMessages: ['input_text_messages_kcount', 'input_text_messages'],
  documentPages: ['input_document_kpages', 'input_document_pages'],
  annotatedDocumentPages: ['input_annotated_document_kpages', 'input_annotated_document_pages'],
  inputAudioSeconds: ['audio_hours', 'audio_seconds'],
  outputAudioSeconds: ['output_audio_hours', 'output_audio_seconds'],
} as const;
type ListedUnit = keyof typeof UNITS;
const LISTED_UNITS = Object.keys(UNITS).filter((kind): kind is ListedUnit => kind in UNITS);

/** Our counts in the library's form: totals that include their parts. */
function libraryUsage({ tokens: t, units }: Usage): Record<string, number> {
  return {
    input_tokens: inputTokens(t),
    input_audio_tokens: t.inputAudio + t.cacheReadAudio,
    input_image_tokens: t.inputImage + t.cacheReadImage,
    input_video_tokens: t.inputVideo,
    cache_read_tokens: cacheReadTokens(t),
    cache_audio_read_tokens: t.cacheReadAudio,
    cache_image_read_tokens: t.cacheReadImage,
    cache_write_tokens: cacheWriteTokens(t),
    cache_write_1h_tokens: t.cacheWrite1h,
    output_tokens: outputTokens(t),
    output_audio_tokens: t.outputAudio,
    output_image_tokens: t.outputImage,
    output_video_tokens: t.outputVideo,
    output_citation_tokens: t.citation,
    output_reasoning_tokens: t.reasoning,
    ...Object.fromEntries(LISTED_UNITS.map((kind) => [UNITS[kind][1], units?.[kind] ?? 0])),
    input_document_pages: (units?.documentPages ?? 0) + (units?.annotatedDocumentPages ?? 0),
    input_audio_seconds: units?.inputAudioSeconds ?? 0,
  };
}

/** The usage without counts that we deliberately bill otherwise than the library, because its prices leave them out. */
function billable(usage: Usage, prices: Record<string, unknown>, modelId: string): Usage {
  const tokens = { ...usage.tokens };
  if (prices.cache_write_1h_mtok === undefined && modelId.includes('claude')) tokens.cacheWrite1h = 0;
  const units: Usage['units'] = {};
  for (const kind of LISTED_UNITS)
    if (prices[UNITS[kind][0]] !== undefined) units[kind] = usage.units?.[kind] ?? 0;
  return { ...usage, tokens, units };
}

/** The difference between our bill and the library's, or undefined. */
function disagreement({ provider, name }: Listed, timeMillis: number, usage: Usage): string | undefined {
  const options = { providerId: provider.id, timestamp: new Date(timeMillis) };
  const found = calcPrice({}, name, options);
  if (found === null) return `${provider.id}/${name} is gone`;
  const ours = billable(usage, found.model_price, found.model.id);
  const expectedUsd = calcPrice(libraryUsage(ours), name, options)?.total_price ?? Number.NaN;
  const { pico, source, anomaly } = book.price({
    provider: provider.id,
    model: name,
    timeMillis,
    usage: ours,
  });
  // `corrections.test.ts` has those that differ on purpose.
  if (source?.startsWith('corrections/')) return undefined;
  // Only where the list has no price that applies, which the library takes for free, may ours be unknown.
  const isRight =
    pico === undefined
      ? /^no (?:rate for|count of) /.test(anomaly ?? '') && expectedUsd === 0
      : Math.abs(pico - expectedUsd * 1e12) <= Math.max(1, expectedUsd);
  return isRight
    ? undefined
    : `${provider.id}/${name} at ${timeMillis}: ${pico} (${source}), not ${expectedUsd} USD`;
}

describe('the compiled price list', () => {
  it('knows every provider by its own id', () => {
    for (const { id } of providers) expect(resolveProvider(id)).toEqual({ id, kind: 'own' });
  });

  it('agrees with the library on every model, tier and date', () => {
    expect(listed.length).toBeGreaterThan(1500);
    fc.assert(
      fc.property(fc.nat({ max: 99 }), usages, (first, usage) => {
        // Each run takes every 100th model, so that all come up some four times at every one of their dates.
        for (let i = first; i < listed.length; i += 100) {
          const entry = listed[i];
          for (const time of entry?.times ?? []) {
            expect(entry && disagreement(entry, time, usage)).toBeUndefined();
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('the gate to the library', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn');
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('never throws, prints nothing and bills whole pico-dollars, whatever the names and counts', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(...listed.map((entry) => entry.name)),
      fc.constant(undefined),
    );
    const time = fc.double();
    fc.assert(
      fc.property(name, name, time, usages, (provider, model, timeMillis, usage) => {
        const { pico, source, status } = new PriceBook().price({ provider, model, timeMillis, usage });
        expect(source).not.toBe('');
        if (pico === undefined) expect(status).toBe('unpriced');
        else expect(Number.isInteger(pico) && pico >= 0 && !Object.is(pico, -0)).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(console.warn).not.toHaveBeenCalled();
  });

  it('leaves the library’s own data as it was', async () => {
    const before = JSON.stringify(providers);
    for (const { provider, name } of listed)
      book.price({ provider: provider.id, model: name, timeMillis: 0, usage: undefined });
    expect(JSON.stringify(await waitForUpdate())).toBe(before);
  });
});
