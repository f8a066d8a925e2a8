/**
 * The hold of one call in one budget: the amounts reserved while the call runs, and the amounts that stay booked if its
 * cost stays unknown.
 */
import { type CountedMeasure, isMoney, type Needs, Use } from './measures.js';
import type { Period } from './period.js';
import type { SharedHold } from './shared-use.js';
import type { Units } from './units.js';

const NONE: readonly Period[] = [];

/** A call that was admitted and has not ended. It has no reference to the app's objects. */
export interface CallInFlight {
  /** The name of its span, for error messages. */
  readonly name: string;
  /** The number of calls inside it that wait for room. */
  waitingInside: number;
}

export class Hold {
  /** The periods in which it was reserved. It is booked in these, whenever it ends. */
  periods: readonly Period[] = NONE;
  isOpen = true;
  /** The amounts reserved while the call runs: less than its needs if an enclosing LLM call has reserved for both. */
  readonly reserved: Use;
  /** Its hold in the store, if the budget is shared. */
  shared: SharedHold | undefined;
  private kept: Use | undefined;

  constructor(
    readonly call: CallInFlight,
    readonly needs: Needs,
    /** Holds all the money that is left, and not the amount of an estimate. */
    readonly isAloneInMoney: boolean,
    readonly isAloneInTokens: boolean,
    covering?: Use,
  ) {
    const isPlain = !isAloneInMoney && !isAloneInTokens && covering === undefined;
    this.reserved = isPlain ? needs.use : this.countsAndEstimates(covering);
  }

  /** Begins to count. */
  enter(periods: readonly Period[]): void {
    this.periods = periods;
    for (const period of periods) this.count(period, 1);
  }

  isAloneIn(measure: CountedMeasure): boolean {
    if (!this.needs.uses(measure)) return false;
    return measure === 'tokens' ? this.isAloneInTokens : this.isAloneInMoney && isMoney(measure);
  }

  /** The amount that it reserves in a limit. 0 when it holds all that is left. */
  amountIn(measure: CountedMeasure): Units {
    return this.isOpen ? this.reserved.of(measure) : 0;
  }

  /** Releases everything. The cost of the call has been posted. */
  release(): void {
    this.free();
    this.shared?.release();
  }

  /** Removes the amount booked in place of the cost, because the cost is about to be posted. */
  dropKept(): void {
    if (this.kept === undefined) return;
    this.free();
    this.shared?.dropKept();
  }

  /** Stops holding room, and books an amount in its place. */
  keep(use: Use): void {
    this.free();
    this.kept = use;
    for (const { kept } of this.periods) kept.add(use);
    this.shared?.keep(use);
  }

  private free(): void {
    this.stop();
    if (this.kept === undefined) return;
    for (const { kept } of this.periods) kept.subtract(this.kept);
    this.kept = undefined;
  }

  private stop(): void {
    if (!this.isOpen) return;
    for (const period of this.periods) this.count(period, -1);
    this.isOpen = false;
  }

  private count(period: Period, step: 1 | -1): void {
    const { needs, reserved } = this;
    if (step === 1) period.reserved.add(reserved);
    else period.reserved.subtract(reserved);
    period.holders.count(needs, needs.isBillable, needs.kind === 'llm', step);
    if (!needs.isSure)
      period.unsure.count(
        needs,
        needs.isBillable && !needs.isFirm('usd'),
        needs.kind === 'llm' && !needs.isFirm('tokens'),
        step,
      );
    if (reserved === needs.use) return;
    period.alone.count(needs, this.isAloneInMoney && needs.isBillable, this.isAloneInTokens, step);
  }

  /** The needs without the parts in which the call holds all that is left, and those that an enclosing call covers. */
  private countsAndEstimates(covering: Use | undefined): Use {
    const use = new Use();
    use.add(this.needs.use);
    if (covering !== undefined) use.subtractDownToZero(covering);
    if (this.isAloneInMoney) {
      use.llmPico = 0;
      use.toolPico = 0;
    }
    if (this.isAloneInTokens) use.tokens = 0;
    return use;
  }
}
