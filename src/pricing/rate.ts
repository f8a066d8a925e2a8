/** A compiled rate: it prices a call with a few multiplications over its disjoint counts. */

import type { EstimateReason } from '../cost-reason.js';
import {
  type BilledUnits,
  inputTokens,
  OUTPUT_KINDS,
  TOKEN_KINDS,
  type TokenCounts,
  type TokenKind,
  type Usage,
} from '../usage/usage.js';
import { isUnsplitOutput, type MainModalities } from './modalities.js';

export type UnitKind = keyof BilledUnits;

/** The prices in a price list. A missing price is not in the list. */
export interface StatedPrices {
  /** USD per million tokens. */
  tokens: Partial<Record<TokenKind, number>>;
  /** USD apiece, or per second. */
  units: Partial<Record<UnitKind, number>>;
  perRequestUsd?: number | undefined;
}

/** Prices for calls whose input, caches included, is over `overInputTokens` tokens. */
export interface Band extends Pick<StatedPrices, 'units'> {
  tokens: TokenRates;
  perRequestUsd: number;
  overInputTokens: number;
}

export interface Rate extends MainModalities {
  /** Ascending by `overInputTokens`. The first band applies to any size. Never empty. */
  bands: readonly [Band, ...Band[]];
  /** The largest input, in tokens, for which the first band applies. Infinity when it is the only one. */
  flatUpTo: number;
  /** `always`: known to cost nothing, whatever the counts. `stated`: every listed price is 0. */
  free?: 'always' | 'stated' | undefined;
  /** True if audio has no rate of its own and is priced as text, which is only a guess. */
  guessesInputAudio: boolean;
  guessesOutputAudio: boolean;
  /** True if images or videos that the model writes have no rate of their own. */
  guessesOutputImage: boolean;
  guessesOutputVideo: boolean;
  /** True if the list has a price for cache writes, but not for those of 1 h. */
  guessesLongWrite: boolean;
  /** Token kinds without a rate, not even that of a containing kind. */
  unknown: readonly TokenKind[];
  /** USD per million tokens of a total without a split. */
  totalUsdPerMtok?: number | undefined;
  /** The fewest audio seconds that are billed, if there are any. */
  minAudioSeconds: number;
  /** Why the prices themselves are uncertain, whatever the usage. */
  doubt?: EstimateReason | undefined;
}

/** Lower than every tier: even an input of 0 tokens is over it. */
export const ANY_SIZE = -1;
const TOKENS_PER_MTOK = 1e6;

/** The value of `cost.anomaly` for units that have no rate. */
const UNPRICED_UNITS: Record<UnitKind, string> = {
  webSearches: 'no rate for web searches',
  otherToolCalls: 'no rate for tool calls',
  rerankSearches: 'no rate for rerank searches',
  fileSearches: 'no rate for file searches',
  codeExecutions: 'no rate for code executions',
  inputAudioSeconds: 'no rate for audio seconds',
  outputAudioSeconds: 'no rate for audio seconds',
  images: 'no rate for images',
  socialSearches: 'no rate for social searches',
  inputTextMessages: 'no rate for text messages',
  documentPages: 'no rate for document pages',
  annotatedDocumentPages: 'no rate for document pages',
};
export const UNIT_KINDS = Object.keys(UNPRICED_UNITS).filter(isUnitKind);

function isUnitKind(key: string): key is UnitKind {
  return key in UNPRICED_UNITS;
}

/**
 * USD per million tokens of each of {@link TOKEN_KINDS}, in their order. A typed array of doubles: an object would
 * hold references to numbers, which makes pricing three times as slow.
 */
export type TokenRates = Float64Array;

/**
 * The rate of every token kind: its own, or that of the nearest containing kind, or 0. `longWriteFactor` is the
 * price of a 1 h cache write as a multiple of the input rate. It applies when the vendor is known to bill that way
 * and the list has a price only for other cache writes.
 */
