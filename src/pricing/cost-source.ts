/**
 * The value of `cost.source`: where a rate is from. The version of the price list is behind the last `@`. The part
 * before it therefore groups the same calls across releases.
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

/** A rate of our own table, which takes precedence over the list. */
export function correctionSource(provider: string, model: string, version: string): string {
  return `corrections/${provider}/${model}@${version}`;
}

/** A rate in {@link joinSources}, in its parts. */
interface SourcePart {
  rate: string;
  /** With the `@`. Empty for the app's own rates, and for a rate that is not the last of several. */
  version: string;
  /** With the `;`. */
  factor: string;
}

const LIST = 'genai-prices/';
const CORRECTIONS = 'corrections/';
/** The version is behind the last `@`, because model names on Vertex contain an `@`, too. */
const VERSIONED = /^(.*?)(@[^@;]*)?(;factor=[^;]*)?$/;

/**
 * Several rates in one amount: each once, those of the list last. Only the last one has a version, so that the part
 * before the version groups the same calls across releases.
 */
export function joinSources(sources: readonly (string | undefined)[]): string {
  const parts = sources.flatMap((source) => source?.split('+') ?? []).map(partOf);
  const listed = parts.filter(({ rate }) => rate.startsWith(LIST));
  const corrected = parts.filter(({ rate }) => rate.startsWith(CORRECTIONS));
  const others = parts.filter((part) => !listed.includes(part) && !corrected.includes(part));
  const version = versionOf(listed) || versionOf(corrected);
  const names = [...others, ...corrected, ...listed].map(({ rate, factor }) => rate + factor);
  const rates = [...new Set(names)];
  if (version === '') return rates.join('+');
  // A price factor follows the version.
  const [rate = '', factor] = (rates.pop() ?? '').split(';');
  return [...rates, rate + version + (factor === undefined ? '' : `;${factor}`)].join('+');
}

function partOf(source: string): SourcePart {
  const isVersioned = source.startsWith(LIST) || source.startsWith(CORRECTIONS);
  if (!isVersioned) return { rate: source, version: '', factor: '' };
  const [, rate = source, version = '', factor = ''] = VERSIONED.exec(source) ?? [];
  return { rate, version, factor };
}

function versionOf(parts: readonly SourcePart[]): string {
  return parts.findLast(({ version }) => version !== '')?.version ?? '';
}

function tierSuffix(tier: string | undefined): string {
  return tier === undefined ? '' : `:${tier}`;
}
