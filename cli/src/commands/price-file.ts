/** The price options in an `agent-cost.json`. */

import { readFile } from 'node:fs/promises';
import { explainCost } from 'otel-agent-cost/offline';
import { CommandError, EXIT } from './command.js';

type PriceOptions = NonNullable<Parameters<typeof explainCost>[1]>;

const KEYS = ['overrides', 'aliases', 'providerAliases', 'priceFactors'] as const;

/** The options of a file that bear on prices of models; the others are left alone. Throws {@link CommandError}. */
export async function readPriceOptions(file: string): Promise<PriceOptions> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${file} cannot be read: ${reason}`, EXIT.noData);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new CommandError(`${file} is not a JSON object, as agent-cost.json is`);
  const options: PriceOptions = Object.fromEntries(
    Object.entries(parsed).filter(([key]) => (KEYS as readonly string[]).includes(key)),
  );
  try {
    // An invalid rate would otherwise be reported for the first call that is priced.
    explainCost({ model: 'any', tokens: {} }, options);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return options;
}
