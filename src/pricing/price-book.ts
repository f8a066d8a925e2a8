/** What an LLM call costs: the app's own rates, then the price list, else unknown. */

import { isPostableUsd, MAX_POST_USD, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { ModelUsage, Usage } from '../usage/usage.js';
import { expectKnownKeys, expectRecord } from '../validate.js';
import { rateAt } from './dated.js';
import { Memo } from './memo.js';
import type { ModelRate } from './model-rate.js';
import { isPriceListLoaded } from './price-list.js';
import { compilePriceOptions } from './price-options.js';
import { costUsd, isEstimate, type Rate } from './rate.js';
import { type RateCard, RateFinder, US_TIER } from './rate-finder.js';
import { addSplits, type CostSplit, splitOf } from './split.js';

/** All names are compared without regard to case. A key may be `provider/model` to hold for that provider only. */
export interface PriceOptions {
  /** Rates by model, before the price list. A dated snapshot of the model (`gpt-4o-2024-08-06`) is billed by it too. */
  overrides?: Record<string, ModelRate>;
  /** What deployments, inference profiles and other names of your own stand for: `{ 'my-deployment': 'gpt-4o' }`. */
  aliases?: Record<string, string>;
  /** Which provider a provider name of your own stands for: `{ 'our-gateway': 'openai' }`. */
  providerAliases?: Record<string, string>;
  /**
   * The part of the price that you pay, by provider or model: 0.9 is 10 % off, 1.05 a gateway's fee of 5 %. From 0 to 2. A
   * model's factor is used in place of its provider's. It applies to overrides too; `1` for the model exempts it.
   */
  priceFactors?: Record<string, number>;
}

export interface PriceQuery {
  provider: string | undefined;
  /** The model that answered. */
  model: string | undefined;
  /** The model asked for: used when none is known to have answered, or when only it has a rate. */
  requestModel?: string | undefined;
  /** When the call was, in epoch milliseconds: prices are dated. */
  timeMillis: number;
  usage: Usage | undefined;
  /** The tier that was served, in lower case. */
  serviceTier?: string | undefined;
}

export interface Priced {
  /** Undefined when the cost is not known. */
  pico: Pico | undefined;
  /** The value of `cost.source`. */
  source: string;
  status?: 'free' | 'unpriced' | 'estimated' | undefined;
  rateMatch?: 'alias' | 'prefix' | undefined;
  /** The cost by its sides, where the book was asked for it and it is known. */
  split?: CostSplit | undefined;
  /** The most tokens of one call of this model, input and output; undefined when that is not known. */
  contextWindowTokens?: number | undefined;
}

const KNOWN = [
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
] as const satisfies readonly (keyof PriceOptions)[];

/** An app uses tens of models; ten times more is room for odd names without holding on to each made-up one. */
const MAX_CARDS = 2000;
/** Longer than any ARN of a model; a longer name is not worth keeping and not a model. */
const MAX_NAME_CHARS = 512;
/** Tiers that may be billed at rates of their own; the last stands for every tier we do not know. */
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
   * Throws `InvalidOptionError`; `path` is the option that `options` is the value of, empty at the top. With
   * `splitsCost` it prices the sides of each call apart too, which takes about as long again.
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

  /** Never throws. Known models take some 50 ns; a name seen for the first time takes a search of the price list. */
  price(query: PriceQuery): Priced {
    const { usage } = query;
    if (usage === undefined) return this.priceWithoutUsage(query);
    if (!query.model && !query.requestModel) return unpriced('unpriced:no-model');
    const card = this.cardFor(query);
    if (card === undefined) return unpriced('unpriced:unknown-model');
    const rate = rateAt(card.rates, query.timeMillis);
    const listUsd = costUsd(rate, usage);
    if (typeof listUsd === 'string') return unpriced(listUsd);
    const usd = listUsd * card.factor;
    if (!isPostableUsd(usd))
      return unpriced(usd > MAX_POST_USD ? 'unpriced:over-limit' : 'unpriced:invalid-usage');
    const pico = picoFromUsd(usd);
    const priced: Priced = {
      pico,
      source: card.source,
      status: statusOf(card, rate, usage),
      rateMatch: card.rateMatch,
      contextWindowTokens: card.contextWindowTokens,
    };
    if (this.splitsCost) priced.split = splitOf(rate, usage, card.factor, pico);
    return usage.others === undefined ? priced : this.withOthers(priced, query, usage.others);
  }

  /** Only a model that costs nothing, whatever it is used for, has a known price without usage. */
  private priceWithoutUsage(query: PriceQuery): Priced {
    const card = query.model || query.requestModel ? this.cardFor(query) : undefined;
    if (card === undefined || rateAt(card.rates, query.timeMillis).free !== 'always')
      return unpriced('unpriced:no-usage');
    return { pico: 0, source: card.source, status: 'free', rateMatch: card.rateMatch };
  }

  /** Rates forgotten because too many models were asked for; each was found anew when next needed. */
  get evictedRates(): number {
    let evicted = this.cards.evicted;
    for (const cards of this.tierCards.values()) evicted += cards.evicted;
    return evicted;
  }

  /** Forgets what was found in the price list. Call it after `updatePrices` of genai-prices has brought new data. */
  clear(): void {
    this.cards.clear();
    for (const cards of this.tierCards.values()) cards.clear();
  }

  /** The rate of the model that answered; of the one asked for, if only that has a rate or the app gave it one. */
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
      // A model that was not found because the list has not come yet may be found next time.
      if (isPriceListLoaded()) cards?.set(provider, model, card);
    }
    return card ?? undefined;
  }

  private tierOf(served: string | undefined): string | undefined {
    // What nearly every response says is compared before it is looked up: a look-up costs as much as pricing.
    if (served === undefined || served === 'default' || served === 'standard') return undefined;
    if (LIST_TIERS.has(served)) return undefined;
    return this.tierCards.has(served) ? served : OTHER_TIER;
  }

  /** Adds what further models cost that worked within the call; if one is not known, neither is the whole. */
  private withOthers(main: Priced, query: PriceQuery, others: readonly ModelUsage[]): Priced {
    const parts = [main];
    for (const { model, usage } of others) {
      const part = this.price({ ...query, model, requestModel: undefined, usage });
      if (part.pico === undefined) return part;
      parts.push(part);
    }
    const usd = parts.reduce((sum, part) => sum + usdFromPico(part.pico ?? 0), 0);
    if (!isPostableUsd(usd)) return unpriced('unpriced:over-limit');
    return {
      pico: picoFromUsd(usd),
      source: [...new Set(parts.map((part) => part.source))].join('+'),
      status: combinedStatus(parts),
      rateMatch: parts.find((part) => part.rateMatch !== undefined)?.rateMatch,
      ...(this.splitsCost && { split: addSplits(parts.map((part) => part.split)) }),
    };
  }
}

function statusOf(card: RateCard, rate: Rate, usage: Usage): Priced['status'] {
  if (rate.free !== undefined || card.factor === 0) return 'free';
  return card.estimated || isEstimate(rate, usage) ? 'estimated' : undefined;
}

function combinedStatus(parts: readonly Priced[]): Priced['status'] {
  if (parts.some((part) => part.status === 'estimated')) return 'estimated';
  return parts.every((part) => part.status === 'free') ? 'free' : undefined;
}

function unpriced(source: string): Priced {
  return { pico: undefined, source, status: 'unpriced', rateMatch: undefined };
}
