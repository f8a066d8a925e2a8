/** Prices LLM calls: with the app's own rates, then with the price list, else as unknown. */

import { type BillReason, type BillStatus, firstReason, type UnpricedReason } from '../cost-reason.js';
import { isPostableUsd, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { ModelUsage, Usage } from '../usage/usage.js';
import { expectKnownKeys, expectRecord } from '../validate.js';
import { joinSources } from './cost-source.js';
import { rateAt } from './dated.js';
import { estimateReason } from './estimates.js';
import type { ModelRate } from './model-rate.js';
import { compilePriceOptions } from './price-options.js';
import { costUsd, isPerCall, NO_COUNTS } from './rate.js';
import { RateCards } from './rate-cards.js';
import { addSplits, type CostSplit, splitOf } from './split.js';

/**
 * Prices set by the app. Names are compared case-insensitively. A key of the form `provider/model` applies only to
 * that provider.
 */
export interface PriceOptions {
  /** Rates by model, used before the price list. A dated snapshot of the model (`gpt-4o-2024-08-06`) uses them too. */
  overrides?: Record<string, ModelRate>;
  /**
   * The model behind a deployment, an inference profile or another name of your own: `{ 'my-deployment': 'gpt-4o'
   * }`.
   */
  aliases?: Record<string, string>;
  /** The provider behind a provider name of your own: `{ 'our-gateway': 'openai' }`. */
  providerAliases?: Record<string, string>;
  /**
   * The fraction of the price that you pay, by provider or model: 0.9 is 10 % off, 1.05 a gateway's fee of 5 %.
   * From 0 to 2. A model's factor replaces its provider's. Factors apply to overrides too; `1` for a model exempts
   * it.
   */
  priceFactors?: Record<string, number>;
}

export interface PriceQuery {
  provider: string | undefined;
  /** The model that answered. */
  model: string | undefined;
  /** The requested model. Used when the model that answered is unknown, or when only the requested one has a rate. */
  requestModel?: string | undefined;
  /** The time of the call, in epoch milliseconds. Prices depend on the date. */
  timeMillis: number;
  usage: Usage | undefined;
  /** The tier that was served, in lower case. */
  serviceTier?: string | undefined;
}

export interface Priced {
  /** Undefined when the cost is unknown. */
  pico: Pico | undefined;
  /** The value of `cost.source`; undefined when the cost is not known. */
  source: string | undefined;
  status?: BillStatus | undefined;
  /** Beside `estimated` and `unpriced`. */
  reason?: BillReason | undefined;
  rateMatch?: 'alias' | 'prefix' | undefined;
  /** Several calls that add up to this may cost something else: of a tier by size, or with a fee for each request. */
  isPerCall?: boolean | undefined;
  /** Names the tokens or units that have no rate, if the model is known. */
  anomaly?: string | undefined;
  /** The cost by its sides, where the book was asked for it and it is known. */
  split?: CostSplit | undefined;
  /** The most tokens in one call of this model, input and output together. Undefined when unknown. */
  contextWindowTokens?: number | undefined;
}

const KNOWN = [
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
] as const satisfies readonly (keyof PriceOptions)[];

export class PriceBook {
  private readonly cards: RateCards;
  private readonly splitsCost: boolean;

  /**
   * Throws `InvalidOptionError`. `path` is the option whose value is `options`; it is empty at the top level.
   * `splitsCost` also prices input and output of each call separately, which takes about as long again.
   */
  constructor(options: PriceOptions = {}, path = '', { splitsCost = false } = {}) {
    const given = expectRecord(path || 'options', options);
    expectKnownKeys(path, given, KNOWN);
    this.cards = new RateCards(compilePriceOptions(path, given));
    this.splitsCost = splitsCost;
  }

  /**
   * Never throws. A known model takes about 50 ns; a name seen for the first time takes a search of the price list.
   */
  price(query: PriceQuery): Priced {
    const { usage } = query;
    if (usage === undefined) return this.priceWithoutUsage(query);
    if (!query.model && !query.requestModel) return unpriced('unknown_model');
    const card = this.cards.find(query);
    if (card === undefined) return unpriced('unknown_model');
    const rate = rateAt(card.rates, query.timeMillis);
    const listUsd = costUsd(rate, usage);
    if (typeof listUsd === 'string')
      return { ...unpriced(listUsd === NO_COUNTS ? 'no_usage' : 'unknown_model'), anomaly: listUsd };
    const usd = listUsd * card.factor;
    if (!isPostableUsd(usd)) return unpriced('bad_amount');
    const pico = picoFromUsd(usd);
    const isFree = rate.free !== undefined || card.factor === 0;
    const reason = isFree ? undefined : firstReason(estimateReason(rate, usage), card.estimate);
    const priced: Priced = {
      pico,
      source: card.source,
      status: isFree ? 'free' : reason && 'estimated',
      reason,
      rateMatch: card.rateMatch,
      isPerCall: isPerCall(rate, usage.tokens),
      contextWindowTokens: card.contextWindowTokens,
    };
    if (this.splitsCost) priced.split = splitOf(rate, usage, card.factor, pico);
    return usage.others === undefined ? priced : this.withOthers(priced, query, usage.others);
  }

  /** Without usage, only a model that is always free has a known price. */
  private priceWithoutUsage(query: PriceQuery): Priced {
    const card = query.model || query.requestModel ? this.cards.find(query) : undefined;
    if (card === undefined || rateAt(card.rates, query.timeMillis).free !== 'always')
      return unpriced('no_usage');
    return { pico: 0, source: card.source, status: 'free', rateMatch: card.rateMatch };
  }

  /** Rates that were dropped because too many models were used. Each was looked up again when it was next needed. */
  get evictedRates(): number {
    return this.cards.evicted;
  }

  /**
   * Clears the rates that were found in the price list. Call it after `updatePrices` of genai-prices has loaded new
   * data; `refreshPrices` of the processor does so itself.
   */
  clear(): void {
    this.cards.clear();
  }

  /**
   * Adds the cost of further models that worked within the call. If one of their costs is unknown, so is the total.
   */
  private withOthers(main: Priced, query: PriceQuery, others: readonly ModelUsage[]): Priced {
    const parts = [main];
    for (const { model, usage } of others) {
      const part = this.price({ ...query, model, requestModel: undefined, usage });
      if (part.pico === undefined) return part;
      parts.push(part);
    }
    const usd = parts.reduce((sum, part) => sum + usdFromPico(part.pico ?? 0), 0);
    if (!isPostableUsd(usd)) return unpriced('bad_amount');
    return {
      pico: picoFromUsd(usd),
      source: joinSources(parts.map((part) => part.source)),
      ...combinedStatus(parts),
      rateMatch: parts.find((part) => part.rateMatch !== undefined)?.rateMatch,
      ...(this.splitsCost && { split: addSplits(parts.map((part) => part.split)) }),
    };
  }
}

/** The status of a sum of amounts, all of them known. */
export function combinedStatus(parts: readonly Priced[]): Pick<Priced, 'status' | 'reason'> {
  const guesses = parts.filter((part) => part.status === 'estimated');
  if (guesses.length > 0) {
    const reason = guesses.map((part) => part.reason).reduce(firstReason);
    return { status: 'estimated', reason };
  }
  return { status: parts.every((part) => part.status === 'free') ? 'free' : undefined };
}

function unpriced(reason: UnpricedReason): Priced {
  return { pico: undefined, source: undefined, status: 'unpriced', reason, rateMatch: undefined };
}
