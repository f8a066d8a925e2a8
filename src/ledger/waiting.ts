/** Lets calls wait for room that calls in flight have reserved. */
import type { BudgetWait } from '../errors.js';
import { Refusal, Reservation } from './reservation.js';
import { type Request, reserve, waitsFor } from './room.js';
import type { InLine, WaitingLine } from './waiting-line.js';

/**
 * The default wait of asynchronous calls when one of them has no certain estimate: the default timeout of the OpenAI
 * and Anthropic clients, so that a call waits at least as long as the call before it can take. A refusal would end the
 * agent's task although money is left.
 */
const DEFAULT_WAIT_MILLIS = 600_000;

/**
 * Reserves room for a call at once or, if the budget without room allows waiting, as soon as there is room. While a
 * call waits, its timer keeps the process alive: a script that ended would silently lose the call. `request.canWait`:
 * the call's work is known to return a promise, so a promise may be returned in its place by default.
 */
export function reserveOrWait(request: Request): Reservation | Refusal | Promise<Reservation | Refusal> {
  const outcome = reserve(request);
  if (outcome instanceof Reservation || patienceMillis(outcome, request) === 0) return outcome;
  return new Promise((resolve) => {
    new WaitingCall(request, resolve).join(outcome);
  });
}

/** How long a refused call may wait, in ms. 0 when it may not. */
function patienceMillis({ mayClear, budget, isForWantOfEstimate }: Refusal, { canWait }: Request): number {
  if (!mayClear) return 0;
  return budget.terms.reserveTimeoutMillis ?? (isForWantOfEstimate && canWait ? DEFAULT_WAIT_MILLIS : 0);
}

class WaitingCall implements InLine {
  private readonly startMillis = performance.now();
  private readonly request: Request;
  private refusal: Refusal | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private endMillis = Number.NaN;

  constructor(
    request: Request,
    private readonly resolve: (outcome: Reservation | Refusal) => void,
  ) {
    this.request = { ...request, inLine: this };
  }

  get blockedIn(): WaitingLine | undefined {
    return this.refusal?.budget.line;
  }

  /** Waits in every budget around the call, because each of them can make room or end the wait. */
  join(refusal: Refusal): void {
    const { budgets } = this.request;
    this.countInside(1);
    for (const { line } of budgets) line.add(this);
    this.waitUntil(refusal);
    // All calls may now be waiting inside others.
    if (this.request.around !== undefined) for (const { line } of budgets) line.wake();
  }

  tryAgain(isForced: boolean): void {
    const blocker = this.refusal?.blocker;
    if (!isForced && blocker?.isOpen && blocker.call.waitingInside === 0) return;
    const outcome = reserve(this.request);
    if (outcome instanceof Refusal && patienceMillis(outcome, this.request) > 0) this.waitUntil(outcome);
    else this.settle(outcome);
  }

  /** Waits for as long as the budget without room allows, and for no longer than any limit on time leaves. */
  private waitUntil(refusal: Refusal): void {
    this.refusal = refusal;
    let leftMillis = this.startMillis + patienceMillis(refusal, this.request) - performance.now();
    for (const budget of this.request.budgets) {
      if (budget.isEnforced) leftMillis = Math.min(leftMillis, budget.timeLeftMillis);
    }
    const endMillis = Math.round(performance.now() + leftMillis);
    if (endMillis === this.endMillis) return;
    this.endMillis = endMillis;
    clearTimeout(this.timer);
    // Timers may fire slightly early.
    this.timer = setTimeout(() => this.giveUp(), Math.max(0, Math.ceil(leftMillis) + 1));
  }

  private giveUp(): void {
    const outcome = reserve(this.request);
    // If a limit has been reached in the meantime, that limit is the reason, not the wait.
    if (outcome instanceof Refusal && outcome.mayClear) outcome.wait = this.waitFor(outcome);
    this.settle(outcome);
  }

  private settle(outcome: Reservation | Refusal): void {
    clearTimeout(this.timer);
    this.countInside(-1);
    for (const { line } of this.request.budgets) line.delete(this);
    this.resolve(outcome);
  }

  private waitFor(refusal: Refusal): BudgetWait {
    const waitedMillis = Math.round(performance.now() - this.startMillis);
    return { waitedMillis, waitedFor: waitsFor(refusal, this.request.around)?.name };
  }

  /** Counts this call among those that wait inside the enclosing ones. */
  private countInside(step: 1 | -1): void {
    for (let at = this.request.around; at !== undefined; at = at.outer) at.waitingInside += step;
  }
}
