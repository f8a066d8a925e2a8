/** Reserves room in every budget around a call while it runs: in all of them, or in none. */
import type { BudgetExceededError, BudgetWait } from '../errors.js';
import type { Budget } from './budget.js';
import { type CallInFlight, Hold } from './hold.js';
import type { Limit } from './limit.js';
import { type CountedMeasure, type Demand, fromUnits, isMoney, Needs, type Use } from './measures.js';
import { minus, plus, type Units } from './units.js';
import { keepUnknown } from './unknown-cost.js';
import type { InLine } from './waiting-line.js';

/** A call's request for room before it runs. */
export interface Request {
  /** The name of the call's span. */
  name?: string;
  budgets: readonly Budget[];
  /** Called on every attempt to reserve, because equal calls may meanwhile have shown what one costs. */
  demand: () => Demand;
  /** The reservation of the enclosing call. */
  around?: Reservation | undefined;
  /** True if this call is part of the enclosing LLM call, whose reservation covers both. */
  isCovered?: boolean;
  /** True if the call can wait: its work is known to return a promise. */
  canWait?: boolean;
  /** The call while it waits. */
  inLine?: InLine;
}

/** The reservation of one call in flight. */
export class Reservation implements CallInFlight {
  waitingInside = 0;
  /** True until the call has ended, or has been given up. */
  isOpen = true;
  /** True if the work has returned a stream, or a promise that starts when it is awaited: the app may never read it. */
  isUnread = false;
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

  /** The amount reserved in a limit by LLM calls of which a call inside them is a part. */
  coveringIn(budget: Budget, measure: CountedMeasure): Units {
    let sum: Units = 0;
    for (let at: Reservation | undefined = this; at !== undefined; at = at.coveredBy) {
      sum = plus(sum, at.ownHoldIn(budget)?.amountIn(measure) ?? 0);
    }
    return sum;
  }

