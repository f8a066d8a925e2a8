import { answered } from '../callback.js';
import { BudgetExceededError, type BudgetExcess, type BudgetMeasure } from '../errors.js';
import { warnOnce } from '../warnings.js';
import type { Account } from './account.js';
import type { BudgetTerms, BudgetThreshold } from './budget-options.js';
import { fromUnits, spentIn } from './measures.js';

/** The scope that has the budget. */
export interface BudgetScope {
  kind: 'call' | 'agent' | 'task' | 'session' | (string & {});
  name: string;
}

/** One limit of a budget, in whole units. */
export interface Limit {
  readonly measure: BudgetMeasure;
  most: bigint;
  /** Reserved for calls in flight. */
  reserved: bigint;
  /** Calls in flight without an estimate. Each reserves all the room that is left. */
  rests: number;
  /** Thresholds reported so far. */
  told: number;
  /** True if the limit has refused, delayed or stopped a call. */
  wasHit: boolean;
}

/** The effect of a bill on a budget. */
export interface BudgetNews {
  /** True if this bill exceeded a limit. Reported once. */
  crossed: boolean;
  thresholds: BudgetThreshold[];
}

const SHORT_LIVED: ReadonlySet<string> = new Set(['call', 'agent', 'task']);

/** Waiting calls that are retried without success before the search for one that fits stops. */
const MAX_LOOKS = 16;

/** Longer timers are not set, because the platform would fire them at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/**
 * Limits on one account, and the reservations of calls in flight. The spent amount is read from the account itself,
 * so every bill counts, whoever made the call.
 */
export class Budget {
  terms: BudgetTerms;
  limits: readonly Limit[] = [];
  /** True if more was spent than a limit allows. */
  isOver = false;
  /** Called when room may have become free; the call that has waited longest is first. */
  readonly waiting = new Set<() => boolean>();
  private controller: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly startMillis: number;
  private elapsedMillis = 0;

  constructor(
    readonly scope: BudgetScope,
    readonly account: Account,
    terms: BudgetTerms,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.startMillis = clock();
    this.terms = terms;
    this.change(terms);
  }

  /** The limit on all cost, in USD; undefined without one. */
  get limitUsd(): number | undefined {
    const limit = this.limits.find(({ measure }) => measure === 'usd');
    return limit === undefined ? undefined : fromUnits('usd', limit.most);
  }

  /** True when calls without room are refused. */
  get isEnforced(): boolean {
    return this.terms.mode === 'refuse' || this.terms.mode === 'abort';
  }

  /**
   * True for a budget that outlives the task of a call: a reservation that is never released would reduce it for
   * good.
   */
  get isLasting(): boolean {
    return !SHORT_LIVED.has(this.scope.kind);
  }

  /** True when calls in flight have reserved room, or calls wait for it. */
  get isInUse(): boolean {
    return this.waiting.size > 0 || this.limits.some(({ reserved, rests }) => reserved > 0n || rests > 0);
  }

  /** Sets new terms. Existing reservations stay; a new limit starts without any. */
  change(terms: BudgetTerms): void {
    const before = this.limits;
    this.terms = terms;
    this.limits = [...terms.limits].map(([measure, most]) => {
      const known = before.find((limit) => limit.measure === measure);
      if (known === undefined) return { measure, most, reserved: 0n, rests: 0, told: 0, wasHit: false };
      if (known.most !== most) known.told = 0;
      known.most = most;
      return known;
    });
    this.isOver = this.limits.some((limit) => this.spent(limit) > limit.most);
    if (this.controller?.signal.aborted && this.usedUp() === undefined) this.controller = undefined;
    this.startTimer();
    this.wake();
  }

  spent(limit: Limit): bigint {
    return limit.measure === 'wallMillis' ? BigInt(this.elapsed()) : spentIn(this.account, limit.measure);
  }

  /** The measures whose limit is used up, or has refused, delayed or stopped a call. */
  reached(): BudgetMeasure[] {
    return this.limits
      .filter((limit) => limit.wasHit || this.spent(limit) >= limit.most)
      .map(({ measure }) => measure);
  }

