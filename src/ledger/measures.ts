/** The measures that a budget can limit, in whole units: pico-dollars, tokens, calls, turns, ms. */
import type { BudgetMeasure } from '../errors.js';
import { type Pico, picoFromUsd } from '../money.js';
import { inputTokens, outputTokens } from '../usage/usage.js';
import type { Account, Posting } from './account.js';
import { minus, plus, type Units, unitsFromText, unitsOf } from './units.js';

/** The expected use of one call, as far as it is known in advance. */
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
  llmPico: Units = 0;
  toolPico: Units = 0;
  /** Compute, storage, network and other cost. It counts only in `usd`. */
  otherPico: Units = 0;
  tokens: Units = 0;
  llmCalls = 0;
  toolCalls = 0;
  steps = 0;

  add(other: Use): void {
    this.llmPico = plus(this.llmPico, other.llmPico);
    this.toolPico = plus(this.toolPico, other.toolPico);
    this.otherPico = plus(this.otherPico, other.otherPico);
    this.tokens = plus(this.tokens, other.tokens);
    this.llmCalls += other.llmCalls;
    this.toolCalls += other.toolCalls;
    this.steps += other.steps;
  }

  subtract(other: Use): void {
    this.llmPico = minus(this.llmPico, other.llmPico);
    this.toolPico = minus(this.toolPico, other.toolPico);
    this.otherPico = minus(this.otherPico, other.otherPico);
    this.tokens = minus(this.tokens, other.tokens);
    this.llmCalls -= other.llmCalls;
    this.toolCalls -= other.toolCalls;
    this.steps -= other.steps;
  }

  /** Subtracts, but never below 0 in any measure. */
  subtractDownToZero({ llmPico, toolPico, tokens, llmCalls, toolCalls, steps }: Use): void {
    this.llmPico = this.llmPico > llmPico ? minus(this.llmPico, llmPico) : 0;
    this.toolPico = this.toolPico > toolPico ? minus(this.toolPico, toolPico) : 0;
    this.tokens = this.tokens > tokens ? minus(this.tokens, tokens) : 0;
    this.llmCalls = Math.max(0, this.llmCalls - llmCalls);
    this.toolCalls = Math.max(0, this.toolCalls - toolCalls);
    this.steps = Math.max(0, this.steps - steps);
  }

  /** Subtracts the posted part of a call from the amounts reserved for it. */
  subtractPosted(posted: Use): void {
    this.subtractDownToZero(posted);
    // A turn is counted with its call, or when it begins.
    this.steps = 0;
  }

  of(measure: CountedMeasure): Units {
    switch (measure) {
      case 'usd':
        return plus(plus(this.llmPico, this.toolPico), this.otherPico);
      case 'llmUsd':
        return this.llmPico;
      case 'toolUsd':
        return this.toolPico;
      default:
        return this[measure];
    }
  }

  /** A short form for tables with many rows: one string takes a third of the memory. */
  toText(): string {
    return KEYS.map((key) => this[key]).join(' ');
  }

  static fromText(text: string): Use {
    const use = new Use();
    const [llmPico = 0, toolPico = 0, otherPico = 0, tokens = 0, ...counts] = text
      .split(' ')
      .map(unitsFromText);
    Object.assign(use, { llmPico, toolPico, otherPico, tokens });
    [use.llmCalls = 0, use.toolCalls = 0, use.steps = 0] = counts.map(Number);
    return use;
  }

  get isZero(): boolean {
    // Units compare by value.
    return COUNTED.every((measure) => this.of(measure) === 0);
  }
}

/** In the order of the short form. */
const KEYS = ['llmPico', 'toolPico', 'otherPico', 'tokens', 'llmCalls', 'toolCalls', 'steps'] as const;

const COUNTED = ['usd', 'tokens', 'llmCalls', 'toolCalls', 'steps'] as const;

