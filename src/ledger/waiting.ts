/** Calls that wait for room which calls in flight hold. */
import type { Budget } from './budget.js';
import { Refusal, type Request, Reservation, reserve } from './reservation.js';

/**
 * Holds what a call needs, at once or, where the budget without room lets it wait, as soon as there is room. First
 * come, first served, as far as it fits. Its timer does not keep the process alive.
 */
export function reserveOrWait(request: Request): Reservation | Refusal | Promise<Reservation | Refusal> {
  const outcome = reserve(request);
  if (outcome instanceof Reservation || !mayWait(outcome)) return outcome;
  return new Promise((resolve) => {
    new Waiter(request, resolve).wait(outcome);
  });
}

function mayWait({ mayClear, budget }: Refusal): boolean {
  return mayClear && budget.terms.reserveTimeoutMillis > 0;
}

class Waiter {
  private readonly startMillis = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private budget: Budget | undefined;
  private readonly retry = () => this.tryAgain();

  constructor(
    private readonly request: Request,
    private readonly resolve: (outcome: Reservation | Refusal) => void,
  ) {}

  /** Waits for the budget that has no room, for as long as that one allows. */
  wait({ budget }: Refusal): void {
    if (budget === this.budget) return;
    this.leave();
    this.budget = budget;
    budget.waiting.add(this.retry);
    const waitedMillis = performance.now() - this.startMillis;
    const leftMillis = Math.max(0, budget.terms.reserveTimeoutMillis - waitedMillis);
    this.timer = setTimeout(() => this.giveUp(), leftMillis);
    this.timer.unref();
  }

  /** True when this one waits no longer, here at least. */
  private tryAgain(): boolean {
    const outcome = reserve(this.request);
    if (outcome instanceof Refusal && mayWait(outcome)) {
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
