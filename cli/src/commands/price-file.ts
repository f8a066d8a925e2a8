/** The options in an `agent-cost.json` that decide prices. */

import { readFile } from 'node:fs/promises';
import { type OfflineOptions, priceSpans } from 'otel-agent-cost/offline';
import { nearestName } from '../../../src/nearest-name.js';
import type { PriceOptions } from '../export/split.js';
import { CommandError, EXIT } from './command.js';

const RATES = ['overrides', 'aliases', 'providerAliases', 'priceFactors'];
/** Those of a file that `priceSpans` takes. */
const PRICES = [...RATES, 'tools', 'sessionIdKeys', 'knownUsage', 'attributionKeys'];
/** Of the running app: they are left alone. */
const OTHERS = ['dialects', 'metricAttributes', 'baggageAttribution', 'maxSessions', 'budgets', 'onTaskEnd'];

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
  refuseUnknown(file, parsed);
  const options: OfflineOptions = pick(parsed, PRICES);
  try {
    // An invalid price would otherwise be reported for the first spans that need it.
    priceSpans([], options);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return options;
}

/** A misspelt option, such as `override`, would leave the list price in force without a word. */
function refuseUnknown(file: string, options: object): void {
  const known = [...PRICES, ...OTHERS];
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearestName(unknown, known);
  const advice = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  throw new CommandError(`${file}: unknown option "${unknown}"; ${advice}`);
}

/** The part of the options that `explainCost` takes. */
export function ratesIn(options: OfflineOptions | undefined): PriceOptions | undefined {
  return options && pick(options, RATES);
}

function pick(options: object, keys: readonly string[]): OfflineOptions {
  return Object.fromEntries(Object.entries(options).filter(([key]) => keys.includes(key)));
}
