/** Compiles the prices of one model of the price list, which are USD by key (`input_mtok`), to a rate. */

import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import type { TokenKind } from '../usage/usage.js';
import { type DatedRate, type DatedRates, datedFrom } from './dated.js';
import { guesses } from './estimates.js';
import { mainModalities } from './modalities.js';
import {
  ANY_SIZE,
  type Band,
  type Rate,
  type StatedPrices,
  tokenRates,
  type UnitKind,
  unknownKinds,
} from './rate.js';

/** If two keys are for one kind, the later one is more specific. */
const TOKEN_KEYS: Readonly<Record<string, TokenKind>> = {
  input_mtok: 'input',
  input_audio_mtok: 'inputAudio',
  input_image_mtok: 'inputImage',
  input_video_mtok: 'inputVideo',
  cache_read_mtok: 'cacheRead',
  cache_audio_read_mtok: 'cacheReadAudio',
  cache_image_read_mtok: 'cacheReadImage',
  cache_write_mtok: 'cacheWrite',
  cache_write_5m_mtok: 'cacheWrite',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_audio_mtok: 'outputAudio',
  output_image_mtok: 'outputImage',
  output_video_mtok: 'outputVideo',
  output_reasoning_mtok: 'reasoning',
  output_citation_mtok: 'citation',
};
const PER_THOUSAND = 1000;
const SECONDS_PER_HOUR = 3600;
/** The kind of unit, and for how many of it the price is. */
const UNIT_KEYS: Readonly<Record<string, readonly [UnitKind, number]>> = {
  web_searches_kcount: ['webSearches', PER_THOUSAND],
  rerank_searches_kcount: ['rerankSearches', PER_THOUSAND],
  storage_searches_kcount: ['fileSearches', PER_THOUSAND],
  social_searches_kcount: ['socialSearches', PER_THOUSAND],
  code_executions_kcount: ['codeExecutions', PER_THOUSAND],
  input_text_messages_kcount: ['inputTextMessages', PER_THOUSAND],
  input_document_kpages: ['documentPages', PER_THOUSAND],
  input_annotated_document_kpages: ['annotatedDocumentPages', PER_THOUSAND],
  audio_hours: ['inputAudioSeconds', SECONDS_PER_HOUR],
  input_audio_hours: ['inputAudioSeconds', SECONDS_PER_HOUR],
  output_audio_hours: ['outputAudioSeconds', SECONDS_PER_HOUR],
};
const REQUESTS_KEY = 'requests_kcount';

/** Anthropic's price of a 1 h cache write, which resellers' lists leave out: twice the input rate. */
const CLAUDE_LONG_WRITE = 2;
/** Groq bills each transcription as at least ten seconds. */
const GROQ_WHISPER = /^groq\/whisper-large-v3(?:-turbo)?$/;
const GROQ_MIN_SECONDS = 10;
/** OpenAI's image models write nothing but images, so their output price is that of images. */
const IMAGES_ONLY = /^openai\/gpt-image-/;
/**
 * A model without any price is either free or has an unknown price; the list does not distinguish the two. These
 * are free: models with `:free` in their name, and models that are free on their vendors' pricing pages.
 */
const FREE_MODEL =
  /:free$|^openai\/moderation$|^google\/gemma-(?:3n?|4-26b-a4b-it|4-31b-it)$|^github-copilot\/(?:gpt-3\.5-turbo|gpt-4\.1|gpt-4o|gpt-4o-mini)$/;

/** True for a price key that {@link compileRate} reads. Calls of a model with another one are `estimated`. */
export function isReadKey(key: string): boolean {
  return Object.hasOwn(TOKEN_KEYS, key) || Object.hasOwn(UNIT_KEYS, key) || key === REQUESTS_KEY;
}

/** The rates of a model with the id `<provider>/<model>`. Throws on prices that cannot be read. */
export function compileRates(id: string, given: ModelInfo['prices']): DatedRates {
  const dated = ({ constraint, prices }: ConditionalPrice): DatedRate =>
    datedFrom(constraint, compileRate(id, prices));
  if (!Array.isArray(given)) return [dated({ prices: given })];
  const [first, ...later] = given;
  if (first === undefined) throw new RangeError(`no prices for ${id}`);
  return [dated(first), ...later.map(dated)];
}

export function compileRate(id: string, prices: ModelPrice): Rate {
  const claude = id.includes('claude');
  const base = statedAt(prices, ANY_SIZE);
  const starts = thresholds(prices);
  const unpriced = Object.keys(base.tokens).length === 0;
  const band = (overInputTokens: number): Band => {
    const { tokens, units, perRequestUsd = 0 } = statedAt(prices, overInputTokens);
    const rates = tokenRates(tokens, claude ? CLAUDE_LONG_WRITE : undefined);
    return { tokens: rates, units, perRequestUsd, overInputTokens };
  };
  return {
    bands: [band(ANY_SIZE), ...starts.map(band)],
    flatUpTo: starts[0] ?? Number.POSITIVE_INFINITY,
    free: Object.keys(prices).length === 0 && FREE_MODEL.test(id) ? 'always' : undefined,
    ...guesses(base.tokens, IMAGES_ONLY.test(id)),
    ...mainModalities(id, base.tokens),
    // An entry with token prices has every price that is billed: embeddings have no output price because output is
    // free.
    unknown: unpriced ? unknownKinds(base.tokens) : [],
    minAudioSeconds: GROQ_WHISPER.test(id) ? GROQ_MIN_SECONDS : 0,
    // Something is billed that this package does not count, so the amount may be too low.
    doubt: Object.keys(prices).every(isReadKey) ? undefined : 'unread_usage',
  };
}

/** The prices of a call whose input is just over `overInputTokens`. */
function statedAt(prices: ModelPrice, overInputTokens: number): StatedPrices {
  const stated: StatedPrices = { tokens: {}, units: {} };
  for (const [key, kind] of Object.entries(TOKEN_KEYS)) {
    const usdPerMtok = priceAt(prices[key], overInputTokens);
    if (usdPerMtok !== undefined) stated.tokens[kind] = usdPerMtok;
  }
  for (const [key, [kind, count]] of Object.entries(UNIT_KEYS)) {
    const usd = priceAt(prices[key], overInputTokens);
    if (usd !== undefined) stated.units[kind] = usd / count;
  }
  const usdPerThousandRequests = priceAt(prices[REQUESTS_KEY], overInputTokens);
  if (usdPerThousandRequests !== undefined) stated.perRequestUsd = usdPerThousandRequests / PER_THOUSAND;
  return stated;
}

function priceAt(price: ModelPrice[string], overInputTokens: number): number | undefined {
  if (typeof price !== 'object') return price;
  let usd = price.base;
  for (const tier of [...price.tiers].sort((a, b) => a.start - b.start))
    if (overInputTokens >= tier.start) usd = tier.price;
  return usd;
}

/** The input sizes above which a price of the model changes, ascending. */
function thresholds(prices: ModelPrice): number[] {
  const starts = Object.values(prices).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [],
  );
  return [...new Set(starts)].sort((a, b) => a - b);
}
