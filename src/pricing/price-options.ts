/** Checks the price book's options and compiles them for look-ups. */

import { InvalidOptionError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { expectRecord, expectString } from '../validate.js';
import { checkLater, warnOnce } from '../warnings.js';
import { type CompiledModelRate, compileModelRate } from './compiled-rate.js';
import { findListed } from './genai-prices.js';
import { isPriceListLoaded } from './price-list.js';
import { resolveProvider } from './providers.js';

export interface Override extends CompiledModelRate {
  /** The name as the app wrote it. */
  name: string;
}

/** Keys are lower-case and trimmed: a model, a provider, or `provider/model`. */
export interface CompiledPriceOptions {
  overrides: ReadonlyMap<string, Override>;
  aliases: ReadonlyMap<string, string>;
  providerAliases: ReadonlyMap<string, string>;
  priceFactors: ReadonlyMap<string, number>;
}

/**
 * Used to suggest a name for a mistyped one, and to find a model without a provider: the list has no index of its
 * providers.
 */
export const USUAL_PROVIDERS: readonly string[] = [
  'openai',
  'anthropic',
  'google',
  'azure',
  'aws',
  'mistral',
  'groq',
  'deepseek',
  'cohere',
  'openrouter',
  'x-ai',
  'together',
  'fireworks',
  'perplexity',
  'cerebras',
];

/** No fee doubles a price, so a larger factor was meant as a percentage. */
const MAX_FACTOR = 2;

/**
 * Throws `InvalidOptionError`. `path` is the name of the option whose value is `options`; it is empty at the top
 * level.
 */
export function compilePriceOptions(path: string, options: Record<string, unknown>): CompiledPriceOptions {
  const table = <T>(
    key: string,
    compile: (option: string, value: unknown, name: string) => T,
  ): Map<string, T> => {
    const option = path === '' ? key : `${path}.${key}`;
    const given = options[key] === undefined ? {} : expectRecord(option, options[key]);
    return new Map(
      Object.entries(given).map(([name, value]) => [
        normalised(name),
        compile(`${option}.${name}`, value, name),
      ]),
    );
  };
  const compiled = {
    overrides: table('overrides', (option, value, name) => ({ name, ...compileModelRate(option, value) })),
    aliases: table('aliases', (option, value) => normalised(expectString(option, value))),
    providerAliases: table('providerAliases', (option, value) => normalised(expectString(option, value))),
    priceFactors: table('priceFactors', expectFactor),
  };
  if (compiled.priceFactors.size > 0) {
    // Not during the app's start, because this loads the price list.
    checkLater(() => {
      for (const name of compiled.priceFactors.keys()) warnIfUnknown(name, compiled);
    });
  }
  return compiled;
}

function expectFactor(option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_FACTOR) return value;
  throw new InvalidOptionError(
    option,
    value,
    `a number from 0 to ${MAX_FACTOR}: 0.9 is 10 % off, 1.05 a fee of 5 %`,
  );
}

/** Warns about a factor that applies to nothing, because its lack of effect would go unnoticed. */
function warnIfUnknown(name: string, { overrides, aliases, providerAliases }: CompiledPriceOptions): void {
  const [provider = ''] = name.split('/', 1);
  const isOwn = [overrides, aliases, providerAliases].some((table) => table.has(name) || table.has(provider));
  if (isOwn || [...aliases.values()].includes(name)) return;
  if (resolveProvider(provider).kind !== 'unknown') return;
  if (USUAL_PROVIDERS.some((usual) => findListed(usual, name)?.exact)) return;
  const meant = nearestName(provider, USUAL_PROVIDERS);
  const guess = meant === undefined ? '' : `; did you mean "${meant}"?`;
  if (isPriceListLoaded())
    warnOnce(
      `priceFactors names "${name}", which is neither a provider nor a model of the price list${guess}`,
    );
}

/** Normalises a name: case and surrounding spaces are ignored. */
export function normalised(name: string): string {
  return name.trim().toLowerCase();
}
