/** The price book's options, checked and in the form it looks things up in. */

import { expectNumber, expectRecord, expectString } from '../validate.js';
import { type CompiledModelRate, compileModelRate } from './model-rate.js';

export interface Override extends CompiledModelRate {
  /** As the app wrote it. */
  name: string;
}

/** Keys are lower-case and trimmed: a model, a provider, or `provider/model`. */
export interface CompiledPriceOptions {
  overrides: ReadonlyMap<string, Override>;
  aliases: ReadonlyMap<string, string>;
  providerAliases: ReadonlyMap<string, string>;
  discounts: ReadonlyMap<string, number>;
}

/** Above 1 for a surcharge; a factor beyond this is a percentage by mistake. */
const MAX_FACTOR = 10;

/** Throws `InvalidOptionError`. `path` is the option's name that `options` itself goes by, empty at the top. */
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
  return {
    overrides: table('overrides', (option, value, name) => ({ name, ...compileModelRate(option, value) })),
    aliases: table('aliases', (option, value) => normalised(expectString(option, value))),
    providerAliases: table('providerAliases', (option, value) => normalised(expectString(option, value))),
    discounts: table('discounts', (option, value) => expectNumber(option, value, 0, MAX_FACTOR)),
  };
}

/** Names are compared without regard to case and surrounding space. */
export function normalised(name: string): string {
  return name.trim().toLowerCase();
}
