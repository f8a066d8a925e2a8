/** Prices LLM calls: with the app's own rates, or else the price list. Without either, the price is unknown. */

import { firstReason } from '../cost-reason.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import type { Usage, UsagePart } from '../usage/usage.js';
import { expectKnownKeys, expectRecord } from '../validate.js';
import { rateAt } from './dated.js';
import { estimateReason } from './estimates.js';
import type { PriceOptions } from './model-rate.js';
import { compilePriceOptions } from './price-options.js';
import { type Priced, type PriceQuery, price, queryOfPart, sumOfPrices, unpriced } from './priced.js';
import { costUsd, isPerCall, NO_COUNTS } from './rate.js';
import { RateCards, type RateQuery } from './rate-cards.js';
import type { RateCard } from './rate-finder.js';
import { splitOf } from './split.js';

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
   * Never throws. A known model takes about 50 ns; a name seen for the first time requires a search of the price list.
   */
  price(query: PriceQuery): Priced {
    const { usage } = query;
    if (usage === undefined) return this.priceWithoutUsage(query);
    if (usage.parts !== undefined) return this.priceParts(query, usage, usage.parts);
    const card = this.cardOf(query);
    if (card === undefined) return unpriced('unknown_model');
    const rate = rateAt(card.rates, query.timeMillis);
    const listUsd = costUsd(rate, usage);
    if (typeof listUsd === 'string')
      return unpriced(listUsd === NO_COUNTS ? 'no_usage' : 'unknown_model', listUsd);
    const usd = listUsd * card.factor;
    if (!isPostableUsd(usd)) return unpriced('bad_amount');
    const pico = picoFromUsd(usd);
    const isFree = rate.free !== undefined || card.factor === 0;
    const perCall = isPerCall(rate, usage.tokens);
    const isSum = usage.isSum === true || (usage.requests ?? 1) > 1;
    const guess = isSum && perCall ? 'sum_of_calls' : undefined;
    const reason = isFree
      ? undefined
      : firstReason(firstReason(estimateReason(rate, usage), guess), card.estimate);
    const priced = price(pico, card.source);
    if (isFree) priced.status = 'free';
    else if (reason !== undefined) priced.status = 'estimated';
    priced.reason = reason;
    priced.rateMatch = card.rateMatch;
    priced.isPerCall = perCall;
    priced.contextWindowTokens = card.contextWindowTokens;
    if (this.splitsCost) priced.split = splitOf(rate, usage, card.factor, pico);
    return priced;
  }

  /** The rates by which {@link price} prices a call. Undefined when the model is unknown. Never throws. */
  cardOf(query: RateQuery): RateCard | undefined {
    return query.model || query.requestModel ? this.cards.find(query) : undefined;
  }

  private priceParts(query: PriceQuery, usage: Usage, parts: readonly UsagePart[]): Priced {
    return sumOfPrices(
      usage,
      parts.map((part) => this.price(queryOfPart(query, part, parts))),
    );
  }

  /** Without usage, only a model that is always free has a known price. */
  private priceWithoutUsage(query: PriceQuery): Priced {
    const card = this.cardOf(query);
    if (card === undefined || rateAt(card.rates, query.timeMillis).free !== 'always')
      return unpriced('no_usage');
    const free = price(0, card.source);
    free.status = 'free';
    free.rateMatch = card.rateMatch;
    return free;
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
}
