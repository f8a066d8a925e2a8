import { BudgetExceededError, type BudgetMeasure, type BudgetWait } from '../errors.js';
import type { Account, Posting } from './account.js';
import { BudgetAlarm, notifyThreshold } from './budget-alarm.js';
import { type BudgetScope, figuresOf } from './budget-figures.js';
import type { BudgetThreshold } from './budget-options.js';
import { type BudgetMemory, BudgetPeriods, type Clock, Stopwatch, SYSTEM_CLOCK } from './budget-periods.js';
import type { BudgetTerms } from './budget-terms.js';
import type { Hold } from './hold.js';
import { Limit } from './limit.js';
import { fromUnits, type Use } from './measures.js';
import type { Period } from './period.js';
import type { SharedUse } from './shared-use.js';
import { minus, type Units } from './units.js';
import { WaitingLine } from './waiting-line.js';

/** The effect of a bill on a budget. */
export interface BudgetNews {
  /** True if this bill exceeded a limit. Reported once. */
  crossed: boolean;
  thresholds: BudgetThreshold[];
}

const SHORT_LIVED: ReadonlySet<string> = new Set(['call', 'agent', 'task']);

/**
 * Limits on one account, and the holds of its calls. The spent amount is read from the account itself, so every bill
 * counts, whoever made the call. Holds count in every measure, limited or not, so that a limit that is set while calls
 * are in flight sees them.
 */
export class Budget {
  /** False until the process has its first budget. Most have none: then no bill looks for one. */
  static isUsed = false;
  /** False until the process has its first shared budget. */
  static isShared = false;
  terms: BudgetTerms;
  limits: readonly Limit[] = [];
  /** True if more was spent than a limit allows. */
  isOver = false;
  /** The scopes that are open in it. */
  openScopes = 0;
  /** Called when it is used. Set while it is dropped from its table. */
  onUse: (() => void) | undefined;
  /** Its use in all processes. Undefined: it is not shared, or `shareCosts` was not called. */
  sharedUse: SharedUse | undefined;
  /** The calls that wait for room. */
  readonly line = new WaitingLine();
  /** The calls in flight. */
  readonly holds = new Set<Hold>();
  /** Every limit so far. A limit that is set again keeps its record of reported thresholds. */
  private known: readonly Limit[] = [];
  private readonly periods: BudgetPeriods;
  private readonly alarm = new BudgetAlarm();
  private readonly time: Stopwatch;

  constructor(
    readonly scope: BudgetScope,
    readonly account: Account,
    terms: BudgetTerms,
    clock: Clock = SYSTEM_CLOCK,
    memory?: BudgetMemory,
  ) {
    Budget.isUsed = true;
    this.time = new Stopwatch(clock);
    this.terms = terms;
    this.periods = new BudgetPeriods(account, clock, this.holds);
    this.change(terms, memory);
  }

  /** The limit on all cost, in USD; undefined without one. */
  get limitUsd(): number | undefined {
    const limit = this.limits.find(({ measure, window }) => measure === 'usd' && window === 'total');
    return limit === undefined ? undefined : fromUnits('usd', limit.most);
  }

  /** True when calls without room are refused. */
  get isEnforced(): boolean {
    const { mode, shared } = this.terms;
    if (mode !== 'refuse' && mode !== 'abort') return false;
    return shared === undefined || !(this.sharedUse?.isOpenToAll ?? shared.onStoreDown === 'allow');
  }

  /** True once there was a limit by day or month. */
  get hasWindows(): boolean {
    return this.periods.hasWindows;
  }

  /**
   * True for a budget that outlives the task of a call: a reservation that is never released would reduce it for
   * good.
   */
  get isLasting(): boolean {
    return !SHORT_LIVED.has(this.scope.kind);
  }

  /** True when it may not be dropped: scopes or calls in it are open, or calls wait for it. */
  get isInUse(): boolean {
    return this.openScopes > 0 || this.holds.size > 0 || this.line.size > 0;
  }

  /** Sets new terms. The holds of calls in flight stay, and count in limits that did not exist before. */
  change(terms: BudgetTerms, memory?: BudgetMemory): void {
    this.terms = terms;
    if (terms.shared === undefined) this.sharedUse = undefined;
    else Budget.isShared = true;
    for (const { window } of terms.limits) this.periods.current(window, terms.calendar);
    if (memory !== undefined) this.periods.restore(memory, terms.calendar);
    this.limits = terms.limits.map(({ measure, window, most }) => {
      const known = this.known.find((limit) => limit.measure === measure && limit.window === window);
      const limit = known ?? new Limit(measure, window, most);
      limit.change(most);
      return limit;
    });
    this.known = [...new Set([...this.known, ...this.limits])];
    // The earlier budget has reported these thresholds.
    if (memory !== undefined)
      for (const limit of this.limits) limit.pass(terms.thresholds, this.spent(limit));
    this.isOver = this.limits.some((limit) => this.spent(limit) > limit.most);
    if (this.usedUp() === undefined) this.alarm.reset();
    this.open();
    this.line.wake(true);
  }

  /** The used amount of a limit: billed amounts, and amounts booked for calls of unknown cost. */
  spent(limit: Limit): Units {
    const here = this.spentHere(limit);
    const { measure, window } = limit;
    if (this.sharedUse === undefined || measure === 'wallMillis') return here;
    const everywhere = this.sharedUse.spent(measure, window);
    return everywhere > here ? everywhere : here;
  }

  /** The part of it that this process has used. */
  spentHere(limit: Limit): Units {
    const { measure } = limit;
    if (measure === 'wallMillis') return this.time.elapsedMillis();
    return this.periods.spent(measure, this.periodOf(limit));
  }