  /** Checks the limits after a bill. Undefined when there is nothing to report. */
  review(): BudgetNews | undefined {
    let news: BudgetNews | undefined;
    for (const limit of this.limits) {
      const spent = this.spent(limit);
      const isTold = limit.told === this.terms.thresholds.length;
      if (isTold && spent < limit.most) continue;
      const told = this.passThresholds(limit, spent);
      const crossed = spent > limit.most && !this.isOver;
      if (crossed) this.isOver = true;
      if (spent >= limit.most) this.abort(limit);
      if (told.length === 0 && !crossed) continue;
      news ??= { crossed: false, thresholds: [] };
      news.crossed ||= crossed;
      news.thresholds.push(...told);
    }
    return news;
  }

  /** In mode `abort`, aborts when the budget is used up. In other modes it never aborts. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    const full = this.usedUp();
    if (full !== undefined) this.abort(full);
    return this.controller.signal;
  }

  error(limit: Limit, estimate: bigint | undefined, reason: string): BudgetExceededError {
    limit.wasHit = true;
    const needed = estimate === undefined ? undefined : fromUnits(limit.measure, estimate);
    return new BudgetExceededError({ ...this.figures(limit), estimate: needed }, reason);
  }

  /** Retries the waiting calls. Stops after a few that still do not fit, so that a release stays cheap. */
  wake(): void {
    let looks = 0;
    for (const retry of this.waiting) {
      if (!retry()) looks += 1;
      if (looks === MAX_LOOKS) return;
    }
  }

  /** Stops the timer when the scope has ended. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private figures(limit: Limit): Omit<BudgetExcess, 'estimate'> {
    const spent = this.spent(limit);
    const reserved = limit.rests > 0 && spent < limit.most ? limit.most - spent : limit.reserved;
    return {
      scope: this.scope.kind,
      scopeName: this.scope.name,
      measure: limit.measure,
      limit: fromUnits(limit.measure, limit.most),
      spent: fromUnits(limit.measure, spent),
      reserved: fromUnits(limit.measure, reserved),
    };
  }

  private passThresholds(limit: Limit, spent: bigint): BudgetThreshold[] {
    const { thresholds } = this.terms;
    const passed: BudgetThreshold[] = [];
    for (; limit.told < thresholds.length; limit.told++) {
      const threshold = thresholds[limit.told];
      if (threshold === undefined || Number(spent) < threshold * Number(limit.most)) break;
      const event = { ...this.figures(limit), threshold };
      passed.push(event);
      this.notify(event);
    }
    return passed;
  }

  private notify(event: BudgetThreshold): void {
    const warn = (error: unknown) => warnOnce('onThreshold threw', error);
    try {
      answered(this.terms.onThreshold?.(event), warn);
    } catch (error) {
      warn(error);
    }
  }

  private abort(limit: Limit): void {
    if (this.terms.mode !== 'abort' || this.controller?.signal.aborted) return;
    this.controller ??= new AbortController();
    this.controller.abort(this.error(limit, undefined, 'the limit has been reached'));
  }

  private usedUp(): Limit | undefined {
    return this.limits.find((limit) => this.spent(limit) >= limit.most);
  }

  /** Elapsed time in whole ms. It never decreases, whatever the clock does. */
  private elapsed(): number {
    const elapsed = Math.floor(this.clock() - this.startMillis);
    if (elapsed > this.elapsedMillis) this.elapsedMillis = elapsed;
    return this.elapsedMillis;
  }

  /** Starts the timer that aborts running work when its time is up. */
  private startTimer(): void {
    this.close();
    const limit = this.limits.find(({ measure }) => measure === 'wallMillis');
    if (limit === undefined || this.terms.mode !== 'abort') return;
    const leftMillis = Number(limit.most - this.spent(limit));
    if (leftMillis > MAX_TIMER_MILLIS) return;
    this.timer = setTimeout(() => this.timeUp(), Math.max(0, leftMillis));
    this.timer.unref();
  }

  private timeUp(): void {
    this.review();
    // Timers may fire slightly early.
    if (!this.controller?.signal.aborted) this.startTimer();
  }
}
