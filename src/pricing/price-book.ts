/** Prices LLM calls: with the app's own rates, then with the price list, else as unknown. */

import { firstReason } from '../cost-reason.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import type { Usage, UsagePart } from '../usage/usage.js';
import { expectKnownKeys, expectRecord } from '../validate.js';
import { rateAt } from './dated.js';
import { Memo } from './memo.js';
import type { ModelRate } from './model-rate.js';
import { isPriceListLoaded } from './price-list.js';
import { compilePriceOptions } from './price-options.js';
import { type Priced, type PriceQuery, queryOfPart, sumOfPrices, unpriced } from './priced.js';
import { costUsd, estimateReason, isPerCall } from './rate.js';
import { type RateCard, RateFinder, US_TIER } from './rate-finder.js';
import { splitOf } from './split.js';

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

const KNOWN = [
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
] as const satisfies readonly (keyof PriceOptions)[];

/** An app uses tens of models. This leaves room for unusual names, but not for every made-up one. */
const MAX_CARDS = 2000;
/** Longer than any ARN of a model, in characters. A longer name is no model and is not cached. */
const MAX_NAME_CHARS = 512;
/** Tiers that may have rates of their own. The last one stands for every unknown tier. */
const OTHER_TIER = 'other';
const OWN_TIERS = ['batch', 'flex', 'priority', US_TIER, OTHER_TIER];
/** Tiers that are billed at list price. */
const LIST_TIERS = new Set([
  '',
  'standard',
  'default',
  'auto',
  'on_demand',
  'on-demand',
  'ondemand',
  'scale',
  'none',
  'standard_only',
]);

export class PriceBook {
  private readonly finder: RateFinder;
  private readonly cards = new Memo<RateCard | null>(MAX_CARDS);
  private readonly tierCards = new Map<string, Memo<RateCard | null>>();
  private readonly hasOverrides: boolean;
  private readonly splitsCost: boolean;

  /**
   * Throws `InvalidOptionError`. `path` is the option whose value is `options`; it is empty at the top level.
   * `splitsCost` also prices input and output of each call separately, which takes about as long again.
   */
  constructor(options: PriceOptions = {}, path = '', { splitsCost = false } = {}) {
    const given = expectRecord(path || 'options', options);
    expectKnownKeys(path, given, KNOWN);
    const compiled = compilePriceOptions(path, given);
    this.finder = new RateFinder(compiled);
    this.hasOverrides = compiled.overrides.size > 0;
    this.splitsCost = splitsCost;
    for (const tier of OWN_TIERS) this.tierCards.set(tier, new Memo(MAX_CARDS));
    for (const { tiers } of compiled.overrides.values()) {
      for (const tier of tiers.keys()) this.tierCards.set(tier, new Memo(MAX_CARDS));
    }
  }

  /**
   * Never throws. A known model takes about 50 ns; a name seen for the first time takes a search of the price list.
   */
  price(query: PriceQuery): Priced {
    const { usage } = query;
    if (usage === undefined) return this.priceWithoutUsage(query);
    if (usage.parts !== undefined) return this.priceParts(query, usage, usage.parts);
    if (!query.model && !query.requestModel) return unpriced('unknown_model');
    const card = this.cardFor(query);
    if (card === undefined) return unpriced('unknown_model');
    const rate = rateAt(card.rates, query.timeMillis);
    const listUsd = costUsd(rate, usage);
    if (typeof listUsd === 'string') return { ...unpriced('unknown_model'), anomaly: listUsd };
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
    const priced: Priced = {
      pico,
      source: card.source,
      status: isFree ? 'free' : reason && 'estimated',
      reason,
      rateMatch: card.rateMatch,
      isPerCall: perCall,
      contextWindowTokens: card.contextWindowTokens,
    };
    if (this.splitsCost) priced.split = splitOf(rate, usage, card.factor, pico);
    return priced;
  }

  private priceParts(query: PriceQuery, usage: Usage, parts: readonly UsagePart[]): Priced {
    return sumOfPrices(
      usage,
      parts.map((part) => this.price(queryOfPart(query, part, parts))),
    );
  }

  /** Without usage, only a model that is always free has a known price. */
  private priceWithoutUsage(query: PriceQuery): Priced {
    const card = query.model || query.requestModel ? this.cardFor(query) : undefined;
    if (card === undefined || rateAt(card.rates, query.timeMillis).free !== 'always')
      return unpriced('no_usage');
    return { pico: 0, source: card.source, status: 'free', rateMatch: card.rateMatch };
  }

  /** Rates that were dropped because too many models were used. Each was looked up again when it was next needed. */
  get evictedRates(): number {
    let evicted = this.cards.evicted;
    for (const cards of this.tierCards.values()) evicted += cards.evicted;
    return evicted;
  }

  /**
   * Clears the rates that were found in the price list. Call it after `updatePrices` of genai-prices has loaded new
   * data.
   */
  clear(): void {
    this.cards.clear();
    for (const cards of this.tierCards.values()) cards.clear();
  }

  /**
   * The rate of the model that answered. The requested model's rate is used instead if only that model has one, or
   * if the app set it.
   */
  private cardFor(query: PriceQuery): RateCard | undefined {
    const { provider = '', model, requestModel } = query;
    const tier = this.tierOf(query.serviceTier);
    const answered = model ? this.card(provider, model, tier) : undefined;
    if (!requestModel || requestModel === model) return answered;
    if (answered !== undefined && (!this.hasOverrides || answered.isOverride)) return answered;
    const asked = this.card(provider, requestModel, tier);
    if (asked === undefined || !model) return asked ?? answered;
    return answered === undefined || asked.isOverride ? { ...asked, rateMatch: 'alias' } : answered;
  }

  private card(provider: string, model: string, tier: string | undefined): RateCard | undefined {
    const cards = tier === undefined ? this.cards : this.tierCards.get(tier);
    let card = cards?.get(provider, model);
    if (card === undefined) {
      if (provider.length > MAX_NAME_CHARS || model.length > MAX_NAME_CHARS) return undefined;
      card = this.finder.find(provider, model, tier) ?? null;
      // While the price list is not loaded, a model that was not found may be found next time.
      if (isPriceListLoaded()) cards?.set(provider, model, card);
    }
    return card ?? undefined;
  }

  private tierOf(served: string | undefined): string | undefined {
    // The tiers of nearly all responses are compared first: a look-up takes as long as pricing.
    if (served === undefined || served === 'default' || served === 'standard') return undefined;
    if (LIST_TIERS.has(served)) return undefined;
    return this.tierCards.has(served) ? served : OTHER_TIER;
  }
}
