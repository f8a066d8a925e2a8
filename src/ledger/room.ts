/** Decides whether there is room for a call, and reserves it: in every budget around the call, or in none. */
import type { Budget } from './budget.js';
import { type CallInFlight, Hold } from './hold.js';
import type { Limit } from './limit.js';
import { type CountedMeasure, type Demand, fromUnits, isMoney, Needs } from './measures.js';
import type { Period } from './period.js';
import { Refusal, Reservation } from './reservation.js';
import { minus, plus, type Units } from './units.js';
import type { InLine } from './waiting-line.js';

/** A call's request for room before it runs. */
export interface Request {
  /** The name of the call's span. */
  name?: string;
  budgets: readonly Budget[];
  /**
   * Called on every attempt to reserve, because the cost of such a call may have become known from others in the
   * meantime.
   */
  demand: () => Demand;
  /** The reservation of the enclosing call. */
  around?: Reservation | undefined;
  /** True if this call is part of the enclosing LLM call, whose reservation covers both. */
  isCovered?: boolean;
  /** True if the call can wait: its work is known to return a promise. */
  canWait?: boolean;
  /**
   * True for the first call of a function that may be synchronous. It cannot wait, and a missing estimate does not
   * refuse a call, so it runs beside the others. After it has run, it is known whether the function returns a promise.
   */
  isFirst?: boolean;
  /**
   * True if a promise may replace the result of the call, because its function is declared `async`. It then asks the store
   * in shared budgets; other calls are decided at once.
   */
  asksStore?: boolean;
  /** The ids of reservations in the store around the call, in the process that this one was called by. */
  outerReservations?: readonly string[] | undefined;
  /** The call while it waits. */
  inLine?: InLine;
}

/** Reserves the amounts a call needs in every budget around it, or in none. Only enforced budgets can refuse. */
export function reserve(request: Request): Reservation | Refusal {
  const needs = new Needs(request.demand());
  let wait: Refusal | undefined;
  let alone: Alone | undefined;
  for (const budget of request.budgets) {
    if (!budget.isEnforced) continue;
    for (const limit of budget.limits) {
      const verdict = judge(budget, limit, needs, request);
      if (verdict === 'fits') continue;
      if (verdict === 'alone') {
        alone ??= { money: new Set(), tokens: new Set() };
        alone[limit.measure === 'tokens' ? 'tokens' : 'money'].add(budget);
      }
      // Waiting does not help if a limit of another budget is used up.
      else if (!verdict.mayClear) return verdict;
      else wait ??= verdict;
    }
  }
  return wait ?? admit(request, needs, alone);
}

/** The budgets in which a learned estimate is larger than the room, so that the call has to run alone there. */
interface Alone {
  readonly money: Set<Budget>;
  readonly tokens: Set<Budget>;
}

function admit(request: Request, needs: Needs, alone: Alone | undefined): Reservation {
  const { name = needs.kind, budgets, around, isCovered = false, inLine } = request;
  const holds: Hold[] = [];
  const reservation = new Reservation(name, budgets, holds, around, isCovered);
  for (const budget of budgets) {
    const isAloneInMoney = !needs.knowsMoney || alone?.money.has(budget) === true;
    const isAloneInTokens =
      needs.kind === 'llm' && (!needs.knowsTokens || alone?.tokens.has(budget) === true);
    const covering = isCovered ? around?.coveringIn(budget) : undefined;
    const hold = new Hold(reservation, needs, isAloneInMoney, isAloneInTokens, covering);
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
  const left = minus(limit.most, usedFor(budget, limit, request.asksStore));
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

/**
 * The use that decides a call in this process. The store decides for all processes afterwards; a call that cannot ask it is
 * decided by what is known of the others.
 */
function usedFor(budget: Budget, limit: Limit, asksStore: boolean | undefined): Units {
  const here = budget.spentHere(limit);
  const { measure, window } = limit;
  if (budget.sharedUse === undefined || asksStore || measure === 'wallMillis') return here;
  return plus(here, budget.sharedUse.others(measure, window));
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
  const chain = around === undefined ? NO_CHAIN : chainIn(budget, measure, around, period);
  if (period.alone.of(measure) > chain.alone && !allWait(budget, measure, around)) {
    return waitOrRun(budget, limit, needs, request, aloneIn(budget, measure, around));
  }
  const { first } = budget.line;
  if (first !== undefined && first !== request.inLine && request.canWait && chain.holders === 0) {
    return wait(budget, limit, needs, true);
  }
  let room = minus(left, period.reserved.of(measure));
  if (request.isCovered) room = plus(room, around?.coveringIn(budget)?.of(measure) ?? 0);
  const need = needs.use.of(measure);
  // The enclosing calls do not end before this one, so waiting does not release their holds.
  if (needs.isFirm(measure) && !request.isCovered && need > minus(left, chain.reserved)) {
    return refuse(budget, limit, needs, `${describe(limit, need)} does not fit beside the calls around it`);
  }
  // A call without an estimate, or with one of 0, needs at least some room.
  if (room >= 1 && need <= room) return 'fits';
  if (needs.isFirm(measure)) {
    // By default, it waits for calls whose estimate may be too high, unless they wait for calls inside them.
    const mayShrink = period.unsure.of(measure) > chain.unsure && !allWait(budget, measure, around);
    return wait(budget, limit, needs, mayShrink);
  }
  const others = period.holders.of(measure) - chain.holders;
  return others === 0 || allWait(budget, measure, around)
    ? 'alone'
    : waitOrRun(budget, limit, needs, request);
}

function refuse(budget: Budget, limit: Limit, needs: Needs, reason: string): Refusal {
  return new Refusal(budget, limit, false, false, estimateIn(limit, needs), reason);
}

/** The verdict when there is no room, and this call or one in flight has no certain estimate. */
function waitOrRun(budget: Budget, limit: Limit, needs: Needs, request: Request, blocker?: Hold): Verdict {
  const mayRun = request.isFirst && !request.canWait && budget.terms.reserveTimeoutMillis === undefined;
  if (mayRun) return needs.isSure ? 'fits' : 'alone';
  const hint = request.canWait
    ? ''
    : '; it cannot wait, because its function is not known to return a promise';
  return wait(budget, limit, needs, true, blocker, hint);
}

function wait(
  budget: Budget,
  limit: Limit,
  needs: Needs,
  isForWantOfEstimate: boolean,
  blocker?: Hold,
  hint = '',
): Refusal {
  const estimate = estimateIn(limit, needs);
  const reason = `calls in flight hold the room that ${describe(limit, estimate)} needs${hint}`;
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
  unsure: number;
  /** The amount that they hold. */
  reserved: Units;
}

const NO_CHAIN: Chain = { holders: 0, alone: 0, unsure: 0, reserved: 0 };

function chainIn(budget: Budget, measure: CountedMeasure, around: Reservation, period: Period): Chain {
  let holders = 0;
  let alone = 0;
  let unsure = 0;
  let reserved: Units = 0;
  for (let at: Reservation | undefined = around; at !== undefined; at = at.outer) {
    const hold = at.ownHoldIn(budget);
    // A call that was reserved on an earlier day holds nothing today.
    if (!hold?.isOpen || !hold.needs.uses(measure) || !hold.periods.includes(period)) continue;
    holders += 1;
    reserved = plus(reserved, hold.amountIn(measure));
    if (!hold.needs.isFirm(measure)) unsure += 1;
    if (hold.isAloneIn(measure)) alone += 1;
  }
  return { holders, alone, unsure, reserved };
}

/**
 * True if every other call in flight waits for a call inside it to be admitted: a deadlock. Checked only inside a call.
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