  /** Sets by how much the clock of the store is ahead. Its days and months follow that clock. */
  set clockOffsetMillis(millis: number) {
    this.periods.offsetMillis = millis;
  }

  /** The current period of a limit. With a new day or month the limit begins again. */
  periodOf(limit: Limit): Period {
    const period = this.periods.current(limit.window, this.terms.calendar);
    if (period !== limit.period) this.begin(limit, period);
    return period;
  }

  /** The measures whose limit is used up, or has refused or stopped a call. */
  reached(): BudgetMeasure[] {
    return this.limits
      .filter((limit) => limit.wasHit || this.spent(limit) >= limit.most)
      .map(({ measure }) => measure);
  }

  /** True if spending has used up a limit, or a limit has refused or stopped a call. */
  get wasReached(): boolean {
    if (this.isOver) return true;
    return this.limits.some((limit) => {
      if (limit.wasHit) return true;
      const spent = this.spent(limit);
      return spent > 0 && spent >= limit.most;
    });
  }

  /** Reserves for a call. */
  enter(hold: Hold): void {
    this.onUse?.();
    this.periods.roll(this.terms.calendar);
    this.periods.enter(hold);
    this.holds.add(hold);
  }

  /** Ends a hold after the cost of its call has been posted. */
  release(hold: Hold): void {
    hold.release();
    this.holds.delete(hold);
    this.line.wake();
  }

  /** Ends a hold, and books an amount in its place, because the cost of its call is unknown. */
  keep(hold: Hold, use: Use): BudgetNews | undefined {
    hold.keep(use);
    this.holds.delete(hold);
    this.line.wake();
    return this.review();
  }

  /** Books a bill in the days and months in which its call was reserved. Called before `review`. */
  bookWhereReserved(posting: Posting, hold: Hold | undefined): void {
    this.periods.roll(this.terms.calendar, posting);
    if (hold !== undefined) this.periods.bookWhereReserved(posting, hold);
  }

  /**
   * Checks the limits after a bill. `own` is the hold of the billed call, which is now spent and no longer reserved.
   * Undefined when there is nothing to report.
   */
  review(own?: Hold): BudgetNews | undefined {
    this.onUse?.();
    let news: BudgetNews | undefined;
    for (const limit of this.limits) {
      const spent = this.spent(limit);
      const isTold = limit.told === this.terms.thresholds.length;
      if (isTold && spent < limit.most) continue;
      const told = this.passThresholds(limit, spent, own);
      const crossed = spent > limit.most && !this.isOver;
      if (crossed) this.isOver = true;
      if (spent >= limit.most) {
        this.abort(limit);
        this.line.wake(true);
      }
      if (told.length === 0 && !crossed) continue;
      news ??= { crossed: false, thresholds: [] };
      news.crossed ||= crossed;
      news.thresholds.push(...told);
    }
    return news;
  }

  /** In mode `abort`, aborts when the budget is used up. In other modes it never aborts. */
  get signal(): AbortSignal {
    const full = this.usedUp();
    if (full !== undefined) this.abort(full);
    return this.alarm.signal;
  }

  error(
    limit: Limit,
    estimate: Units | undefined,
    reason: string,
    wait?: BudgetWait,
    isStoreDown = false,
  ): BudgetExceededError {
    if (!isStoreDown) limit.wasHit = true;
    const needed = estimate === undefined ? undefined : fromUnits(limit.measure, estimate);
    return new BudgetExceededError({ ...this.figures(limit), estimate: needed }, reason, wait, isStoreDown);
  }

  /** The time in ms until a limit on time is used up. Infinity without one. */
  get timeLeftMillis(): number {
    const limit = this.limits.find(({ measure }) => measure === 'wallMillis');
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(minus(limit.most, this.spent(limit)));
  }

  /** Stops the timer when the scope has ended. */
  close(): void {
    this.alarm.stopTimer();
  }

  /** The use that a later budget of the same scope has to count. Undefined when there is none. */
  memory(): BudgetMemory | undefined {
    return this.periods.memory();
  }

  private begin(limit: Limit, period: Period): void {
    const { period: former } = limit;
    limit.begin(period);
    if (former === undefined) return;
    // Limits of other windows may still be exceeded.
    this.isOver = this.limits.some((other) => other !== limit && this.spent(other) > other.most);
    this.alarm.reset();
  }

  private figures(limit: Limit, own?: Hold) {
    return figuresOf(this.scope, limit, this.spent(limit), this.periodOf(limit), own, this.sharedUse);
  }

  private passThresholds(limit: Limit, spent: Units, own: Hold | undefined): BudgetThreshold[] {
    const passed = limit.pass(this.terms.thresholds, spent);
    const events = passed.map((threshold) => ({ ...this.figures(limit, own), threshold }));
    for (const event of events) notifyThreshold(this.terms.onThreshold, event);
    return events;
  }

  private abort(limit: Limit): void {
    if (this.terms.mode !== 'abort') return;
    this.alarm.abort(() => this.error(limit, undefined, 'the limit has been reached'));
  }

  private usedUp(): Limit | undefined {
    return this.limits.find((limit) => this.spent(limit) >= limit.most);
  }

  /** Starts the timer that aborts running work when its time is up. Also called when a session is entered again. */
  open(): void {
    this.alarm.stopTimer();
    if (this.terms.mode === 'abort') this.alarm.setTimer(this.timeLeftMillis, () => this.timeUp());
  }

  private timeUp(): void {
    this.review();
    if (!this.alarm.aborted) this.open(); // Timers may fire slightly early.
  }
}
