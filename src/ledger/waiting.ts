/** Lets calls wait for room that calls in flight have reserved. */
import type { Budget } from './budget.js';
import { Refusal, type Request, Reservation, reserve } from './reservation.js';

/**
 * The default wait of asynchronous calls when one of them has no estimate and runs alone: longer than most calls
 * take. An agent's first parallel tool calls then run one after another; a refusal would end its task.
 */
const DEFAULT_WAIT_MILLIS = 60_000;

/**
 * Reserves room for a call at once or, if the budget without room allows waiting, as soon as there is room. First
 * come, first served among the calls that fit. The timer does not keep the process alive. `givesPromise`: the
 * call's work is known to return a promise, so a promise may be returned in its place by default.
 */
export function reserveOrWait(
  request: Request,
  givesPromise = false,
): Reservation | Refusal | Promise<Reservation | Refusal> {
  const outcome = reserve(request);
  if (outcome instanceof Reservation || patienceMillis(outcome, givesPromise) === 0) return outcome;
  const asked = outcome.estimate === undefined ? { ...request, runsAlone: true } : request;
  return new Promise((resolve) => {
    new Waiter(asked, givesPromise, resolve).wait(outcome);
  });
}

/** How long a refused call may wait, in ms. 0 when it may not. */
function patienceMillis({ mayClear, budget, isForWantOfEstimate }: Refusal, givesPromise: boolean): number {
  if (!mayClear) return 0;
  return budget.terms.reserveTimeoutMillis ?? (isForWantOfEstimate && givesPromise ? DEFAULT_WAIT_MILLIS : 0);
}

class Waiter {
  private readonly startMillis = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private budget: Budget | undefined;
  private readonly retry = () => this.tryAgain();

  constructor(
    private readonly request: Request,
    private readonly givesPromise: boolean,
    private readonly resolve: (outcome: Reservation | Refusal) => void,
  ) {}

  /** Waits for the budget without room, for as long as that budget allows. */
  wait(refusal: Refusal): void {
    const { budget } = refusal;
    if (budget === this.budget) return;
    this.leave();
    this.budget = budget;
    budget.waiting.add(this.retry);
    const waitedMillis = performance.now() - this.startMillis;
    const leftMillis = Math.max(0, patienceMillis(refusal, this.givesPromise) - waitedMillis);
    this.timer = setTimeout(() => this.giveUp(), leftMillis);
    this.timer.unref();
  }

  /** True when this call no longer waits, at least for this budget. */
  private tryAgain(): boolean {
    const outcome = reserve(this.request);
    if (outcome instanceof Refusal && patienceMillis(outcome, this.givesPromise) > 0) {
      const isSame = outcome.budget === this.budget;
      this.wait(outcome);
      return !isSame;
    }
    this.settle(outcome);
    return true;
  }

  private giveUp(): void {
    this.settle(reserve(this.request));
  }

  private settle(outcome: Reservation | Refusal): void {
    this.leave();
    this.resolve(outcome);
  }

  private leave(): void {
    clearTimeout(this.timer);
    this.budget?.waiting.delete(this.retry);
  }
}
