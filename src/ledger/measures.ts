/** What a budget can limit, each as whole units: pico-dollars, tokens, calls, turns, ms. Bigints cannot be NaN. */
import type { BudgetMeasure } from '../errors.js';
import { type Pico, picoFromUsd, type UsdSum } from '../money.js';
import type { Account } from './account.js';

/** What one call is expected to use, as far as that is known before it runs. */
export interface Demand {
  kind: 'llm' | 'tool' | 'step';
  /** False for what is known to cost nothing: no limit on money holds it back. */
  isBillable: boolean;
  /** Whether anything can say what it costs, be it only once it ran. */
  hasPrice: boolean;
  /** Expected cost; undefined when there is no estimate. */
  pico: Pico | undefined;
  /** Expected tokens of an LLM call; undefined when there is no estimate. */
  tokens: number | undefined;
  /** Turns of the loop that it counts as. */
  steps: number;
}

/** Undefined: not known. `none`: the call does not use it. */
type Need = bigint | undefined | 'none';

interface Measure {
  /** How many whole units make one of what the app sees. */
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
  // Time passes for all calls at once: each needs only that some is left.
  wallMillis: count(() => 0n),
};

/** What of a measure an account has used; time is the budget's own. */
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

/** Rounded up. What is no amount at all is not known. */
function whole(amount: number | undefined): bigint | undefined {
  return amount !== undefined && amount >= 0 && Number.isFinite(amount)
    ? BigInt(Math.ceil(amount))
    : undefined;
}

/** Whole units of what the app gave in dollars, counts or ms. */
export function toUnits(measure: BudgetMeasure, amount: number): bigint {
  return BigInt(MEASURES[measure].isMoney ? picoFromUsd(amount) : Math.round(amount));
}

/** What the app is told, in dollars, counts or ms. */
export function fromUnits(measure: BudgetMeasure, units: bigint): number {
  return Number(units) / MEASURES[measure].unitsPerOne;
}
