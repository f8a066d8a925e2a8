/** The rates of the models that a process uses, by names and tier. Each is found once and then cached. */

import { CORRECTIONS_VERSION, ROUTER_FEES, type RouterFee } from './corrections.js';
import { correctionSource, joinSources } from './cost-source.js';
import { Memo } from './memo.js';
import { namesPlace } from './model-names.js';
import { isPriceListLoaded, priceListGeneration } from './price-list.js';
import type { CompiledPriceOptions } from './price-options.js';
import { resolveProvider } from './providers.js';
import { type RateCard, RateFinder, US_TIER } from './rate-finder.js';
import { withRouterFee } from './surcharges.js';

/** The names of a call that decide its rate. */
export interface RateQuery {
  provider: string | undefined;
  model: string | undefined;
  requestModel?: string | undefined;
  serviceTier?: string | undefined;
}

/** Facts in the requested name that the name of the answering model lacks. */
interface Request {
  fee: RouterFee | undefined;
  /** `:online` or `-fast`: another product, at another price, than the name without it. */
  variant: string | undefined;
  /** The name says where the model runs, which the name in the answer does not. */
  hasPlace: boolean;
}

/** An app uses tens of models. This leaves room for unusual names, but not for every made-up one. */
const MAX_CARDS = 2000;
/** Longer than any ARN of a model, in characters. A longer name is not a model and is not cached. */
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
/** Numbers after a colon are a revision on Bedrock. */
const VARIANT = /(?::[a-z][a-z_-]*|-fast)$/i;

export class RateCards {
  private readonly finder: RateFinder;
  private readonly cards = new Memo<RateCard | null>(MAX_CARDS);
  private readonly tierCards = new Map<string, Memo<RateCard | null>>();
  private readonly requests = new Memo<Request | null>(MAX_CARDS);
  private routedCards = new WeakMap<RateCard, RateCard>();
  private readonly hasOverrides: boolean;
  private generation = priceListGeneration();

  constructor(compiled: CompiledPriceOptions) {
    this.finder = new RateFinder(compiled);
    this.hasOverrides = compiled.overrides.size > 0;
    for (const tier of OWN_TIERS) this.tierCards.set(tier, new Memo(MAX_CARDS));
    for (const { tiers } of compiled.overrides.values()) {
      for (const tier of tiers.keys()) this.tierCards.set(tier, new Memo(MAX_CARDS));
    }
  }

  /**
   * The rate of the model that answered. The requested model's rate is used instead if only that model has one, or
   * if the app set it.
   */
  find(query: RateQuery): RateCard | undefined {
    if (this.generation !== priceListGeneration()) this.clear();
    const { provider = '', model, requestModel } = query;
    const tier = this.tierOf(query.serviceTier);
    const answered = model ? this.card(provider, model, tier) : undefined;
    if (!requestModel || requestModel === model) return answered;
    const request = model ? this.request(provider, requestModel) : undefined;
    if (answered !== undefined && (!this.hasOverrides || answered.isOverride))
      return request === undefined ? answered : this.asRequested(answered, request, query, tier);
    const asked = this.card(provider, requestModel, tier);
    if (asked === undefined || !model) return asked ?? answered;
    if (answered === undefined) return substituted(asked, requestModel, model);
    if (asked.isOverride) return { ...asked, rateMatch: 'alias' };
    return request === undefined ? answered : this.asRequested(answered, request, query, tier);
  }

  get evicted(): number {
    let evicted = this.cards.evicted;
    for (const cards of this.tierCards.values()) evicted += cards.evicted;
    return evicted;
  }

  clear(): void {
    this.generation = priceListGeneration();
    this.cards.clear();
    this.routedCards = new WeakMap();
    for (const cards of this.tierCards.values()) cards.clear();
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

  private request(provider: string, requestModel: string): Request | undefined {
    let request = this.requests.get(provider, requestModel);
    if (request === undefined) {
      if (provider.length > MAX_NAME_CHARS || requestModel.length > MAX_NAME_CHARS) return undefined;
      request = requestOf(provider, requestModel) ?? null;
      this.requests.set(provider, requestModel, request);
    }
    return request ?? undefined;
  }

  private asRequested(
    answered: RateCard,
    { fee, variant, hasPlace }: Request,
    { provider = '', model = '', requestModel = '' }: RateQuery,
    tier: string | undefined,
  ): RateCard {
    if (fee !== undefined) return answered.isOverride ? answered : this.routed(answered, fee);
    if (!hasPlace && (variant === undefined || model.toLowerCase().includes(variant))) return answered;
    const asked = this.card(provider, requestModel, tier);
    if (asked !== undefined && asked.estimate !== 'prefix_match') return asked;
    if (hasPlace) return answered;
    return { ...answered, rateMatch: 'prefix', estimate: 'prefix_match' };
  }

  private routed(answered: RateCard, fee: RouterFee): RateCard {
    let routed = this.routedCards.get(answered);
    if (routed === undefined) {
      const source = correctionSource(fee.provider, 'model-router', CORRECTIONS_VERSION);
      routed = {
        ...answered,
        rates: withRouterFee(answered.rates, fee),
        source: joinSources([source, answered.source]),
      };
      this.routedCards.set(answered, routed);
    }
    return routed;
  }
}

function requestOf(provider: string, requestModel: string): Request | undefined {
  const name = requestModel.trim().toLowerCase();
  const { id } = resolveProvider(provider);
  const fee = ROUTER_FEES.find((router) => router.provider === id && router.model.test(name));
  const variant = VARIANT.exec(name)?.[0];
  const hasPlace = namesPlace(name);
  return fee === undefined && variant === undefined && !hasPlace ? undefined : { fee, variant, hasPlace };
}

/**
 * The requested model's rate for an answer without one. It applies to the answer if one name is only a longer form of
 * the other. Otherwise, another model may have answered, so the amount is only likely.
 */
function substituted(asked: RateCard, requestModel: string, model: string): RateCard {
  const [one, other] = [requestModel.toLowerCase(), model.toLowerCase()];
  const isAlike = one.includes(other) || other.includes(one) || asked.isOverride;
  return { ...asked, rateMatch: 'alias', estimate: asked.estimate ?? (isAlike ? undefined : 'prefix_match') };
}
