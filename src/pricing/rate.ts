/** One compiled rate: what a call costs, as a few multiplications over its disjoint counts. */

import {
  type BilledUnits,
  inputTokens,
  OUTPUT_KINDS,
  TOKEN_KINDS,
  type TokenCounts,
  type TokenKind,
  type Usage,
} from '../usage/usage.js';

export type UnitKind = keyof BilledUnits;

/** What a price list states. Absent = not stated. */
export interface StatedPrices {
  /** USD per million tokens. */
  tokens: Partial<Record<TokenKind, number>>;
  /** USD apiece, or per second. */
  units: Partial<Record<UnitKind, number>>;
  perRequestUsd?: number | undefined;
}

/** Prices that hold while a call's input, caches included, is over `overInputTokens` tokens. */
export interface Band extends Pick<StatedPrices, 'units'> {
  tokens: TokenRates;
  perRequestUsd: number;
  overInputTokens: number;
}

export interface Rate {
  /** Ascending by `overInputTokens`; the first is for any size. Never empty. */
  bands: readonly [Band, ...Band[]];
  /** The largest input, in tokens, for which the first band holds; Infinity when it is the only one. */
  flatUpTo: number;
  /** `always`: known to cost nothing, whatever the counts. `stated`: every price that is stated is 0. */
  free?: 'always' | 'stated' | undefined;
  /** Audio without a rate of its own is priced as text, which is likely at best. */
  guessesInputAudio: boolean;
  guessesOutputAudio: boolean;
  /** A list that prices cache writes, but not those of 1 h. */
  guessesLongWrite: boolean;
  /** Kinds for which nothing is stated, not even a parent's rate. */
  unknown: readonly TokenKind[];
  /** USD per million tokens of a total that came without a split. */
  totalUsdPerMtok?: number | undefined;
  /** The least number of audio seconds that is billed once there are any. */
  minAudioSeconds: number;
}

/** Below every tier: an input of no tokens is over it. */
export const ANY_SIZE = -1;
const TOKENS_PER_MTOK = 1e6;

const UNPRICED_UNITS: Record<UnitKind, string> = {
  webSearches: 'unpriced:no-rate-for-web-searches',
  otherToolCalls: 'unpriced:no-rate-for-tool-calls',
  rerankSearches: 'unpriced:no-rate-for-rerank-searches',
  inputAudioSeconds: 'unpriced:no-rate-for-audio-seconds',
  images: 'unpriced:no-rate-for-images',
};
export const UNIT_KINDS = Object.keys(UNPRICED_UNITS).filter(isUnitKind);

function isUnitKind(key: string): key is UnitKind {
  return key in UNPRICED_UNITS;
}

/**
 * USD per million tokens of each of {@link TOKEN_KINDS}, in their order. An array of plain doubles, because an object
 * would hold each as a reference and make pricing three times as slow.
 */
export type TokenRates = Float64Array;

/**
 * The rate of every kind: its own or that of the nearest kind it is part of, 0 with neither. `longWriteFactor` is the
 * 1 h cache write in input rates, where the vendor is known to bill it so and the list states other cache writes only.
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
    cacheRead: stated.cacheRead ?? input,
    cacheReadAudio: stated.cacheReadAudio ?? stated.cacheRead ?? stated.inputAudio ?? input,
    cacheWrite,
    cacheWrite1h: stated.cacheWrite1h ?? (derivesLongWrite ? input * longWriteFactor : cacheWrite),
    output,
    outputAudio: stated.outputAudio ?? output,
    outputImage: stated.outputImage ?? output,
    reasoning: stated.reasoning ?? output,
  };
  return Float64Array.from(TOKEN_KINDS, (kind) => rates[kind]);
}

/** Kinds that have neither a rate nor a kind they are part of that has one. */
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

/** The same rate with every token at `factor` times its price. */
export function withTokens(rate: Rate, factor: number): Rate {
  const dearer = (band: Band): Band => ({ ...band, tokens: band.tokens.map((usd) => usd * factor) });
  const [first, ...larger] = rate.bands;
  return { ...rate, bands: [dearer(first), ...larger.map(dearer)] };
}

