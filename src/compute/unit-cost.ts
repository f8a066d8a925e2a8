import { InvalidOptionError } from '../errors.js';
import { MAX_POST_USD } from '../money.js';
import type { CostKind } from '../totals.js';
import { expectKnownKeys, expectNumber, expectRecord, expectString } from '../validate.js';
import { recordCost } from '../wrappers/record.js';

type UnitKind = Exclude<CostKind, 'llm' | 'tool'>;

/** The most units in one call. */
const MAX_UNITS = 1_000;

const KINDS: readonly UnitKind[] = ['storage', 'network', 'compute', 'other'];

/** Options of `unitCost`. */
export interface UnitCostOptions<Unit extends string> {
  /** A low-cardinality name: the spans are `cost {name}`. */
  name: string;
  /** `storage` for memory and vector stores, `network` for data transfer, `compute`, `other`. */
  kind: UnitKind;
  /** USD for one of each unit, from 0 to 1,000,000: `{ query: 4e-6, gibHour: 0.0005 }`. */
  unitUsd: Readonly<Record<Unit, number>>;
}

/**
 * Returns a function that bills counts of units where they are used: `vectorStore({ query: 1 })`. A unit without a
 * rate, or a count that is negative or not a number, is refused and flagged, and makes the totals incomplete; the
 * function never throws. Throws `InvalidOptionError` for invalid options.
 */
export function unitCost<Unit extends string>(
  options: UnitCostOptions<Unit>,
): (counts: Partial<Record<Unit, number>>) => void {
  const { name, kind, rates } = check(options);
  return (counts) => recordCost(costOf(rates, counts), { kind, name });
}

function check(options: unknown): { name: string; kind: UnitKind; rates: ReadonlyMap<string, number> } {
  const path = 'unitCost options';
  const given = expectRecord(path, options);
  expectKnownKeys(path, given, ['name', 'kind', 'unitUsd']);
  const kind = KINDS.find((known) => known === given.kind);
  if (kind === undefined)
    throw new InvalidOptionError(`${path}.kind`, given.kind, `one of ${KINDS.join(', ')}`);
  const rates = Object.entries(expectRecord(`${path}.unitUsd`, given.unitUsd)).map(
    ([unit, usd]) => [unit, expectNumber(`${path}.unitUsd.${unit}`, usd, 0, MAX_POST_USD)] as const,
  );
  if (rates.length === 0)
    throw new InvalidOptionError(`${path}.unitUsd`, given.unitUsd, 'an object with at least one unit');
  return { name: expectString(`${path}.name`, given.name), kind, rates: new Map(rates) };
}

/** NaN for an unknown cost, which is refused when it is recorded. */
function costOf(rates: ReadonlyMap<string, number>, counts: Partial<Record<string, number>>): number {
  try {
    let sumUsd = 0;
    const units = Object.keys(counts);
    // An unknown unit makes the cost unknown, so more units than rates need not be read.
    if (units.length > MAX_UNITS) return Number.NaN;
    for (const unit of units) {
      const count = counts[unit];
      if (count === undefined) continue;
      if (typeof count !== 'number' || !(count >= 0)) return Number.NaN;
      sumUsd += count * (rates.get(unit) ?? Number.NaN);
    }
    return sumUsd;
  } catch {
    // The counts are not an object, or a getter threw.
    return Number.NaN;
  }
}
