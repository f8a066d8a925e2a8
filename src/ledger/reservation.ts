/** Reserves room in every budget around a call while it runs: in all of them, or in none. */
import type { BudgetExceededError } from '../errors.js';
import type { Budget, Limit } from './budget.js';
import { type Demand, fromUnits, MEASURES } from './measures.js';

/** A call's request for room before it runs. */
export interface Request {
  budgets: readonly Budget[];
  /** Called on every attempt to reserve, because equal calls may meanwhile have shown what one costs. */
  demand: () => Demand;
  /** The reservation of the enclosing call. */
  around?: Reservation | undefined;
  /** True if this call is part of the enclosing LLM call, whose reservation covers both. */
  isCovered?: boolean;
  /** True if the call had no estimate when it arrived. It runs alone even if it has one by now. */
  runsAlone?: boolean;
}

interface Held {
  readonly budget: Budget;
  readonly limit: Limit;
  /** Undefined without an estimate: the call then reserves all remaining room while it runs. */
  readonly amount: bigint | undefined;
}

/** The reservation of one call in flight. */
export class Reservation {
  private isOpen = true;

  constructor(
    private readonly held: readonly Held[],
    private around: Reservation | undefined,
    private isCovered: boolean,
  ) {}

  /**
   * The nearest enclosing reservation that is still open. Closed ones are dropped, because chains of such calls
   * have no end.
   */
  private get outer(): Reservation | undefined {
    while (this.around !== undefined && !this.around.isOpen) {
      this.isCovered &&= this.around.isCovered;
      this.around = this.around.around;
    }
    return this.around;
  }

  /** True if it reserves room in a budget that outlives all scopes around the call. */
  get holdsLasting(): boolean {
    return this.openHeld.some(({ budget }) => budget.isLasting);
  }

  /**
   * The number of reservations of the whole rest of a limit, by this call and its enclosing calls. They do not
   * block calls that run inside them.
   */
  restsIn(limit: Limit): number {
    let rests = 0;
    for (let at: Reservation | undefined = this; at !== undefined; at = at.outer) {
      for (const held of at.openHeld) if (held.limit === limit && held.amount === undefined) rests += 1;
    }
    return rests;
  }

  /** The amount reserved in a limit by LLM calls of which a call inside them is a part. */
  coveringIn(limit: Limit): bigint {
    let sum = 0n;
    for (let at: Reservation | undefined = this; at !== undefined; at = at.coveredBy) {
      for (const held of at.openHeld) if (held.limit === limit) sum += held.amount ?? 0n;
    }
    return sum;
  }

  /** Releases the reservation. The call's cost must have been posted before. A second call does nothing. */
  release(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const { limit, amount } of this.held) {
      if (amount === undefined) limit.rests -= 1;
      else limit.reserved -= amount;
    }
    const budgets = new Set(this.held.map(({ budget }) => budget));
    for (const budget of budgets) budget.wake();
  }

  private get coveredBy(): Reservation | undefined {
    const { outer } = this;
    return this.isCovered ? outer : undefined;
  }

  private get openHeld(): readonly Held[] {
    return this.isOpen ? this.held : [];
  }
}

/** The reason why a call is refused. */
export class Refusal {
  constructor(
    readonly budget: Budget,
    readonly limit: Limit,
    /** True if the call would fit after calls in flight have released their reservations. */
    readonly mayClear: boolean,
    /** True if a call in flight has no estimate and runs alone, so it is unknown whether there is room beside it. */
    readonly isForWantOfEstimate: boolean,
    readonly estimate: bigint | undefined,
    private readonly reason: string,
  ) {}

  error(): BudgetExceededError {
    return this.budget.error(this.limit, this.estimate, this.reason);
  }
}

/** Reserves the amounts a call needs in every budget that enforces its limits, or in none. */
export function reserve(request: Request): Reservation | Refusal {
  const held: Held[] = [];
  const demand = request.demand();
  for (const budget of request.budgets) {
    if (!budget.isEnforced) continue;
    for (const limit of budget.limits) {
      const outcome = roomIn(budget, limit, demand, request);
      if (outcome instanceof Refusal) return outcome;
      if (outcome !== undefined) held.push(outcome);
    }
  }
  for (const { limit, amount } of held) {
    if (amount === undefined) limit.rests += 1;
    else limit.reserved += amount;
  }
  return new Reservation(held, request.around, request.isCovered === true);
}

function roomIn(budget: Budget, limit: Limit, demand: Demand, request: Request): Held | Refusal | undefined {
  const measure = MEASURES[limit.measure];
  const need = measure.need(demand);
  if (need === 'none') return undefined;
  const isForWantOfEstimate = othersHoldRest(limit, request);
  const refuse = (mayClear: boolean, reason: string) =>
    new Refusal(budget, limit, mayClear, isForWantOfEstimate, need, reason);
  if (measure.isMoney && !demand.hasPrice && budget.terms.unknownPrice === 'refuse') {
    return refuse(false, 'the call has no known price, which this budget does not allow');
  }
  const left = limit.most - budget.spent(limit);
  if (left <= 0n) return refuse(false, 'the limit has been reached');
  if (need !== undefined && need > left) return refuse(false, `${describe(limit, need)} does not fit`);
  // A call without an estimate, or with one of 0, needs at least some room.
  if ((need || 1n) > roomFor(limit, request, left)) {
    return refuse(true, `calls in flight hold the room that ${describe(limit, need)} needs`);
  }
  return { budget, limit, amount: request.runsAlone ? undefined : need };
}

/**
 * The room that a call may still reserve. There is none while another call has reserved the whole rest, unless this
 * call runs inside that one.
 */
function roomFor(limit: Limit, { around, isCovered }: Request, left: bigint): bigint {
  if (othersHoldRest(limit, { around })) return -1n;
  const covering = isCovered && around !== undefined ? around.coveringIn(limit) : 0n;
  return left - limit.reserved + covering;
}

function othersHoldRest(limit: Limit, { around }: Pick<Request, 'around'>): boolean {
  return limit.rests > (around?.restsIn(limit) ?? 0);
}

function describe(limit: Limit, need: bigint | undefined): string {
  if (need !== undefined) return `an estimate of ${fromUnits(limit.measure, need)}`;
  return 'a call without an estimate, which has to run alone (declare its price or estimateUsd),';
}