/** The use of a bill. */
export function useOfPosting({ kind, pico = 0, tokens, llmCalls, toolCalls }: Posting): Use {
  const use = new Use();
  if (kind === 'llm') use.llmPico = unitsOf(pico);
  else if (kind === 'tool') use.toolPico = unitsOf(pico);
  else use.otherPico = unitsOf(pico);
  if (tokens !== undefined) use.tokens = inputTokens(tokens) + outputTokens(tokens);
  use.llmCalls = llmCalls;
  use.toolCalls = toolCalls;
  return use;
}

/** The use of an account so far. */
export function useOfAccount(account: Account): Use {
  const use = new Use();
  use.llmPico = account.llm.toUnits();
  use.toolPico = account.tool.toUnits();
  use.otherPico = plus(account.compute.toUnits(), account.other.toUnits());
  use.tokens = account.inputTokens + account.outputTokens;
  use.llmCalls = account.llmCalls;
  use.toolCalls = account.toolCalls;
  use.steps = account.steps;
  return use;
}

/** The amount of one measure that an account has used. */
export function spentIn(account: Account, measure: CountedMeasure): Units {
  switch (measure) {
    case 'usd':
      return account.totalUnits;
    case 'llmUsd':
      return account.llm.toUnits();
    case 'toolUsd':
      return account.tool.toUnits();
    case 'tokens':
      return account.inputTokens + account.outputTokens;
    default:
      return account[measure];
  }
}

/** A demand in whole units. An amount that is not a valid number counts as unknown. */
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
  private readonly knowsFirmMoney: boolean;
  private readonly knowsFirmTokens: boolean;

  constructor({ kind, isBillable, hasPrice, pico, tokens, firmPico, firmTokens, steps }: Demand) {
    this.kind = kind;
    this.isBillable = isBillable && kind !== 'step';
    this.hasPrice = hasPrice;
    const money = whole(pico);
    const size = whole(tokens);
    this.knowsMoney = money !== undefined;
    this.knowsTokens = size !== undefined;
    this.knowsFirmMoney = whole(firmPico) !== undefined;
    this.knowsFirmTokens = whole(firmTokens) !== undefined;
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

  /** True if every estimate is certain. */
  get isSure(): boolean {
    return (!this.isBillable || this.isFirm('usd')) && (this.kind !== 'llm' || this.isFirm('tokens'));
  }

  /** True if all of the estimate is certain. A learned amount of 0 is not. */
  isFirm(measure: CountedMeasure): boolean {
    if (isMoney(measure) && !this.knowsFirmMoney) return false;
    if (measure === 'tokens' && !this.knowsFirmTokens) return false;
    return this.use.of(measure) === this.firm.of(measure);
  }

  knows(measure: CountedMeasure): boolean {
    if (measure === 'tokens') return this.knowsTokens;
    return !isMoney(measure) || this.knowsMoney;
  }
}

function fill(
  use: Use,
  { kind, isBillable }: Needs,
  pico: Units | undefined,
  tokens: Units | undefined,
  steps: number,
): void {
  if (isBillable && pico !== undefined) {
    if (kind === 'llm') use.llmPico = pico;
    else use.toolPico = pico;
  }
  if (kind === 'llm') {
    use.llmCalls = 1;
    use.tokens = tokens ?? 0;
  } else if (kind === 'tool') use.toolCalls = 1;
  use.steps = steps > 0 ? 1 : 0;
}

/** Rounded up. Undefined when it is not a valid amount. */
function whole(amount: number | undefined): Units | undefined {
  return amount !== undefined && amount >= 0 && Number.isFinite(amount)
    ? unitsOf(Math.ceil(amount))
    : undefined;
}

/** Converts the app's dollars, counts or ms to whole units. */
export function toUnits(measure: BudgetMeasure, amount: number): Units {
  return unitsOf(isMoney(measure) ? picoFromUsd(amount) : Math.round(amount));
}

/** Converts whole units to the app's dollars, counts or ms. */
export function fromUnits(measure: BudgetMeasure, units: Units): number {
  return Number(units) / (isMoney(measure) ? PICO_PER_USD : 1);
}
