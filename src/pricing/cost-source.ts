/**
 * The text of `cost.source`: where a rate is from. The version of the price list stands behind the last `@`, so that what is
 * before it groups the same calls over its releases.
 */

import { genaiPricesVersion } from './genai-version.js';

export function overrideSource(name: string, tier: string | undefined): string {
  return `override/${name}${tierSuffix(tier)}`;
}

/** A tier that is priced apart is named as the list itself names them: `<model>:batch`. */
export function listSource(provider: string, model: string, tier: string | undefined): string {
  return `genai-prices/${provider}/${model}${tierSuffix(tier)}@${genaiPricesVersion()}`;
}

export function withFactor(source: string, factor: number): string {
  return `${source};factor=${factor}`;
}

/** Several rates in one amount: each once, and the version of the list with the last of its rates. */
export function joinSources(sources: readonly (string | undefined)[]): string {
  const version = `@${genaiPricesVersion()}`;
  const rates = sources
    .flatMap((source) => source?.split('+') ?? [])
    .map((rate) => rate.replace(version, ''));
  const isListed = (rate: string) => rate.startsWith('genai-prices/');
  const own = new Set(rates.filter((rate) => !isListed(rate)));
  const listed = [...new Set(rates.filter(isListed))];
  const last = listed.pop();
  if (last === undefined) return [...own].join('+');
  // A price factor stands behind the version.
  const [rate, ...factor] = last.split(';');
  return [...own, ...listed, [`${rate}${version}`, ...factor].join(';')].join('+');
}

function tierSuffix(tier: string | undefined): string {
  return tier === undefined ? '' : `:${tier}`;
}
