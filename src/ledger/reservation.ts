/** Room held in every budget around a call while it runs: all or nothing. */
import type { BudgetExceededError } from '../errors.js';
import type { Budget, Limit } from './budget.js';
import { type Demand, fromUnits, MEASURES } from './measures.js';

/** What a call asks for before it runs. */
export interface Request {
  budgets: readonly Budget[];
  /** Asked each time it is looked for room: meanwhile, equal calls may have shown what one costs. */
  demand: () => Demand;
  /** What the call around this one holds. */
  around?: Reservation | undefined;
  /** This call is part of the LLM call around it, and what that one holds is meant for both. */
  isCovered?: boolean;
  /** It had no estimate when it came: it has one since, and runs alone all the same. */
  runsAlone?: boolean;
}

interface Held {
  readonly budget: Budget;
  readonly limit: Limit;
  /** Undefined: no estimate, so that it holds whatever room there is as long as it runs. */
  readonly amount: bigint | undefined;
}

/** What one call in flight holds. */
export class Reservation {
  private isOpen = true;

  constructor(
    private readonly held: readonly Held[],
    private around: Reservation | undefined,
    private isCovered: boolean,
  ) {}

  /** The nearest around that still holds something. What has ended is let go: chains of such calls have no end. */
  private get outer(): Reservation | undefined {
    while (this.around !== undefined && !this.around.isOpen) {
      this.isCovered &&= this.around.isCovered;
      this.around = this.around.around;
    }
    return this.around;
  }

  /** Something is held of a budget that goes on when everything around the call has ended. */
  get holdsLasting(): boolean {
    return this.openHeld.some(({ budget }) => budget.isLasting);
  }

  /** How many of this call and those around it hold the whole rest of a limit: for what runs inside them too. */
  restsIn(limit: Limit): number {
    let rests = 0;
    for (let at: Reservation | undefined = this; at !== undefined; at = at.outer) {
      for (const held of at.openHeld) if (held.limit === limit && held.amount === undefined) rests += 1;
    }
    return rests;
  }

  /** What LLM calls hold of a limit that a call inside them is part of. */
  coveringIn(limit: Limit): bigint {
    let sum = 0n;
    for (let at: Reservation | undefined = this; at !== undefined; at = at.coveredBy) {
      for (const held of at.openHeld) if (held.limit === limit) sum += held.amount ?? 0n;
    }
    return sum;
  }

  /** Gives back what is held; what the call cost is posted by then. A second time it does nothing. */
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

/** Why a call may not be made. */
export class Refusal {
  constructor(
    readonly budget: Budget,
    readonly limit: Limit,
    /** It would fit once calls in flight have given back what they hold. */
    readonly mayClear: boolean,
    /** A call in flight has no estimate and runs alone: nothing says yet that there is no room beside it. */
    readonly isForWantOfEstimate: boolean,
    readonly estimate: bigint | undefined,
    private readonly reason: string,
  ) {}

  error(): BudgetExceededError {
    return this.budget.error(this.limit, this.estimate, this.reason);
  }
}

/** Holds what a call needs in every budget that enforces its limits, or in none. */
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
  // Without an estimate, or with one of 0, it needs some room at least.
  if ((need || 1n) > roomFor(limit, request, left)) {
    return refuse(true, `calls in flight hold the room that ${describe(limit, need)} needs`);
  }
  return { budget, limit, amount: request.runsAlone ? undefined : need };
}

/** What a call may still reserve: nothing while another holds the whole rest, unless it runs inside that one. */
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