export function tokenRates(stated: StatedPrices['tokens'], longWriteFactor?: number): TokenRates {
  const input = stated.input ?? 0;
  const output = stated.output ?? 0;
  const cacheWrite = stated.cacheWrite ?? input;
  const derivesLongWrite = longWriteFactor !== undefined && stated.cacheWrite !== undefined;
  const rates: Record<TokenKind, number> = {
    input,
    inputAudio: stated.inputAudio ?? input,
    inputImage: stated.inputImage ?? input,
    inputVideo: stated.inputVideo ?? input,
    cacheRead: stated.cacheRead ?? input,
    cacheReadAudio: stated.cacheReadAudio ?? stated.cacheRead ?? stated.inputAudio ?? input,
    cacheReadImage: stated.cacheReadImage ?? stated.cacheRead ?? stated.inputImage ?? input,
    cacheWrite,
    cacheWrite1h: stated.cacheWrite1h ?? (derivesLongWrite ? input * longWriteFactor : cacheWrite),
    output,
    outputAudio: stated.outputAudio ?? output,
    outputImage: stated.outputImage ?? output,
    outputVideo: stated.outputVideo ?? output,
    reasoning: stated.reasoning ?? output,
    citation: stated.citation ?? output,
  };
  return Float64Array.from(TOKEN_KINDS, (kind) => rates[kind]);
}

/** Token kinds for which neither they nor a containing kind has a rate. */
export function unknownKinds(stated: StatedPrices['tokens']): TokenKind[] {
  const isKnown = (kind: TokenKind): boolean => {
    if (stated[kind] !== undefined) return true;
    if (isOutput(kind)) return stated.output !== undefined;
    if (kind === 'cacheReadAudio' && (stated.cacheRead ?? stated.inputAudio) !== undefined) return true;
    if (kind === 'cacheWrite1h' && stated.cacheWrite !== undefined) return true;
    return stated.input !== undefined;
  };
  return TOKEN_KINDS.filter((kind) => !isKnown(kind));
}

/** The same rate with every token price multiplied by `factor`. */
export function withTokens(rate: Rate, factor: number): Rate {
  const scaled = (band: Band): Band => ({ ...band, tokens: band.tokens.map((usd) => usd * factor) });
  const [first, ...larger] = rate.bands;
  return { ...rate, bands: [scaled(first), ...larger.map(scaled)] };
}

/**
 * The cost of `usage` in USD as one call, or a few words that name the tokens or units without a rate. Ignores a cost
 * that the provider reported.
 */
export function costUsd(rate: Rate, usage: Usage): number | string {
  if (rate.free === 'always') return 0;
  const tokens = usage.tokens;
  const band = bandOf(rate, tokens);
  let usd = tokensUsd(band.tokens, tokens) + band.perRequestUsd;
  if (rate.isForModality && rate.mainOutput !== undefined && isUnsplitOutput(rate, usage))
    usd += unsplitOutputUsd(band.tokens, rate.mainOutput, tokens);
  if (usage.units !== undefined) {
    const unitsUsd = priceUnits(rate, band, usage.units);
    if (typeof unitsUsd === 'string') return unitsUsd;
    usd += unitsUsd;
  }
  if (usage.unsplitTokens !== undefined && usage.unsplitTokens > 0) {
    if (rate.totalUsdPerMtok === undefined) return 'no rate for a total of input and output';
    usd += (usage.unsplitTokens * rate.totalUsdPerMtok) / TOKENS_PER_MTOK;
  }
  if (rate.unknown.length > 0 && !isBilledByUnits(rate, usd)) {
    const unknown = rate.unknown.find((kind) => tokens[kind] > 0);
    if (unknown !== undefined) return unpricedTokens(unknown);
    // The model is billed by the second, the page or the search, and the call has no such count.
    if (!pricesTokens(rate) && isUnbilled(rate, band)) return NO_COUNTS;
  }
  return usd;
}

/** The result of {@link costUsd} for a call without any count that its model is billed by. */
export const NO_COUNTS = 'no count of what this model is billed by';

/** The additional cost of pricing unsplit output as the modality that the model is used for. */
function unsplitOutputUsd(
  rates: TokenRates,
  kind: NonNullable<Rate['mainOutput']>,
  tokens: TokenCounts,
): number {
  const usdPerMtok = at(rates, TOKEN_KINDS.indexOf(kind)) - at(rates, TOKEN_KINDS.indexOf('output'));
  return (usdPerMtok * tokens.output) / TOKENS_PER_MTOK;
}

