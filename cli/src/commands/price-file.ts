/** The options in an `agent-cost.json` that decide prices. */

import { readFile } from 'node:fs/promises';
import { type OfflineOptions, priceSpans } from 'otel-agent-cost/offline';
import type { PriceOptions } from '../export/split.js';
import { CommandError, EXIT } from './command.js';

const RATES = ['overrides', 'aliases', 'providerAliases', 'priceFactors'];
/** Those of a file that `priceSpans` takes. A file may have options of the running app as well: they are left alone. */
const PRICES = [...RATES, 'tools', 'sessionIdKeys', 'knownUsage', 'attributionKeys'];

/** Throws {@link CommandError} when the file cannot be read or an option is invalid. */
export async function readPriceOptions(file: string): Promise<OfflineOptions> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${file} cannot be read: ${reason}`, EXIT.noData);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new CommandError(`${file} is not a JSON object, as agent-cost.json is`);
  const options: OfflineOptions = pick(parsed, PRICES);
  try {
    // An invalid price would otherwise be reported for the first spans that need it.
    priceSpans([], options);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return options;
}

/** The part of the options that `explainCost` takes. */
export function ratesIn(options: OfflineOptions | undefined): PriceOptions | undefined {
  return options && pick(options, RATES);
}

function pick(options: object, keys: readonly string[]): OfflineOptions {
  return Object.fromEntries(Object.entries(options).filter(([key]) => keys.includes(key)));
}
