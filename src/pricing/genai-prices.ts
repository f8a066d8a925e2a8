/**
 * The only access to the price list of `@pydantic/genai-prices`. The library throws on bad counts, takes about 10
 * µs per call and returns its own mutable objects. This module therefore asks it once per model, without counts,
 * and copies the numbers.
 */

import type { MatchLogic, ModelInfo } from '@pydantic/genai-prices';
import { findCorrected } from './corrected.js';
import { STEADY_NAMES } from './corrections.js';
import type { DatedRates } from './dated.js';
import { compileRates } from './list-prices.js';
import { withoutPlace, withoutRegion, withoutVersions } from './model-names.js';
import { priceList } from './price-list.js';

export interface ListedModel {
  provider: string;
  model: string;
  rates: DatedRates;
  /** False when the list matched only a part of the name, so the price may be another model's. */
  exact: boolean;
  /** True if the name has stood for several models, and neither the list nor a correction dates them. */
  moves: boolean;
  /** True if the rates are from our own table, which takes precedence over the list. */
  corrected: boolean;
  /** The most tokens in one call, input and output together. Undefined when the list has no value. */
  contextWindowTokens: number | undefined;
}

/**
 * For any version of these embeddings, the list returns the price of version 1, which is five times that of version
 * 2.
 */
const OTHER_VERSION = /^amazon\.titan-embed-text-v(?!1)/;

/**
 * Finds a model in the list, or in the table of corrections in front of it. Undefined when neither has it. Never throws.
 */
export function findListed(provider: string, model: string): ListedModel | undefined {
  try {
    return find(provider, model) ?? find(provider, withoutPlace(model));
  } catch {
    // Price data that was updated at run time and that the library itself rejects is not a price.
    return undefined;
  }
}

function find(provider: string, model: string | undefined): ListedModel | undefined {
  if (model === undefined) return undefined;
  const found = lookUp(provider, model);
  const rates = findCorrected(provider, model, found?.model.prices, (other) => ratesOf(provider, other));
  if (rates !== undefined) {
    const contextWindowTokens = found?.model.context_window;
    return { provider, model, rates, exact: true, moves: false, corrected: true, contextWindowTokens };
  }
  return found === undefined ? undefined : asListed(found, model);
}

type Found = NonNullable<ReturnType<ReturnType<typeof priceList>['calcPrice']>>;

function lookUp(provider: string, model: string): Found | undefined {
  const found = priceList().calcPrice({}, model, { providerId: provider });
  if (found === null || isOtherFineTune(model, found.model.id) || OTHER_VERSION.test(model)) return undefined;
  return found;
}

function ratesOf(provider: string, model: string): DatedRates | undefined {
  const found = lookUp(provider, model);
  return found && compileRates(`${provider}/${found.model.id}`, found.model.prices);
}

function asListed({ provider, model }: Found, asked: string): ListedModel {
  return {
    provider: provider.id,
    model: model.id,
    rates: compileRates(`${provider.id}/${model.id}`, model.prices),
    exact: isNamed(model, asked),
    // A list entry with several periods dates the moves of the name.
    moves: isMovingName(asked) && !Array.isArray(model.prices),
    corrected: false,
    contextWindowTokens: model.context_window,
  };
}

/**
 * True for a name that its vendor moves from model to model: the latest of a family, without a version of its own.
 * `claude-3-5-haiku-latest` and `grok-4-latest` stay with their version's price.
 */
function isMovingName(name: string): boolean {
  if (STEADY_NAMES.has(name) || !/^~|-latest$/.test(name)) return false;
  // The size of a model (`8b`) is not a version.
  return !/\d/.test(name.replace(/\d+b\b/, ''));
}

/** A fine-tuned model costs more than its base model, so it has its own entry or no price. */
function isOtherFineTune(asked: string, found: string): boolean {
  return asked.startsWith('ft:') && !found.startsWith('ft:');
}

/**
 * True when the entry is named by the model's full name, apart from a date or a revision. Everything else that the list
 * matches (a start, a part, a wide pattern) may be another product: `claude-opus-4-6-fast` costs six times as much.
 */
function isNamed(model: ModelInfo, asked: string): boolean {
  if (revisionOf(model.id) !== (revisionOf(asked) ?? revisionOf(model.id))) return false;
  const names = new Set(withoutRegion(asked).flatMap(withoutVersions));
  return names.has(model.id.toLowerCase()) || clauseNames(model.match, asked, names);
}

/** The `2` of `claude-3-5-sonnet-20241022-v2:0`. */
function revisionOf(name: string): string | undefined {
  return /-v(\d+)(?::\d+)?$/.exec(name)?.[1];
}

function clauseNames(match: MatchLogic, asked: string, names: ReadonlySet<string>): boolean {
  if ('or' in match) return match.or.some((clause) => clauseNames(clause, asked, names));
  if ('and' in match) return false;
  if ('regex' in match)
    return match.regex.startsWith('^') && match.regex.endsWith('$') && new RegExp(match.regex).test(asked);
  const text = Object.values(match).find((value) => typeof value === 'string');
  return text !== undefined && names.has(text.toLowerCase());
}
