/** The abort signal of a budget, the timer for its limit on time, and the app's callback for its thresholds. */
import { answered } from '../callback.js';
import { warnOnce } from '../warnings.js';
import type { BudgetThreshold } from './budget-options.js';

/** Longer timers are not set, because the platform would fire them at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export class BudgetAlarm {
  private controller: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  get aborted(): boolean {
    return this.controller?.signal.aborted === true;
  }

  abort(reason: () => Error): void {
    if (this.aborted) return;
    this.controller ??= new AbortController();
    this.controller.abort(reason());
  }

  /** If the current signal has aborted, later reads of `signal` get a new one. */
  reset(): void {
    if (this.aborted) this.controller = undefined;
  }

  /** Replaces the timer. It does not keep the process alive. */
  setTimer(leftMillis: number, timeUp: () => void): void {
    this.stopTimer();
    if (leftMillis > MAX_TIMER_MILLIS) return;
    this.timer = setTimeout(timeUp, Math.max(0, leftMillis));
    this.timer.unref();
  }

  stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** Calls the app's callback. Its errors, also those of a promise that it returns, are caught. */
export function notifyThreshold(
  onThreshold: ((event: BudgetThreshold) => void) | undefined,
  event: BudgetThreshold,
): void {
  const warn = (error: unknown) => warnOnce('onThreshold threw', error);
  try {
    answered(onThreshold?.(event), warn);
  } catch (error) {
    warn(error);
  }
}
