/** The reservation of a call in every budget around it while it runs, or the reason why it has none. */
import type { BudgetExceededError, BudgetWait } from '../errors.js';
import type { Budget } from './budget.js';
import type { OnStoreDown } from './budget-options.js';
import type { CallInFlight, Hold } from './hold.js';
import { Limit } from './limit.js';
import { Use } from './measures.js';
import type { Units } from './units.js';
import { type Kept, keepUnknown } from './unknown-cost.js';

/** The reservation of one call in flight. */
export class Reservation implements CallInFlight {
  waitingInside = 0;
  /** True until the call has ended or has been given up. */
  isOpen = true;
  /**
   * True if the work has returned a stream, or a promise that starts when it is awaited. The app may never read either.
   */
  isUnread = false;
  /** True if a call that is part of this LLM call has ended with unknown cost. */
  isUnknownInside = false;
  /** The policy that decided in place of the store of a shared budget. Undefined: the store did. */
  onStoreDown: OnStoreDown | undefined;
  private wasKept = false;

  constructor(
    readonly name: string,
    readonly budgets: readonly Budget[],
    /** One for each budget. */
    private readonly holds: readonly Hold[],
    private around: Reservation | undefined,
    private isCovered: boolean,
  ) {}

  /**
   * The nearest enclosing reservation that is still open. Closed ones are dropped, because chains of such calls
   * have no end.
   */
  get outer(): Reservation | undefined {
    while (this.around !== undefined && !this.around.isOpen) {
      this.isCovered &&= this.around.isCovered;
      this.around = this.around.around;
    }
    return this.around;
  }

  /** True if it reserves room in a budget that outlives all scopes around the call. */
  get holdsLasting(): boolean {
    return this.isOpen && this.budgets.some(({ isLasting }) => isLasting);
  }

  /** The ids of its holds in stores of shared budgets. */
  get storeIds(): readonly string[] {
    return this.holds.flatMap(({ isOpen, shared }) =>
      isOpen && shared?.id !== undefined ? [shared.id] : [],
    );
  }

  /** Its hold in a budget, in flight or ended, or that of the nearest enclosing call. */
  holdIn(budget: Budget): Hold | undefined {
    for (let at: Reservation | undefined = this; at !== undefined; at = at.outer) {
      const hold = at.ownHoldIn(budget);
      if (hold !== undefined) return hold;
    }
    return undefined;
  }

  ownHoldIn(budget: Budget): Hold | undefined {
    return this.holds[this.budgets.indexOf(budget)];
  }

  /** The amounts reserved by open LLM calls of which a call inside them is a part. Undefined when there are none. */
  coveringIn(budget: Budget): Use | undefined {
    let sum: Use | undefined;
    for (let at: Reservation | undefined = this; at !== undefined; at = at.coveredBy) {
      const hold = at.ownHoldIn(budget);
      if (hold === undefined || !hold.isOpen) continue;
      sum ??= new Use();
      sum.add(hold.reserved);
    }
    return sum;
  }

  /** Called before the cost of a given-up call is posted, so that its reservation and its cost never count together. */
  dropKept(): void {
    for (const hold of this.holds) hold.dropKept();
  }

  /** Releases the reservation. The call's cost must have been posted before. A second call does nothing. */
  release(): void {
    this.isOpen = false;
    this.holds.forEach((hold, at) => {
      this.budgets[at]?.release(hold);
    });
  }

  /**
   * Ends the reservation of a call whose cost is unknown, or known only in part: `posted`. The rest stays booked in the
   * budgets until `release`. Returns its effect on each budget; a second time, none. A call that is part of an open LLM call
   * leaves this to that call.
   */
  keep(posted?: Use): readonly Kept[] {
    const { coveredBy } = this;
    if (coveredBy !== undefined) {
      coveredBy.isUnknownInside = true;
      this.release();
      return [];
    }
    this.isOpen = false;
    const kept = this.budgets.flatMap((budget, at) => {
      const hold = this.holds[at];
      return hold === undefined ? [] : keepUnknown(budget, hold, posted);
    });
    const isFirst = !this.wasKept;
    this.wasKept = true;
    return isFirst ? kept : [];
  }

  private get coveredBy(): Reservation | undefined {
    const { outer } = this;
    return this.isCovered ? outer : undefined;
  }
}

/** The reason why a call is refused, or has to wait. */
export class Refusal {
  /** Set when the call has waited in vain. */
  wait: BudgetWait | undefined;
  /** The store of a shared budget could not be asked. */
  isStoreDown = false;

  constructor(
    readonly budget: Budget,
    readonly limit: Limit,
    /** True if the call would fit after calls in flight have released their reservations. */
    readonly mayClear: boolean,
    /** True if it has to wait only because this call, or one in flight, has no estimate that is certain. */
    readonly isForWantOfEstimate: boolean,
    readonly estimate: Units | undefined,
    private readonly reason: string,
    /** A call in flight that holds all that is left. */
    readonly blocker?: Hold,
  ) {}

  /** `reason`: why the store of the budget could not be asked. */
  static storeDown(budget: Budget, reason: string): Refusal {
    const counted = budget.limits.find(({ measure }) => measure !== 'wallMillis');
    // Every shared budget has one.
    const limit = counted ?? new Limit('usd', 'total', 0);
    const refusal = new Refusal(budget, limit, false, false, undefined, reason);
    refusal.isStoreDown = true;
    return refusal;
  }

  error(): BudgetExceededError {
    const { budget, limit, estimate, reason, wait, isStoreDown } = this;
    return budget.error(limit, estimate, reason, wait, isStoreDown);
  }
}
