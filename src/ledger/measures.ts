/**
 * The measures that a budget can limit, in whole units: pico-dollars, tokens, calls, turns, ms. Bigints cannot be
 * NaN.
 */
import type { BudgetMeasure } from '../errors.js';
import { type Pico, picoFromUsd, type UsdSum } from '../money.js';
import { inputTokens, outputTokens } from '../usage/usage.js';
import type { Account, Posting } from './account.js';

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
  /**
   * The part of `pico` that is certain enough to refuse a call: explicit, declared or sized. Undefined: all of `pico`
   * is learned from earlier calls.
   */
  firmPico: Pico | undefined;
  /** The same for `tokens`. */
  firmTokens: number | undefined;
  /** The agent-loop turns that it counts as. */
  steps: number;
}

/** The measures that an account counts. Time is kept by the budget itself. */
export type CountedMeasure = Exclude<BudgetMeasure, 'wallMillis'>;

const PICO_PER_USD = 1e12;

export function isMoney(measure: BudgetMeasure): boolean {
  return measure === 'usd' || measure === 'llmUsd' || measure === 'toolUsd';
}

/** Whole units of every measure: of one call, or summed over calls. */
export class Use {
  llmPico = 0n;
  toolPico = 0n;
  /** Compute, storage, network and other cost: in `usd` alone. */
  otherPico = 0n;
  tokens = 0n;
  llmCalls = 0;
  toolCalls = 0;
  steps = 0;

  add(other: Use): void {
    // Most parts are 0, and adding bigints costs more than comparing them.
    if (other.llmPico !== 0n) this.llmPico += other.llmPico;
    if (other.toolPico !== 0n) this.toolPico += other.toolPico;
    if (other.otherPico !== 0n) this.otherPico += other.otherPico;
    if (other.tokens !== 0n) this.tokens += other.tokens;
    this.llmCalls += other.llmCalls;
    this.toolCalls += other.toolCalls;
    this.steps += other.steps;
  }

  subtract(other: Use): void {
    if (other.llmPico !== 0n) this.llmPico -= other.llmPico;
    if (other.toolPico !== 0n) this.toolPico -= other.toolPico;
    if (other.otherPico !== 0n) this.otherPico -= other.otherPico;
    if (other.tokens !== 0n) this.tokens -= other.tokens;
    this.llmCalls -= other.llmCalls;
    this.toolCalls -= other.toolCalls;
    this.steps -= other.steps;
  }

  /** Subtracts, but never below 0 in any measure. */
  subtractDownToZero(other: Use): void {
    this.llmPico = this.llmPico > other.llmPico ? this.llmPico - other.llmPico : 0n;
    this.toolPico = this.toolPico > other.toolPico ? this.toolPico - other.toolPico : 0n;
    this.otherPico = this.otherPico > other.otherPico ? this.otherPico - other.otherPico : 0n;
    this.tokens = this.tokens > other.tokens ? this.tokens - other.tokens : 0n;
    this.llmCalls = Math.max(0, this.llmCalls - other.llmCalls);
    this.toolCalls = Math.max(0, this.toolCalls - other.toolCalls);
    this.steps = Math.max(0, this.steps - other.steps);
  }

  addMoney(kind: Demand['kind'], pico: bigint): void {
    if (kind === 'llm') this.llmPico += pico;
    else this.toolPico += pico;
  }

  get isZero(): boolean {
    return this.of('usd') + this.tokens === 0n && this.llmCalls + this.toolCalls + this.steps === 0;
  }

  of(measure: CountedMeasure): bigint {
    switch (measure) {
      case 'usd':
        return this.llmPico + this.toolPico + this.otherPico;
      case 'llmUsd':
        return this.llmPico;
      case 'toolUsd':
        return this.toolPico;
      case 'tokens':
        return this.tokens;
      default:
        return BigInt(this[measure]);
    }
  }
}

