/** Checks price data of genai-prices that was loaded at run time, before it takes the place of the installed list. */

import type { Provider } from '@pydantic/genai-prices';
import { show } from '../short-text.js';
import { isRecord } from '../validate.js';

/**
 * The most expensive model of the list costs $600 per million tokens. A price above this bound is a mistake in the
 * unit.
 */
const MAX_PRICE_USD = 10_000;
const MATCHES = ['equals', 'starts_with', 'ends_with', 'contains', 'regex'] as const;
/** The list has no deeper conditions. */
const MAX_MATCH_DEPTH = 5;
/** Compared with every name that is looked up. The longest of the list has 60 characters. */
const MAX_REGEX_CHARS = 200;

/** Throws an error whose message names the place and the reason. */
export function assertPriceData(value: unknown): asserts value is Provider[] {
  if (!Array.isArray(value)) throw new Error(`expected an array of providers, got ${show(value)}`);
  if (value.length === 0) throw new Error('it has no providers');
  const ids = new Set<string>();
  for (const [index, provider] of value.entries()) {
    const place = `providers[${index}]`;
    if (!isRecord(provider)) throw new Error(`${place} is ${show(provider)}, not an object`);
    const id = nameAt(place, provider, 'id');
    if (ids.has(id)) throw new Error(`${place} has the id of another provider, ${show(id)}`);
    ids.add(id);
    nameAt(id, provider, 'name');
    if (provider.provider_match !== undefined) checkMatch(`${id}.provider_match`, provider.provider_match);
    if (provider.model_match !== undefined) checkMatch(`${id}.model_match`, provider.model_match);
    checkModels(id, provider.models);
  }
}

function checkModels(provider: string, models: unknown): void {
  if (!Array.isArray(models)) throw new Error(`${provider}.models is ${show(models)}, not an array`);
  for (const [index, model] of models.entries()) {
    const place = `${provider}.models[${index}]`;
    if (!isRecord(model)) throw new Error(`${place} is ${show(model)}, not an object`);
    const name = `${provider}/${nameAt(place, model, 'id')}`;
    checkMatch(`${name}.match`, model.match);
    if (!Array.isArray(model.prices)) checkPrices(name, model.prices);
    else if (model.prices.length === 0) throw new Error(`${name} has an empty array of prices`);
    else for (const period of model.prices) checkPeriod(name, period);
  }
}

/** The library checks the constraint itself when it loads the data. */
function checkPeriod(name: string, period: unknown): void {
  if (!isRecord(period)) throw new Error(`${name}.prices has ${show(period)}, not an object`);
  checkPrices(name, period.prices);
}

function checkPrices(name: string, prices: unknown): void {
  if (!isRecord(prices)) throw new Error(`${name}.prices is ${show(prices)}, not an object`);
  for (const [key, price] of Object.entries(prices)) {
    if (!isRecord(price)) {
      checkUsd(`${name}.prices.${key}`, price);
      continue;
    }
    checkUsd(`${name}.prices.${key}.base`, price.base);
    if (!Array.isArray(price.tiers))
      throw new Error(`${name}.prices.${key}.tiers is ${show(price.tiers)}, not an array`);
    for (const tier of price.tiers) {
      if (!isRecord(tier) || !Number.isSafeInteger(tier.start) || Number(tier.start) < 0)
        throw new Error(`${name}.prices.${key}.tiers has a tier without a start`);
      checkUsd(`${name}.prices.${key}.tiers.price`, tier.price);
    }
  }
}

function checkUsd(place: string, usd: unknown): void {
  if (typeof usd !== 'number' || !(usd >= 0 && usd <= MAX_PRICE_USD))
    throw new Error(`${place} is ${show(usd)}; expected USD from 0 to ${MAX_PRICE_USD}`);
}

function checkMatch(place: string, match: unknown, depth = 0): void {
  if (!isRecord(match) || depth > MAX_MATCH_DEPTH)
    throw new Error(`${place} is ${show(match)}, no condition`);
  const nested = match.or ?? match.and;
  if (Array.isArray(nested)) {
    for (const clause of nested) checkMatch(place, clause, depth + 1);
    return;
  }
  const kind = MATCHES.find((key) => typeof match[key] === 'string' && match[key] !== '');
  if (kind === undefined) throw new Error(`${place} is ${show(match)}, no condition`);
  if (kind === 'regex') checkRegex(place, String(match.regex));
}

function checkRegex(place: string, regex: string): void {
  if (regex.length > MAX_REGEX_CHARS) throw new Error(`${place} has a regular expression that is too long`);
  try {
    new RegExp(regex);
  } catch {
    throw new Error(`${place} is ${show(regex)}, not a regular expression`);
  }
}

function nameAt(place: string, record: Record<string, unknown>, key: string): string {
  const name = record[key];
  if (typeof name === 'string' && name !== '') return name;
  throw new Error(`${place}.${key} is ${show(name)}, not a name`);
}