/** The prices for a call with these tokens. */
export function bandOf(rate: Rate, tokens: TokenCounts): Band {
  const size = inputTokens(tokens);
  return size <= rate.flatUpTo ? rate.bands[0] : bandFor(rate.bands, size);
}

function bandFor(bands: Rate['bands'], total: number): Band {
  let band = bands[0];
  for (const next of bands) if (total > next.overInputTokens) band = next;
  return band;
}

/**
 * The cost of tokens, in USD. Written out in the order of {@link TOKEN_KINDS} as three independent sums: in one
 * long sum, each addition would wait for the previous one.
 */
export function tokensUsd(rates: TokenRates, count: TokenCounts): number {
  const freshMicroUsd =
    at(rates, 0) * count.input +
    at(rates, 1) * count.inputAudio +
    at(rates, 2) * count.inputImage +
    at(rates, 3) * count.inputVideo;
  const cacheMicroUsd =
    at(rates, 4) * count.cacheRead +
    at(rates, 5) * count.cacheReadAudio +
    at(rates, 6) * count.cacheReadImage +
    at(rates, 7) * count.cacheWrite +
    at(rates, 8) * count.cacheWrite1h;
  const outputMicroUsd =
    at(rates, 9) * count.output +
    at(rates, 10) * count.outputAudio +
    at(rates, 11) * count.outputImage +
    at(rates, 12) * count.outputVideo +
    at(rates, 13) * count.reasoning +
    at(rates, 14) * count.citation;
  // Adding 0 turns a -0 into 0.
  return (freshMicroUsd + cacheMicroUsd + outputMicroUsd) / TOKENS_PER_MTOK + 0;
}

function at(rates: TokenRates, index: number): number {
  return rates[index] ?? 0;
}

/** The cost in USD, or the reason why a unit has no price. */
function priceUnits(rate: Rate, band: Band, units: BilledUnits): number | string {
  let usd = 0;
  for (const kind of UNIT_KINDS) {
    const count = units[kind];
    if (count === undefined || count === 0) continue;
    const price = band.units[kind];
    if (price === undefined) return UNPRICED_UNITS[kind];
    usd += price * (kind === 'inputAudioSeconds' ? Math.max(count, rate.minAudioSeconds) : count);
  }
  return usd;
}

function isUnbilled(rate: Rate, band: Band): boolean {
  return rate.totalUsdPerMtok === undefined && rate.free === undefined && band.perRequestUsd === 0;
}

/** The same rate with a fee for every input token, cached ones too, in USD per million. */
export function withInputFee(rate: Rate, usdPerMtok: number): Rate {
  const isInput = TOKEN_KINDS.map((kind) => !isOutput(kind));
  const charged = (band: Band): Band => ({
    ...band,
    tokens: band.tokens.map((usd, kind) => (isInput[kind] ? usd + usdPerMtok : usd)),
  });
  const [first, ...larger] = rate.bands;
  return { ...rate, bands: [charged(first), ...larger.map(charged)] };
}

/** A rate without any token price bills other units, and the token counts are for information only. */
function isBilledByUnits(rate: Rate, usd: number): boolean {
  return usd > 0 && !pricesTokens(rate);
}

/** False for a rate with only other units, such as seconds of audio. */
export function pricesTokens(rate: Rate): boolean {
  return rate.unknown.length < TOKEN_KINDS.length;
}

function unpricedTokens(kind: TokenKind): string {
  return isOutput(kind) ? 'no rate for output tokens' : 'no rate for input tokens';
}

function isOutput(kind: TokenKind): boolean {
  const outputs: readonly TokenKind[] = OUTPUT_KINDS;
  return outputs.includes(kind);
}

/** True if several calls may cost a different amount than one call with the sum of their tokens. */
export function isPerCall(rate: Rate, tokens: TokenCounts): boolean {
  const [first] = rate.bands;
  return first.perRequestUsd > 0 || bandOf(rate, tokens) !== first;
}
