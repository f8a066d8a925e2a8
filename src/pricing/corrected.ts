/** Finds the correction of a model's prices, where the price list is known to be wrong about it. */

import type { ModelInfo } from '@pydantic/genai-prices';
import { CORRECTIONS, type CorrectedPeriod, type Correction, statementOf } from './corrections.js';
import { type DatedRate, type DatedRates, dailyFrom } from './dated.js';
import { compileRate } from './list-prices.js';
import type { Rate } from './rate.js';

const byName: ReadonlyMap<string, Correction> = new Map(
  CORRECTIONS.flatMap((row) => row.names.map((name) => [`${row.provider}/${name}`, row] as const)),
);

/**
 * The corrected rates; undefined without a correction, or if the list no longer has the corrected prices. `listed` are
 * the list's prices for the name, and `ratesOf` the list's rates of another model of this provider. Throws when that
 * one is no longer listed.
 */
export function findCorrected(
  provider: string,
  name: string,
  listed: ModelInfo['prices'] | undefined,
  ratesOf: (model: string) => DatedRates | undefined,
): DatedRates | undefined {
  const row = byName.get(`${provider}/${name}`);
  if (row === undefined || row.listed !== statementOf(listed)) return undefined;
  const ratesIn = (period: CorrectedPeriod): DatedRates => {
    const { prices } = period;
    if (typeof prices !== 'string') return [{ rate: compileRate(`${provider}/${name}`, prices) }];
    const rates = ratesOf(prices);
    if (rates === undefined) throw new RangeError(`${provider}/${prices} is not in the price list`);
    return rates;
  };
  const compiled = (period: CorrectedPeriod): DatedRates => during(period, ratesIn(period));
  const [first, ...later] = row.periods;
  const [start, ...rest] = compiled(first);
  return [start, ...rest, ...later.flatMap(compiled)];
}

/** The rates of a period. Of several dated ones, each applies from its own date, if that is later. */
function during(period: CorrectedPeriod, [first, ...later]: DatedRates): DatedRates {
  const from = period.from === undefined ? undefined : Date.parse(period.from);
  const limited = ({ rate, ...when }: DatedRate): DatedRate => ({
    ...when,
    rate: period.unsure === true ? unsure(rate) : rate,
    fromMillis: from === undefined ? when.fromMillis : Math.max(from, when.fromMillis ?? from),
    ...(period.daily && { daily: dailyFrom(...period.daily) }),
    ...(period.weekdaysOnly && { weekdaysOnly: true }),
  });
  return [limited(first), ...later.map(limited)];
}

function unsure(rate: Rate): Rate {
  return { ...rate, doubt: 'moving_alias' };
}
