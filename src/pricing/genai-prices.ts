/**
 * The only access to the price list of `@pydantic/genai-prices`. The library throws on bad counts, takes about 10
 * µs per call and returns its own mutable objects. This module therefore asks it once per model, without counts,
 * and copies the numbers.
 */

import type { ConditionalPrice, MatchLogic, ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import type { TokenKind } from '../usage/usage.js';
import { type DatedRate, type DatedRates, datedFrom } from './dated.js';
import { withoutRegion, withoutVersions } from './model-names.js';
import { priceList } from './price-list.js';
import {
  ANY_SIZE,
  type Band,
  guesses,
  type Rate,
  type StatedPrices,
  tokenRates,
  unknownKinds,
} from './rate.js';

export interface ListedModel {
  provider: string;
  model: string;
  rates: DatedRates;
  /** False when the list matched only a part of the name, so the price may be another model's. */
  exact: boolean;
  /** The most tokens in one call, input and output together. Undefined when the list has no value. */
  contextWindowTokens: number | undefined;
}

const TOKEN_KEYS: readonly (readonly [string, TokenKind])[] = [
  ['input_mtok', 'input'],
  ['input_audio_mtok', 'inputAudio'],
  ['input_image_mtok', 'inputImage'],
  ['input_video_mtok', 'inputVideo'],
  ['cache_read_mtok', 'cacheRead'],
  ['cache_audio_read_mtok', 'cacheReadAudio'],
  ['cache_image_read_mtok', 'cacheReadImage'],
  ['cache_write_mtok', 'cacheWrite'],
  ['cache_write_1h_mtok', 'cacheWrite1h'],
  ['output_mtok', 'output'],
  ['output_audio_mtok', 'outputAudio'],
  ['output_image_mtok', 'outputImage'],
  ['output_video_mtok', 'outputVideo'],
  ['output_reasoning_mtok', 'reasoning'],
  ['output_citation_mtok', 'citation'],
];
const PER_THOUSAND = 1000;
const SECONDS_PER_HOUR = 3600;
/** Anthropic's price of a 1 h cache write, which resellers' lists leave out: twice the input rate. */
const CLAUDE_LONG_WRITE = 2;
/** Groq bills each transcription as at least ten seconds. */
const GROQ_WHISPER = /^groq\/whisper-large-v3(?:-turbo)?$/;
const GROQ_MIN_SECONDS = 10;
/**
 * A model without any price is either free or has an unknown price; the list does not distinguish the two. These
 * are free: models with `:free` in their name, and models that are free on their vendors' pricing pages.
 */
const FREE_MODEL =
  /:free$|^openai\/moderation$|^google\/gemma-(?:3n?|4-26b-a4b-it|4-31b-it)$|^github-copilot\/(?:gpt-3\.5-turbo|gpt-4\.1|gpt-4o|gpt-4o-mini)$/;

/**
 * For any version of these embeddings, the list returns the price of version 1, which is five times that of version
 * 2.
 */
const OTHER_VERSION = /^amazon\.titan-embed-text-v(?!1)/;

/** Finds a model in the list. Undefined when the list does not have it. Never throws. */
export function findListed(provider: string, model: string): ListedModel | undefined {
  try {
    const found = priceList().calcPrice({}, model, { providerId: provider });
    if (found === null || isOtherFineTune(model, found.model.id) || OTHER_VERSION.test(model))
      return undefined;
    return {
      provider: found.provider.id,
      model: found.model.id,
      rates: ratesOf(`${found.provider.id}/${found.model.id}`, found.model),
      exact: isNamed(found.model, model),
      contextWindowTokens: found.model.context_window,
    };
  } catch {
    // Price data that was updated at run time and that the library itself rejects is no price.
    return undefined;
  }
}

function ratesOf(id: string, model: ModelInfo): DatedRates {
  const dated = ({ constraint, prices }: ConditionalPrice): DatedRate =>
    datedFrom(constraint, compile(id, prices));
  if (!Array.isArray(model.prices)) return [dated({ prices: model.prices })];
  const [first, ...later] = model.prices;
  if (first === undefined) throw new RangeError(`no prices for ${id}`);
  return [dated(first), ...later.map(dated)];
}

/** A fine-tuned model costs more than its base model, so it has its own entry or no price. */
function isOtherFineTune(asked: string, found: string): boolean {
  return asked.startsWith('ft:') && !found.startsWith('ft:');
}

function compile(id: string, prices: ModelPrice): Rate {
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
    ...guesses(base.tokens),
    // An entry with token prices has every price that is billed: embeddings have no output price because output is
    // free.
    unknown: unpriced ? unknownKinds(base.tokens) : [],
    minAudioSeconds: GROQ_WHISPER.test(id) ? GROQ_MIN_SECONDS : 0,
  };
}

/** The prices of a call whose input is just over `overInputTokens`. */
function statedAt(prices: ModelPrice, overInputTokens: number): StatedPrices {
  const price = (key: string): number | undefined => priceAt(prices[key], overInputTokens);
  const stated: StatedPrices = { tokens: {}, units: {} };
  for (const [key, kind] of TOKEN_KEYS) {
    const usdPerMtok = price(key);
    if (usdPerMtok !== undefined) stated.tokens[kind] = usdPerMtok;
  }
  const usdPerThousandSearches = price('web_searches_kcount');
  if (usdPerThousandSearches !== undefined) stated.units.webSearches = usdPerThousandSearches / PER_THOUSAND;
  const usdPerThousandRerankings = price('rerank_searches_kcount');
  if (usdPerThousandRerankings !== undefined)
    stated.units.rerankSearches = usdPerThousandRerankings / PER_THOUSAND;
  const usdPerHour = price('input_audio_hours') ?? price('audio_hours');
  if (usdPerHour !== undefined) stated.units.inputAudioSeconds = usdPerHour / SECONDS_PER_HOUR;
  const usdPerThousandRequests = price('requests_kcount');
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

/** True when the entry has the model's full name, apart from a version suffix, rather than only the start of it. */
function isNamed(model: ModelInfo, asked: string): boolean {
  const names = new Set(withoutRegion(asked).flatMap(withoutVersions));
  return names.has(model.id.toLowerCase()) || clauseNames(model.match, asked, names);
}

function clauseNames(match: MatchLogic, asked: string, names: ReadonlySet<string>): boolean {
  if ('or' in match) return match.or.some((clause) => clauseNames(clause, asked, names));
  if ('and' in match) return false;
  if ('regex' in match)
    return match.regex.startsWith('^') && match.regex.endsWith('$') && new RegExp(match.regex).test(asked);
  const text = Object.values(match).find((value) => typeof value === 'string');
  return text !== undefined && names.has(text.toLowerCase());
}