/** The use of a bill. */
export function useOfPosting({ kind, pico = 0, tokens, llmCalls, toolCalls }: Posting): Use {
  const use = new Use();
  if (kind === 'llm') use.llmPico = BigInt(pico);
  else if (kind === 'tool') use.toolPico = BigInt(pico);
  else use.otherPico = BigInt(pico);
  if (tokens !== undefined) use.tokens = BigInt(inputTokens(tokens) + outputTokens(tokens));
  use.llmCalls = llmCalls;
  use.toolCalls = toolCalls;
  return use;
}

/** The use of an account so far. */
export function useOfAccount(account: Account): Use {
  const use = new Use();
  use.llmPico = unitsOf(account.llm);
  use.toolPico = unitsOf(account.tool);
  use.otherPico = unitsOf(account.compute) + unitsOf(account.other);
  use.tokens = BigInt(account.inputTokens + account.outputTokens);
  use.llmCalls = account.llmCalls;
  use.toolCalls = account.toolCalls;
  use.steps = account.steps;
  return use;
}

/** The amount of one measure that an account has used. */
export function spentIn(account: Account, measure: CountedMeasure): bigint {
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

/** A demand in whole units. An amount that is no valid number counts as unknown. */
export class Needs {
  readonly use = new Use();
  /** The part that is certain enough to refuse the call. */
  readonly firm: Use;
  readonly kind: Demand['kind'];
  readonly isBillable: boolean;
  readonly hasPrice: boolean;
  /** False without an estimate of the cost: the call then holds all the money that is left. */
  readonly knowsMoney: boolean;
  readonly knowsTokens: boolean;

  constructor({ kind, isBillable, hasPrice, pico, tokens, firmPico, firmTokens, steps }: Demand) {
    this.kind = kind;
    this.isBillable = isBillable && kind !== 'step';
    this.hasPrice = hasPrice;
    const money = whole(pico);
    const size = whole(tokens);
    this.knowsMoney = money !== undefined;
    this.knowsTokens = size !== undefined;
    const isFirm = firmPico === pico && (firmTokens === tokens || kind !== 'llm');
    fill(this.use, this, money, size, steps);
    this.firm = isFirm ? this.use : new Use();
    if (!isFirm) fill(this.firm, this, whole(firmPico), whole(firmTokens), steps);
  }

  /** True for a measure that the call uses. */
  uses(measure: CountedMeasure): boolean {
    switch (measure) {
      case 'usd':
        return this.isBillable;
      case 'llmUsd':
        return this.isBillable && this.kind === 'llm';
      case 'toolUsd':
        return this.isBillable && this.kind === 'tool';
      case 'tokens':
        return this.kind === 'llm';
      default:
        return this.use[measure] > 0;
    }
  }

  knows(measure: CountedMeasure): boolean {
    if (measure === 'tokens') return this.knowsTokens;
    return !isMoney(measure) || this.knowsMoney;
  }
}

function fill(
  use: Use,
  { kind, isBillable }: Needs,
  pico: bigint | undefined,
  tokens: bigint | undefined,
  steps: number,
): void {
  if (isBillable && pico !== undefined) {
    if (kind === 'llm') use.llmPico = pico;
    else use.toolPico = pico;
  }
  if (kind === 'llm') {
    use.llmCalls = 1;
    use.tokens = tokens ?? 0n;
  } else if (kind === 'tool') use.toolCalls = 1;
  use.steps = steps > 0 ? 1 : 0;
}

/** Rounded up. Undefined when it is not a valid amount. */
function whole(amount: number | undefined): bigint | undefined {
  return amount !== undefined && amount >= 0 && Number.isFinite(amount)
    ? BigInt(Math.ceil(amount))
    : undefined;
}

/** Converts the app's dollars, counts or ms to whole units. */
export function toUnits(measure: BudgetMeasure, amount: number): bigint {
  return BigInt(isMoney(measure) ? picoFromUsd(amount) : Math.round(amount));
}

/** Converts whole units to the app's dollars, counts or ms. */
export function fromUnits(measure: BudgetMeasure, units: bigint): number {
  return Number(units) / (isMoney(measure) ? PICO_PER_USD : 1);
}