  /** Called before the cost of a call is posted that was given up, so that the two never count together. */
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
   * budgets until `release`. Returns the budgets in which nothing could be booked; a second time, none. A call that is part
   * of an open LLM call leaves this to that call.
   */
  keep(posted?: Use): readonly Budget[] {
    if (this.coveredBy !== undefined) {
      this.release();
      return [];
    }
    this.isOpen = false;
    const blind = this.budgets.filter((budget, at) => {
      const hold = this.holds[at];
      return hold !== undefined && !keepUnknown(budget, hold, posted);
    });
    const isFirst = !this.wasKept;
    this.wasKept = true;
    return isFirst ? blind : [];
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

  error(): BudgetExceededError {
    return this.budget.error(this.limit, this.estimate, this.reason, this.wait);
  }
}

/** Reserves the amounts a call needs in every budget around it, or in none. Only enforced budgets can refuse. */
export function reserve(request: Request): Reservation | Refusal {
  const needs = new Needs(request.demand());
  let wait: Refusal | undefined;
  const alone = { money: !needs.knowsMoney, tokens: needs.kind === 'llm' && !needs.knowsTokens };
  for (const budget of request.budgets) {
    if (!budget.isEnforced) continue;
    for (const limit of budget.limits) {
      const verdict = judge(budget, limit, needs, request);
      if (verdict === 'fits') continue;
      if (verdict === 'alone') alone[limit.measure === 'tokens' ? 'tokens' : 'money'] = true;
      // No wait helps against a limit of another budget that is used up.
      else if (!verdict.mayClear) return verdict;
      else wait ??= verdict;
    }
  }
  return wait ?? admit(request, needs, alone);
}

function admit(request: Request, needs: Needs, alone: { money: boolean; tokens: boolean }): Reservation {
  const { name = needs.kind, budgets, around, isCovered = false, inLine } = request;
  const holds: Hold[] = [];
  const reservation = new Reservation(name, budgets, holds, around, isCovered);
  for (const budget of budgets) {
    const hold = new Hold(reservation, needs, alone.money, alone.tokens);
    holds.push(hold);
    budget.enter(hold);
    budget.line.noteAdmitted(inLine);
  }
  return reservation;
}

type Verdict = 'fits' | 'alone' | Refusal;

function judge(budget: Budget, limit: Limit, needs: Needs, request: Request): Verdict {
  const { measure } = limit;
  if (measure !== 'wallMillis' && !needs.uses(measure)) return 'fits';
  const left = minus(limit.most, budget.spent(limit));
  if (left <= 0) return refuse(budget, limit, needs, 'the limit has been reached');
  // Time passes for all calls at once, so each needs only that some is left.
  if (measure === 'wallMillis') return 'fits';
  if (isMoney(measure) && !needs.hasPrice && budget.terms.unknownPrice === 'refuse') {
    return refuse(budget, limit, needs, 'the call has no known price, which this budget does not allow');
  }
  const firm = needs.firm.of(measure);
  if (firm > left) return refuse(budget, limit, needs, `${describe(limit, firm)} does not fit`);
  return roomIn(budget, limit, measure, needs, request, left);
}

function roomIn(
  budget: Budget,
  limit: Limit,
  measure: CountedMeasure,
  needs: Needs,
  request: Request,
  left: Units,
): Verdict {
  const { around } = request;
  const period = budget.periodOf(limit);
  const chain = around === undefined ? NO_CHAIN : chainIn(budget, measure, around);
  if (period.alone.of(measure) > chain.alone) {
    return wait(budget, limit, needs, true, aloneIn(budget, measure, around));
  }
  const { first } = budget.line;
  if (first !== undefined && first !== request.inLine && request.canWait && chain.holders === 0) {
    return wait(budget, limit, needs, true);
  }
  let room = minus(left, period.reserved.of(measure));
  if (request.isCovered && around !== undefined) room = plus(room, around.coveringIn(budget, measure));
  const need = needs.use.of(measure);
  // A call without an estimate, or with one of 0, needs at least some room.
  if (room >= 1 && need <= room) return 'fits';
  if (needs.knows(measure) && need === needs.firm.of(measure)) return wait(budget, limit, needs, false);
  const others = period.holders.of(measure) - chain.holders;
  return others === 0 || allWait(budget, measure, around) ? 'alone' : wait(budget, limit, needs, true);
}

function refuse(budget: Budget, limit: Limit, needs: Needs, reason: string): Refusal {
  return new Refusal(budget, limit, false, false, estimateIn(limit, needs), reason);
}

function wait(
  budget: Budget,
  limit: Limit,
  needs: Needs,
  isForWantOfEstimate: boolean,
  blocker?: Hold,
): Refusal {
  const estimate = estimateIn(limit, needs);
  const reason = `calls in flight hold the room that ${describe(limit, estimate)} needs`;
  return new Refusal(budget, limit, true, isForWantOfEstimate, estimate, reason, blocker);
}

function estimateIn({ measure }: Limit, needs: Needs): Units | undefined {
  if (measure === 'wallMillis') return 0;
  return needs.knows(measure) ? needs.use.of(measure) : undefined;
}

/** How many of the enclosing calls hold money or tokens in a limit. They do not block calls that run inside them. */
interface Chain {
  holders: number;
  alone: number;
}

const NO_CHAIN: Chain = { holders: 0, alone: 0 };

function chainIn(budget: Budget, measure: CountedMeasure, around: Reservation): Chain {
  let holders = 0;
  let alone = 0;
  for (let at: Reservation | undefined = around; at !== undefined; at = at.outer) {
    const hold = at.ownHoldIn(budget);
    if (!hold?.isOpen || !hold.needs.uses(measure)) continue;
    holders += 1;
    if (hold.isAloneIn(measure)) alone += 1;
  }
  return { holders, alone };
}

/**
 * True if every other call in flight waits for a call inside it to be let in, so that nothing would ever end. Asked only
 * inside a call.
 */
function allWait(budget: Budget, measure: CountedMeasure, around: Reservation | undefined): boolean {
  if (around === undefined) return false;
  for (const hold of budget.holds) {
    if (!hold.needs.uses(measure) || hold.call.waitingInside > 0 || isIn(hold, budget, around)) continue;
    return false;
  }
  return true;
}

function isIn(hold: Hold, budget: Budget, around: Reservation | undefined): boolean {
  for (let at = around; at !== undefined; at = at.outer) if (at.ownHoldIn(budget) === hold) return true;
  return false;
}

function aloneIn(budget: Budget, measure: CountedMeasure, around: Reservation | undefined): Hold | undefined {
  for (const hold of budget.holds) {
    if (hold.isAloneIn(measure) && !isIn(hold, budget, around)) return hold;
  }
  return undefined;
}

/** The call that another one waits for: the one that runs alone, or else the one that has run longest. */
export function waitsFor(
  { budget, limit, blocker }: Refusal,
  around: Reservation | undefined,
): CallInFlight | undefined {
  if (blocker !== undefined) return blocker.call;
  const { measure } = limit;
  for (const hold of budget.holds) {
    if (measure !== 'wallMillis' && hold.needs.uses(measure) && !isIn(hold, budget, around)) return hold.call;
  }
  return undefined;
}

function describe(limit: Limit, need: Units | undefined): string {
  if (need !== undefined) return `an estimate of ${fromUnits(limit.measure, need)}`;
  return 'a call without an estimate, which has to run alone (declare its price or estimateUsd),';
}
