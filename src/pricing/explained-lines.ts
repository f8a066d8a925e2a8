/** The lines of a price: quantity times rate, whose amounts add up to the price to the pico-dollar. */

import type { Pico } from '../money.js';
import { noTokens, TOKEN_KINDS, type TokenKind, type Usage } from '../usage/usage.js';
import { decimalText } from './decimal-text.js';
import { isUnsplitOutput } from './modalities.js';
import { type Band, bandOf, pricesTokens, type Rate, tokensUsd, UNIT_KINDS, type UnitKind } from './rate.js';

/** One line of the arithmetic. `quantity` × `usdPerUnit` × the price factor = `pico`, rounded to whole pico-dollars. */
export interface ExplainedLine {
  /** The thing that was counted, such as `cached input tokens`. */
  readonly label: string;
  /** The unit of the quantity: `token`, `request`, `search`, `second`, `page`, …. */
  readonly unit: string;
  readonly quantity: number;
  /** The rate in USD for one unit, before the price factor, as a decimal number in digits. */
  readonly usdPerUnit: string;
  /** The rate in USD for a million units. Undefined for other units than tokens. */
  readonly perMillionUsd: string | undefined;
  /** The amount that is paid, in whole pico-dollars (1e-12 USD), in digits. */
  readonly pico: string;
  /** The model, in a call that is priced in parts, such as the answers of several models. */
  readonly model?: string;
}

export interface Lines {
  lines: ExplainedLine[];
  /** Lines whose amount was rounded the other way, so that all of them add up. */
  adjusted: number;
}

/** A line before its amount is rounded. */
interface Term {
  label: string;
  unit: string;
  quantity: number;
  /** USD for `rateOf` units. */
  rateUsd: number;
  rateOf: 1 | 1e6;
  usd: number;
}

const PICO_PER_USD = 1e12;
const TOKENS_PER_MTOK = 1e6;
/** The sums of doubles that a price is made of are off by less than this part of the amount. */
const DOUBLE_ERROR = 4 * Number.EPSILON;

const TOKEN_LABELS: Record<TokenKind, string> = {
  input: 'input tokens',
  inputAudio: 'audio input tokens',
  inputImage: 'image input tokens',
  inputVideo: 'video input tokens',
  cacheRead: 'cached input tokens',
  cacheReadAudio: 'cached audio input tokens',
  cacheReadImage: 'cached image input tokens',
  cacheWrite: 'cache write tokens',
  cacheWrite1h: 'cache write tokens (1 h)',
  output: 'output tokens',
  outputAudio: 'audio output tokens',
  outputImage: 'image output tokens',
  outputVideo: 'video output tokens',
  reasoning: 'reasoning tokens',
  citation: 'citation tokens',
};

const UNITS: Record<UnitKind, readonly [label: string, unit: string]> = {
  webSearches: ['web searches', 'search'],
  otherToolCalls: ['calls of server-side tools', 'call'],
  rerankSearches: ['rerank searches', 'search'],
  fileSearches: ['file searches', 'search'],
  codeExecutions: ['code executions', 'execution'],
  inputAudioSeconds: ['seconds of audio input', 'second'],
  outputAudioSeconds: ['seconds of audio output', 'second'],
  images: ['images', 'image'],
  socialSearches: ['searches of social networks', 'search'],
  inputTextMessages: ['text messages', 'message'],
  documentPages: ['document pages', 'page'],
  annotatedDocumentPages: ['annotated document pages', 'page'],
};

/**
 * The lines of `pico`, the price that the rate and the factor give for `usage`. Undefined when they do not add up to it,
 * apart from rounding.
 */
export function linesOf(rate: Rate, usage: Usage, factor: number, pico: Pico): Lines | undefined {
  const terms = termsOf(rate, usage);
  const exact = terms.map(({ usd }) => usd * factor * PICO_PER_USD);
  const amounts = exact.map((amount) => BigInt(Math.round(amount)));
  const adjusted = adjust(amounts, exact, BigInt(pico));
  if (adjusted === undefined) return undefined;
  return { lines: terms.map((term, at) => lineOf(term, amounts[at] ?? 0n)), adjusted };
}

