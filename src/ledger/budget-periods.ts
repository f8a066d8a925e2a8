/** The periods of one budget: its whole life, and the current day and month where limits ask for them. */
import type { Account, Posting } from './account.js';
import type { Hold } from './hold.js';
import { type CountedMeasure, spentIn, Use, useOfAccount, useOfPosting } from './measures.js';
import { type BudgetWindow, type Calendar, OpenWindow, Period, windowOf } from './period.js';
import { minus, plus, type Units } from './units.js';

export interface Clock {
  /** A clock that is never set back, for the time since a scope began. */
  monotonicMillis(): number;
  /** Milliseconds since 1970, for days and months. */
  wallMillis(): number;
}

export const SYSTEM_CLOCK: Clock = {
  monotonicMillis: () => performance.now(),
  wallMillis: () => Date.now(),
};

/** The time since a scope began, in whole ms. It never decreases, whatever the clock does. */
export class Stopwatch {
  private readonly startMillis: number;
  private latestMillis = 0;

  constructor(private readonly clock: Clock) {
    this.startMillis = clock.monotonicMillis();
  }

  elapsedMillis(): number {
    const elapsed = Math.floor(this.clock.monotonicMillis() - this.startMillis);
    if (elapsed > this.latestMillis) this.latestMillis = elapsed;
    return this.latestMillis;
  }
}

/**
 * The use of a budget in its current periods, kept when the budget itself is dropped: the name and the use of each
 * period, as strings.
 */
export type BudgetMemory = readonly string[];

/** Shared by all budgets without limits by day or month, which may be many. */
const NO_WINDOWS: ReadonlyMap<BudgetWindow, OpenWindow> = new Map();

export class BudgetPeriods {
  /** By how much the clock of the store is ahead of this process's. Days and months follow it. */
  offsetMillis = 0;
  private readonly total = new Period();
  /** The current day and month, where limits ask for them. */
  private open: ReadonlyMap<BudgetWindow, OpenWindow> = NO_WINDOWS;

  /** The periods that apply now, each once. */
  private all: readonly Period[] = [this.total];

  constructor(
    private readonly account: Account,
    private readonly clock: Clock,
    /** The calls in flight. */
    private readonly holds: ReadonlySet<Hold>,
  ) {}

  /** The amount used in a period: billed amounts, and amounts booked for calls of unknown cost. */
  spent(measure: CountedMeasure, { kept, before }: Period): Units {
    const used = plus(spentIn(this.account, measure), kept.of(measure));
    return before === undefined ? used : minus(used, before.of(measure));
  }

  /**
   * The current period of a window. A day or a month that has passed is replaced by the next one. `justPosted`: a bill
   * that is already in the account and is the first one of a new period.
   */
  current(window: BudgetWindow, calendar: Calendar, justPosted?: Posting): Period {
    if (window === 'total') return this.total;
    const nowMillis = this.clock.wallMillis() + this.offsetMillis;
    const name = calendar.nameOf(window, nowMillis);
    const open = this.open.get(window);
    if (open !== undefined && !open.isOver(name, nowMillis)) return open.period;
    const period = open === undefined ? this.firstPeriod() : this.nextPeriod(justPosted);
    this.open = new Map(this.open).set(window, new OpenWindow(name, nowMillis, period));
    this.list();
    return period;
  }

  /**
   * A limit that is set later counts everything so far. With calls in flight or of unknown cost, its first period is
   * the whole life of the scope itself, because the amounts that these hold may still be released.
   */
  private firstPeriod(): Period {
    if (this.holds.size > 0 || !this.total.kept.isZero) return this.total;
    const period = new Period();
    period.before = copyOf(this.total.before);
    return period;
  }

  private nextPeriod(justPosted: Posting | undefined): Period {
    const period = new Period();
    period.before = useOfAccount(this.account);
    if (justPosted !== undefined) period.before.subtract(useOfPosting(justPosted));
    return period;
  }

  /** True once there was a limit by day or month. Its periods continue without it, because it may be set again. */
  get hasWindows(): boolean {
    return this.open.size > 0;
  }

  /** Begins the next day or month where one has passed. `justPosted`: a bill that is in the account already. */
  roll(calendar: Calendar, justPosted?: Posting): void {
    for (const window of this.open.keys()) this.current(window, calendar, justPosted);
  }

  enter(hold: Hold): void {
    hold.enter(this.all);
  }

  /** Moves a bill out of the current days and months into those in which its call was reserved. */
  bookWhereReserved(posting: Posting, hold: Hold): void {
    for (const period of this.all) {
      if (hold.periods.includes(period)) continue;
      period.before ??= new Use();
      period.before.add(useOfPosting(posting));
    }
  }

  /** Undefined when nothing was used. */
  memory(): BudgetMemory | undefined {
    const total = this.useOf(this.total);
    if (total.isZero) return undefined;
    const memory = ['total', total.toText()];
    // Includes periods in which nothing was used, because they have begun.
    for (const { name, period } of this.open.values()) memory.push(name, this.useOf(period).toText());
    return memory;
  }

  private useOf({ before, kept }: Period): Use {
    const use = useOfAccount(this.account);
    use.add(kept);
    if (before !== undefined) use.subtract(before);
    return use;
  }

  /**
   * Counts the use of an earlier budget of the same scope in periods that have not passed. Called before anything else.
   */
  restore(memory: BudgetMemory, calendar: Calendar): void {
    // Limits by day and month of the earlier budget may be set again later.
    for (const name of memory) {
      const window = windowOf(name);
      if (window !== undefined) this.current(window, calendar);
    }
    const count = (wanted: string, period: Period) => {
      const at = memory.indexOf(wanted);
      const use = at < 0 ? undefined : memory[at + 1];
      if (use === undefined) return;
      period.before ??= new Use();
      period.before.subtract(Use.fromText(use));
    };
    count('total', this.total);
    for (const { name, period } of this.open.values()) count(name, period);
  }

  /** Makes a new list, because holds keep the previous one. */
  private list(): void {
    this.all = [...new Set([this.total, ...[...this.open.values()].map(({ period }) => period)])];
  }
}

function copyOf(use: Use | undefined): Use | undefined {
  if (use === undefined) return undefined;
  const copy = new Use();
  copy.add(use);
  return copy;
}
