/** Explains the price of a call: its arithmetic, line by line, by the rates that bill it. */

import type { BillReason, BillStatus } from '../cost-reason.js';
import { usdFromPico } from '../money.js';
import type { Usage } from '../usage/usage.js';
import { expectRecord } from '../validate.js';
import { type DatedRate, datedAt } from './dated.js';
import { decimalText } from './decimal-text.js';
import { type ExplainedCall, queryOfCall } from './explained-call.js';
import { type ExplainedLine, linesOf } from './explained-lines.js';
import type { PriceOptions } from './model-rate.js';
import { PriceBook } from './price-book.js';
import { type Priced, type PriceQuery, queryOfPart } from './priced.js';
import { bandOf } from './rate.js';
import type { RateCard } from './rate-finder.js';
import { similarModels } from './similar-models.js';

/** The price of a call and how it comes about. */
export interface ExplainedCost {
  /** USD. Undefined when the cost is unknown, which is not 0. */
  readonly costUsd: number | undefined;
  /** The same in whole pico-dollars (1e-12 USD), in digits. */
  readonly pico: string | undefined;
  /** They add up to `pico`. Empty when the cost is unknown. */
  readonly lines: readonly ExplainedLine[];
  /** The part of the list price that is paid: the option `priceFactors`, else 1. */
  readonly factor: number;
  /** As in `cost.source`. */
  readonly source: string | undefined;
  readonly rateMatch: 'alias' | 'prefix' | undefined;
  /** Undefined for a plain price. */
  readonly status: BillStatus | undefined;
  /** Why the cost is estimated or unknown. */
  readonly reason: BillReason | undefined;
  /** The size of prompts that the rates are for, where the model has several. */
  readonly band: string | undefined;
  /** How the service tier was priced, where one was given. */
  readonly tier: string | undefined;
  /** The instant from which the rates apply, in ISO 8601. Undefined when the list does not date them. */
  readonly validFrom: string | undefined;
  /** Names of the price list that are like an unknown model's, nearest first. At most 3. */
  readonly similarModels: readonly string[];
  /** Everything else that bears on the amount, in sentences. */
  readonly notes: readonly string[];
}

const MILLIS_PER_MINUTE = 60_000;

const listBook = new PriceBook();
const books = new WeakMap<PriceOptions, PriceBook>();

/**
 * Explains the price of a call: tokens × rate, line by line. The rates and the total are those by which
 * `CostSpanProcessor` prices the same call. An unknown model has no lines and no cost; `notes` say why.
 *
 * @param options Your own rates, as for `CostSpanProcessor`. Use one object for all calls, and do not change it: what it
 *   was compiled to is kept with it.
 * @throws InvalidOptionError for an unknown or invalid option.
 *
 * @example
 * const { costUsd, lines } = explainCost({ model: 'gpt-4o', tokens: { input: 1000, output: 100 } });
 */
export function explainCost(call: ExplainedCall, options?: PriceOptions): ExplainedCost {
  const query = queryOfCall(call);
  const book = bookOf(options);
  const priced = book.price(query);
  const notes: string[] = [];
  const lines = explainedLines(book, query, priced, notes);
  const card = book.cardOf(query);
  if (priced.pico === undefined) noteUnknown(query, card, priced, notes);
  const anomaly = priced.anomaly ?? query.usage?.anomaly;
  if (anomaly !== undefined) notes.push(`In the counts: ${anomaly}.`);
  const { pico, source, rateMatch, status, reason } = priced;
  return {
    costUsd: pico === undefined ? undefined : usdFromPico(pico),
    pico: pico === undefined ? undefined : BigInt(pico).toString(),
    lines,
    factor: card?.factor ?? 1,
    source,
    rateMatch,
    status,
    reason,
    ...circumstances(book, query, card, notes),
    similarModels: card === undefined ? similarModels(query.provider, query.model ?? query.requestModel) : [],
    notes,
  };
}

function bookOf(options: PriceOptions | undefined): PriceBook {
  if (options === undefined) return listBook;
  let book = books.get(expectPriceOptions(options));
  if (book === undefined) {
    book = new PriceBook(options, 'options');
    books.set(options, book);
  }
  return book;
}

function expectPriceOptions(options: PriceOptions): PriceOptions {
  expectRecord('options', options);
  return options;
}