/** Lets the amounts add up to `total`: those that were rounded furthest are rounded the other way. */
function adjust(amounts: bigint[], exact: readonly number[], total: bigint): number | undefined {
  const missing = total - amounts.reduce((sum, amount) => sum + amount, 0n);
  if (missing === 0n) return 0;
  const sign = missing > 0n ? 1n : -1n;
  const off = missing * sign;
  // Each line is rounded once, and so is the price; a large price is also rounded to what a double of dollars holds.
  const bound = amounts.length + 1 + Math.ceil(Number(total) * DOUBLE_ERROR);
  if (amounts.length === 0 || off > BigInt(bound)) return undefined;
  const roundedBy = (at: number): number => ((exact[at] ?? 0) - Number(amounts[at])) * Number(sign);
  const order = amounts.map((_, at) => at).sort((a, b) => roundedBy(b) - roundedBy(a));
  let left = off;
  const touched = new Set<number>();
  for (let turn = 0; left > 0n; turn++) {
    const at = order[turn % order.length] ?? 0;
    const next = (amounts[at] ?? 0n) + sign;
    // Only lines of a price of 0 could all be 0, and such a price misses nothing.
    if (next < 0n) continue;
    amounts[at] = next;
    left -= 1n;
    touched.add(at);
  }
  return touched.size;
}

function lineOf({ label, unit, quantity, rateUsd, rateOf }: Term, pico: bigint): ExplainedLine {
  return {
    label,
    unit,
    quantity,
    usdPerUnit: decimalText(rateUsd, rateOf === 1 ? 0 : 6),
    perMillionUsd: rateOf === 1 ? undefined : decimalText(rateUsd),
    pico: pico.toString(),
  };
}

/** The amounts that {@link costUsd} adds up, one by one. */
function termsOf(rate: Rate, usage: Usage): Term[] {
  const isFree = rate.free === 'always';
  const band = bandOf(rate, usage.tokens);
  const terms = isFree || pricesTokens(rate) ? tokenTerms(rate, band, usage) : [];
  if (band.perRequestUsd > 0) terms.push(unitTerm('requests', 'request', 1, band.perRequestUsd));
  for (const kind of UNIT_KINDS) {
    const count = usage.units?.[kind] ?? 0;
    if (count === 0) continue;
    const billed = kind === 'inputAudioSeconds' ? Math.max(count, rate.minAudioSeconds) : count;
    terms.push(unitTerm(...UNITS[kind], billed, band.units[kind] ?? 0));
  }
  const { unsplitTokens = 0 } = usage;
  if (unsplitTokens > 0) terms.push(tokenTerm('tokens in total', unsplitTokens, rate.totalUsdPerMtok ?? 0));
  return isFree ? terms.map((term) => ({ ...term, rateUsd: 0, usd: 0 })) : terms;
}

function tokenTerms(rate: Rate, band: Band, usage: Usage): Term[] {
  const { mainOutput } = rate;
  const isOther = rate.isForModality && mainOutput !== undefined && isUnsplitOutput(rate, usage);
  return TOKEN_KINDS.flatMap((kind) => {
    const count = usage.tokens[kind];
    if (count === 0) return [];
    const pricedAs = isOther && kind === 'output' ? mainOutput : kind;
    const label =
      pricedAs === kind ? TOKEN_LABELS[kind] : `output tokens, priced as ${TOKEN_LABELS[pricedAs]}`;
    const usd = tokensUsd(band.tokens, { ...noTokens(), [pricedAs]: count });
    return [{ ...tokenTerm(label, count, band.tokens[TOKEN_KINDS.indexOf(pricedAs)] ?? 0), usd }];
  });
}

function tokenTerm(label: string, quantity: number, rateUsd: number): Term {
  const usd = (quantity * rateUsd) / TOKENS_PER_MTOK;
  return { label, unit: 'token', quantity, rateUsd, rateOf: TOKENS_PER_MTOK, usd };
}

function unitTerm(label: string, unit: string, quantity: number, rateUsd: number): Term {
  return { label, unit, quantity, rateUsd, rateOf: 1, usd: quantity * rateUsd };
}
