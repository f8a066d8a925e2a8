/**
 * The measures that a budget can limit, in whole units: pico-dollars, tokens, calls, turns, ms. Bigints cannot be
 * NaN.
 */
import type { BudgetMeasure } from '../errors.js';
import { type Pico, picoFromUsd, type UsdSum } from '../money.js';
import type { Account } from './account.js';

/** The expected use of one call, as far as it is known before the call runs. */
export interface Demand {
  kind: 'llm' | 'tool' | 'step';
  /** False for a call that is known to cost nothing. Limits on money do not apply to it. */
  isBillable: boolean;
  /** True if the cost can be determined, even if only after the call. */
  hasPrice: boolean;
  /** Expected cost; undefined when there is no estimate. */
  pico: Pico | undefined;
  /** Expected tokens of an LLM call; undefined when there is no estimate. */
  tokens: number | undefined;
  /** The agent-loop turns that it counts as. */
  steps: number;
}

/** Undefined: unknown. `none`: the call does not use the measure. */
type Need = bigint | undefined | 'none';

interface Measure {
  /** Whole units in one unit of the app's options. */
  readonly unitsPerOne: number;
  readonly isMoney: boolean;
  need(demand: Demand): Need;
}

const PICO_PER_USD = 1e12;

const money = (kind: Demand['kind'] | undefined): Measure => ({
  unitsPerOne: PICO_PER_USD,
  isMoney: true,
  need: (demand) =>
    demand.isBillable && (kind ?? demand.kind) === demand.kind ? whole(demand.pico) : 'none',
});

const count = (need: Measure['need']): Measure => ({ unitsPerOne: 1, isMoney: false, need });

export const MEASURES: Readonly<Record<BudgetMeasure, Measure>> = {
  usd: money(undefined),
  llmUsd: money('llm'),
  toolUsd: money('tool'),
  tokens: count((demand) => (demand.kind === 'llm' ? whole(demand.tokens) : 'none')),
  llmCalls: count((demand) => (demand.kind === 'llm' ? 1n : 'none')),
  toolCalls: count((demand) => (demand.kind === 'tool' ? 1n : 'none')),
  steps: count((demand) => (demand.steps > 0 ? 1n : 'none')),
  // Time passes for all calls at once, so each needs only that some is left.
  wallMillis: count(() => 0n),
};

/** The amount of a measure that an account has used. Time is kept by the budget itself. */
export function spentIn(account: Account, measure: Exclude<BudgetMeasure, 'wallMillis'>): bigint {
  switch (measure) {
    case 'usd':
      return unitsOf(account.llm) + unitsOf(account.tool) + unitsOf(account.compute) + unitsOf(account.other);
    case 'llmUsd':
      return unitsOf(account.llm);
    case 'toolUsd':
      return unitsOf(account.tool);
    case 'tokens':
      return BigInt(account.inputTokens + account.outputTokens);
    default:
      return BigInt(account[measure]);
  }
}

function unitsOf(sum: UsdSum): bigint {
  return sum.isZero ? 0n : sum.toBigInt();
}

/** Rounded up. Undefined when it is not a valid amount. */
function whole(amount: number | undefined): bigint | undefined {
  return amount !== undefined && amount >= 0 && Number.isFinite(amount)
    ? BigInt(Math.ceil(amount))
    : undefined;
}

/** Converts the app's dollars, counts or ms to whole units. */
export function toUnits(measure: BudgetMeasure, amount: number): bigint {
  return BigInt(MEASURES[measure].isMoney ? picoFromUsd(amount) : Math.round(amount));
}

/** Converts whole units to the app's dollars, counts or ms. */
export function fromUnits(measure: BudgetMeasure, units: bigint): number {
  return Number(units) / MEASURES[measure].unitsPerOne;
}
