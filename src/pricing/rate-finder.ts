/**
 * Finds the rate of a model: the app's own, or else the price list's. This is slow, so the price book caches the
 * results.
 */

import type { EstimateReason } from '../cost-reason.js';
import { CORRECTIONS_VERSION } from './corrections.js';
import { correctionSource, listSource, overrideSource, withFactor } from './cost-source.js';
import type { DatedRates } from './dated.js';
import { findListed, type ListedModel } from './genai-prices.js';
import { candidates, isRegional, nameVariants } from './model-names.js';
import { type CompiledPriceOptions, normalised, type Override } from './price-options.js';
import { type ResolvedProvider, resolveProvider } from './providers.js';
import { inPlace, isDearerInRegion } from './surcharges.js';

/** A model's price: its dated rates and their source. */
export interface RateCard {
  /** The `cost.source` of calls with this rate. */
  source: string;
  rates: DatedRates;
  /** The fraction of the price that the app pays: its own factor, or else 1. */
  factor: number;
  rateMatch: 'alias' | 'prefix' | undefined;
  /** Why the rate is only likely; undefined if it is exactly this model's. */
  estimate: EstimateReason | undefined;
  isOverride: boolean;
  /** The most tokens in one call. Undefined when unknown for exactly this model. */
  contextWindowTokens: number | undefined;
}

interface Asked {
  /** The provider's name in the call and in the price list. */
  providerNames: readonly string[];
  provider: ResolvedProvider;
  model: string;
  /** A tier that is not billed at list price, or undefined. */
  tier: string | undefined;
}

interface Listed {
  found: ListedModel;
  rewritten: boolean;
  guessed: boolean;
}

/** The tier of calls whose inference stayed within the United States. */
export const US_TIER = 'us';
/** In `cost.source`: `<model>:regional`. */
const REGIONAL = 'regional';
/** OpenRouter's suffixes that say only how a request is routed, or add a search: the list has no such names. */
const ROUTING_VARIANT = /:(?:nitro|floor|exacto|online)$/;

export class RateFinder {
  constructor(private readonly options: CompiledPriceOptions) {}

  find(providerName: string, modelName: string, tier: string | undefined): RateCard | undefined {
    const provider = resolveProvider(providerName, this.options.providerAliases);
    const given = normalised(providerName);
    const providerNames = provider.id === undefined || provider.id === given ? [given] : [given, provider.id];
    const asked: Asked = { providerNames, provider, model: normalised(modelName), tier };
    const own = this.overridden(asked);
    if (own !== undefined) return own;
    const target = this.aliasOf(asked);
    if (target === undefined) return this.listed(asked);
    // The app itself defines the alias, so the target's price is not a guess, whichever provider serves it.
    const aliased: Asked = { ...asked, model: target, provider: { id: provider.id, kind: 'open' } };
    const card = this.overridden(aliased) ?? this.listed(aliased);
    return card === undefined ? undefined : { ...card, rateMatch: 'alias' };
  }

  private overridden(asked: Asked): RateCard | undefined {
    for (const { name, rewritten } of nameVariants(asked.model)) {
      const override = byName(this.options.overrides, asked.providerNames, name);
      if (override !== undefined) return this.overrideCard(asked, override, rewritten);
    }
    return undefined;
  }

  private overrideCard(asked: Asked, override: Override, rewritten: boolean): RateCard {
    const tierRate = asked.tier === undefined ? undefined : override.tiers.get(asked.tier);
    return this.factored(asked, undefined, {
      source: overrideSource(override.name, tierRate === undefined ? undefined : asked.tier),
      rates: [{ rate: tierRate ?? override.rate }],
      rateMatch: rewritten ? 'alias' : undefined,
      estimate: asked.tier !== undefined && tierRate === undefined ? 'other_tier' : undefined,
      isOverride: true,
      contextWindowTokens: override.contextWindowTokens ?? windowOf(findFirst(asked)),
    });
  }

  private aliasOf(asked: Asked): string | undefined {
    for (const { name, shortened } of nameVariants(asked.model)) {
      const target = shortened ? undefined : byName(this.options.aliases, asked.providerNames, name);
      if (target !== undefined) return target;
    }
    return undefined;
  }