function explainedLines(
  book: PriceBook,
  query: PriceQuery,
  priced: Priced,
  notes: string[],
): ExplainedLine[] {
  const { usage } = query;
  if (priced.pico === undefined || usage === undefined) return [];
  if (usage.parts !== undefined) return linesOfParts(book, query, usage.parts, notes);
  const card = book.cardOf(query);
  if (card === undefined) return [];
  const found = linesOf(datedAt(card.rates, query.timeMillis).rate, usage, card.factor, priced.pico);
  if (found === undefined) {
    notes.push('The arithmetic of this price is not known.');
    return [];
  }
  if (found.adjusted > 0)
    notes.push(
      `${found.adjusted} of the lines ${found.adjusted === 1 ? 'is' : 'are'} rounded the other way, so that they add up to the pico-dollar.`,
    );
  return found.lines;
}

/** Each part is priced as a call of its own. */
function linesOfParts(
  book: PriceBook,
  query: PriceQuery,
  parts: NonNullable<Usage['parts']>,
  notes: string[],
): ExplainedLine[] {
  return parts.flatMap((part) => {
    const ofPart = queryOfPart(query, part, parts);
    const lines = explainedLines(book, ofPart, book.price(ofPart), notes);
    const model = ofPart.model ?? ofPart.requestModel;
    return model === undefined ? lines : lines.map((line) => ({ ...line, model }));
  });
}

function noteUnknown(query: PriceQuery, card: RateCard | undefined, priced: Priced, notes: string[]): void {
  const model = query.model ?? query.requestModel;
  if (model === undefined) notes.push('No model is named, so there is no rate.');
  else if (card === undefined) {
    const of = query.provider === undefined ? '' : ` of the provider "${query.provider}"`;
    notes.push(`The price list has no rate for the model "${model}"${of}. Unknown is not free.`);
  } else if (priced.reason === 'no_usage') notes.push('There are no counts of what this model is billed by.');
  else if (priced.reason === 'bad_amount') notes.push('The amount is above what can be billed for one call.');
}

type Circumstances = Pick<ExplainedCost, 'band' | 'tier' | 'validFrom'>;

function circumstances(
  book: PriceBook,
  query: PriceQuery,
  card: RateCard | undefined,
  notes: string[],
): Circumstances {
  if (card === undefined || query.usage === undefined || query.usage.parts !== undefined)
    return { band: undefined, tier: undefined, validFrom: undefined };
  const dated = datedAt(card.rates, query.timeMillis);
  if (card.factor !== 1) notes.push(`The price factor ${decimalText(card.factor)} is applied to each line.`);
  if (card.rateMatch === 'prefix') notes.push('The model was matched by a part of its name only.');
  noteHours(dated, notes);
  return {
    band: bandInWords(dated, query.usage),
    tier: tierInWords(book, query, card),
    validFrom: dated.fromMillis === undefined ? undefined : new Date(dated.fromMillis).toISOString(),
  };
}

function noteHours({ daily, weekdaysOnly }: DatedRate, notes: string[]): void {
  if (daily === undefined) return;
  const days = weekdaysOnly === true ? ', Monday to Friday' : '';
  notes.push(`These rates apply from ${hour(daily.fromMillis)} to ${hour(daily.toMillis)} UTC${days}.`);
}

function hour(millis: number): string {
  const minutes = Math.floor(millis / MILLIS_PER_MINUTE);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function bandInWords({ rate }: DatedRate, usage: Usage): string | undefined {
  if (rate.bands.length === 1) return undefined;
  const band = bandOf(rate, usage.tokens);
  if (band === rate.bands[0]) return `input of up to ${rate.flatUpTo.toLocaleString('en-US')} tokens`;
  return `input of more than ${band.overInputTokens.toLocaleString('en-US')} tokens`;
}

function tierInWords(book: PriceBook, query: PriceQuery, card: RateCard): string | undefined {
  const { serviceTier } = query;
  if (serviceTier === undefined) return undefined;
  const atList = book.cardOf({ ...query, serviceTier: undefined });
  if (atList?.source !== card.source) return `${serviceTier}: rates of its own`;
  if (card.estimate === undefined) return `${serviceTier}: billed at list price`;
  return `${serviceTier}: no rate of its own, priced at list price`;
}
