/** Finds the rate of a model: what the app says, else the price list, else none. Slow; the price book remembers. */

import type { DatedRate, DatedRates } from './dated.js';
import { findListed, type ListedModel } from './genai-prices.js';
import { genaiPricesVersion } from './genai-version.js';
import { candidates, nameVariants } from './model-names.js';
import { type CompiledPriceOptions, normalised, type Override } from './price-options.js';
import { type ResolvedProvider, resolveProvider } from './providers.js';
import { withTokens } from './rate.js';

/** What is known about one model's price: its dated rates and where they are from. */
export interface RateCard {
  /** `cost.source` of what is billed by it. */
  source: string;
  rates: DatedRates;
  /** The part of the price that the app pays: its own factor, else 1. */
  factor: number;
  rateMatch: 'alias' | 'prefix' | undefined;
  /** The rate is a likely one: another host's, or the list price for a tier that is billed otherwise. */
  estimated: boolean;
  isOverride: boolean;
  /** The most tokens of one call; undefined when that is not known of just this model. */
  contextWindowTokens: number | undefined;
}

interface Asked {
  /** The provider as the call names it and as the list does. */
  providerNames: readonly string[];
  provider: ResolvedProvider;
  model: string;
  /** A tier that is not billed at list price, or undefined. */
  tier: string | undefined;
}

interface Listed {
  found: ListedModel;
  rewritten: boolean;
  estimated: boolean;
}

/** The tier of a model that was kept within the United States. */
export const US_TIER = 'us';
const US_FACTOR = 1.1;

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
    // The app says what the name stands for, so whoever serves it, the target's price is no guess.
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
    const tier = tierRate === undefined ? '' : `;tier=${asked.tier}`;
    const pricedBy = override.isPricedByCompute ? ';priced-by=compute' : '';
    return this.withFactor(asked, undefined, {
      source: `override/${override.name}${tier}${pricedBy}`,
      rates: [{ rate: tierRate ?? override.rate }],
      rateMatch: rewritten ? 'alias' : undefined,
      estimated: asked.tier !== undefined && tierRate === undefined,
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
    const found = tier ?? match.found;
    const suffix = tier !== undefined && asked.tier === US_TIER ? `;tier=${US_TIER}` : '';
    return this.withFactor(asked, found, {
      source: `genai-prices@${genaiPricesVersion()}/${found.provider}/${found.model}${suffix}`,
      rates: found.rates,
      rateMatch: match.rewritten ? 'alias' : match.found.exact ? undefined : 'prefix',
      estimated: match.estimated || (asked.tier !== undefined && tier === undefined),
      isOverride: false,
      contextWindowTokens: windowOf(match),
    });
  }

  /** A model's factor wins over its provider's. */
  private withFactor(
    asked: Asked,
    listed: ListedModel | undefined,
    card: Omit<RateCard, 'factor'>,
  ): RateCard {
    const { priceFactors } = this.options;
    if (priceFactors.size === 0) return { ...card, factor: 1 };
    const { provider } = asked;
    // Another vendor's list was used than that of the provider named: what was agreed with the latter is void there.
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
      : { ...card, factor, source: `${card.source};factor=${factor}` };
  }
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
    // Whose price it is was guessed already: then neither which model it is, nor that it is free.
    if (found === undefined || (guessed && (!found.exact || isFree(found)))) continue;
    return { found, rewritten, estimated: guessed };
  }
  return undefined;
}

/** A model that was matched by a part of its name, or guessed, may have another window. */
function windowOf(listed: Listed | undefined): number | undefined {
  return listed?.found.exact && !listed.estimated ? listed.found.contextWindowTokens : undefined;
}

/** Lists that price a tier apart do so as a model of its own, `<model>:batch`. */
function findTier(listed: ListedModel, tier: string): ListedModel | undefined {
  if (tier === US_TIER) return listed.provider === 'anthropic' ? inUnitedStates(listed) : undefined;
  const found = findListed(listed.provider, `${listed.model.toLowerCase()}:${tier}`);
  return found?.exact ? found : undefined;
}

/** Anthropic asks this much more for each token, not for searches. */
function inUnitedStates(listed: ListedModel): ListedModel {
  const [first, ...later] = listed.rates;
  const dearer = ({ rate, ...when }: DatedRate): DatedRate => ({
    ...when,
    rate: withTokens(rate, US_FACTOR),
  });
  return { ...listed, rates: [dearer(first), ...later.map(dearer)] };
}

function isFree(listed: ListedModel): boolean {
  return listed.rates.some(({ rate }) => rate.free !== undefined);
}