  private listed(asked: Asked): RateCard | undefined {
    const match = findFirst(asked);
    if (match === undefined) return undefined;
    const tier = asked.tier === undefined ? undefined : findTier(match.found, asked.tier);
    const isDearer = isRegional(asked.model) && isDearerInRegion(match.found);
    const found = tier ?? (isDearer ? inPlace(match.found) : match.found);
    // For other tiers, the list has a separate model with the tier in its name.
    const named = tier !== undefined && asked.tier === US_TIER ? US_TIER : isDearer ? REGIONAL : undefined;
    return this.factored(asked, found, {
      source: sourceOf(found, named),
      rates: found.rates,
      rateMatch: match.rewritten ? 'alias' : match.found.exact ? undefined : 'prefix',
      estimate: estimateOf(match, asked.tier !== undefined && tier === undefined),
      isOverride: false,
      contextWindowTokens: windowOf(match),
    });
  }

  /** A model's factor wins over its provider's. */
  private factored(asked: Asked, listed: ListedModel | undefined, card: Omit<RateCard, 'factor'>): RateCard {
    const { priceFactors } = this.options;
    if (priceFactors.size === 0) return { ...card, factor: 1 };
    const { provider } = asked;
    // The rate is from another vendor's list than the named provider's, so the named provider's factor does not
    // apply.
    const isOthers = provider.kind === 'own' && listed !== undefined && listed.provider !== provider.id;
    const names = isOthers
      ? [listed.provider]
      : [...asked.providerNames, ...(listed ? [listed.provider] : [])];
    const models = [
      ...nameVariants(asked.model).map(({ name }) => name),
      ...(listed ? [listed.model.toLowerCase()] : []),
    ];
    const ofModel = models
      .map((model) => byName(priceFactors, names, model))
      .find((given) => given !== undefined);
    const factor =
      ofModel ?? names.map((name) => priceFactors.get(name)).find((given) => given !== undefined);
    return factor === undefined
      ? { ...card, factor: 1 }
      : { ...card, factor, source: withFactor(card.source, factor) };
  }
}

function sourceOf({ provider, model, corrected }: ListedModel, tier: string | undefined): string {
  if (corrected) return correctionSource(provider, model, CORRECTIONS_VERSION);
  return listSource(provider, model, tier);
}

function estimateOf({ found, guessed }: Listed, lacksTier: boolean): EstimateReason | undefined {
  if (!found.exact) return 'prefix_match';
  if (found.moves) return 'moving_alias';
  if (lacksTier) return 'other_tier';
  return guessed ? 'guessed_provider' : undefined;
}

function byName<T>(
  table: ReadonlyMap<string, T>,
  providerNames: readonly string[],
  model: string,
): T | undefined {
  if (table.size === 0) return undefined;
  for (const provider of providerNames) {
    const value = table.get(`${provider}/${model}`);
    if (value !== undefined) return value;
  }
  return table.get(model);
}

function findFirst(asked: Asked): Listed | undefined {
  for (const { provider, model, rewritten, guessed } of candidates(asked.provider, asked.model)) {
    const found = findListed(provider, model);
    // The provider is already a guess, so the model's name must match exactly, and a free price is not trusted.
    if (found === undefined || (guessed && (!found.exact || isFree(found)))) continue;
    // Nor is the free price of a model with another name, unless the vendor itself offers the whole family for free.
    if (!found.exact && isFree(found) && asked.provider.id !== found.provider) continue;
    return { found, rewritten, guessed };
  }
  const plain = asked.model.replace(ROUTING_VARIANT, '');
  const base = plain === asked.model ? undefined : findFirst({ ...asked, model: plain });
  if (base === undefined || isFree(base.found)) return undefined;
  return { ...base, rewritten: false, found: { ...base.found, exact: false } };
}

/** Undefined for a model that was guessed or matched by a part of its name, because it may have another window. */
function windowOf(listed: Listed | undefined): number | undefined {
  return listed?.found.exact && !listed.guessed ? listed.found.contextWindowTokens : undefined;
}

/** A list with tier prices has each tier as a separate model, `<model>:batch`. */
function findTier(listed: ListedModel, tier: string): ListedModel | undefined {
  if (tier === US_TIER) return listed.provider === 'anthropic' ? inPlace(listed) : undefined;
  const found = findListed(listed.provider, `${listed.model.toLowerCase()}:${tier}`);
  return found?.exact ? found : undefined;
}

function isFree(listed: ListedModel): boolean {
  return listed.rates.some(({ rate }) => rate.free !== undefined);
}