type Guesses = Pick<Rate, 'guessesInputAudio' | 'guessesOutputAudio' | 'guessesLongWrite'>;

/** Where only a likely rate stands in; that reasoning costs what output costs, and the like, is how it is billed. */
export function guesses(stated: StatedPrices['tokens']): Guesses {
  return {
    guessesInputAudio: stated.inputAudio === undefined,
    guessesOutputAudio: stated.outputAudio === undefined,
    guessesLongWrite: stated.cacheWrite !== undefined && stated.cacheWrite1h === undefined,
  };
}

/** Whether the amount for this usage is a likely one only, or a lower bound. */
export function isEstimate(rate: Rate, usage: Usage): boolean {
  const { tokens } = usage;
  if (usage.incomplete === true) return true;
  if (rate.guessesLongWrite && tokens.cacheWrite1h > 0) return true;
  if (rate.guessesInputAudio && tokens.inputAudio + tokens.cacheReadAudio > 0) return true;
  return rate.guessesOutputAudio && tokens.outputAudio > 0;
}

/**
 * What `usage` costs in USD, or the `cost.source` that tells why that is not known. The usage of further models in
 * `usage.others` is not in it, nor is what the provider reported.
 */
export function costUsd(rate: Rate, usage: Usage): number | string {
  if (rate.free === 'always') return 0;
  const tokens = usage.tokens;
  const band = bandOf(rate, tokens);
  let usd = tokensUsd(band.tokens, tokens) + band.perRequestUsd;
  if (usage.units !== undefined) {
    const unitsUsd = priceUnits(rate, band, usage.units);
    if (typeof unitsUsd === 'string') return unitsUsd;
    usd += unitsUsd;
  }
  if (usage.unsplitTokens !== undefined && usage.unsplitTokens > 0) {
    if (rate.totalUsdPerMtok === undefined) return 'unpriced:unsplit-total';
    usd += (usage.unsplitTokens * rate.totalUsdPerMtok) / TOKENS_PER_MTOK;
  }
  if (rate.unknown.length > 0) {
    const unknown = rate.unknown.find((kind) => tokens[kind] > 0);
    if (unknown !== undefined && !isBilledByUnits(rate, usd)) return unpricedTokens(unknown);
  }
  return usd;
}

/** The prices that hold for a call of these tokens. */
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
 * What tokens cost, in USD. Written out in the order of {@link TOKEN_KINDS}, as three sums side by side: in one long sum
 * each addition waits for the one before it.
 */
export function tokensUsd(rates: TokenRates, count: TokenCounts): number {
  const freshMicroUsd =
    at(rates, 0) * count.input + at(rates, 1) * count.inputAudio + at(rates, 2) * count.inputImage;
  const cacheMicroUsd =
    at(rates, 3) * count.cacheRead +
    at(rates, 4) * count.cacheReadAudio +
    at(rates, 5) * count.cacheWrite +
    at(rates, 6) * count.cacheWrite1h;
  const outputMicroUsd =
    at(rates, 7) * count.output +
    at(rates, 8) * count.outputAudio +
    at(rates, 9) * count.outputImage +
    at(rates, 10) * count.reasoning;
  // Adding 0 turns a -0 into 0.
  return (freshMicroUsd + cacheMicroUsd + outputMicroUsd) / TOKENS_PER_MTOK + 0;
}

function at(rates: TokenRates, index: number): number {
  return rates[index] ?? 0;
}

/** USD, or why a unit has no price. */
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

/** A list that prices no token at all bills by other units; then tokens beside them are for information only. */
function isBilledByUnits(rate: Rate, usd: number): boolean {
  return usd > 0 && !pricesTokens(rate);
}

/** False for a list of units only, like seconds of audio. */
export function pricesTokens(rate: Rate): boolean {
  return rate.unknown.length < TOKEN_KINDS.length;
}

function unpricedTokens(kind: TokenKind): string {
  return isOutput(kind) ? 'unpriced:no-rate-for-output-tokens' : 'unpriced:no-rate-for-input-tokens';
}

function isOutput(kind: TokenKind): boolean {
  const outputs: readonly TokenKind[] = OUTPUT_KINDS;
  return outputs.includes(kind);
}
