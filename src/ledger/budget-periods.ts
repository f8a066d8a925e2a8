/** The periods of one budget: its whole life, and the current day and month where limits ask for them. */
import type { Account, Posting } from './account.js';
import type { Hold } from './hold.js';
import { type CountedMeasure, spentIn, Use, useOfAccount, useOfPosting } from './measures.js';
import { type BudgetWindow, type Calendar, Period } from './period.js';

export interface Clock {
  /** Never set back, for the time since a scope began. */
  monotonicMillis(): number;
  /** Milliseconds since 1970, for days and months. */
  wallMillis(): number;
}

export const SYSTEM_CLOCK: Clock = {
  monotonicMillis: () => performance.now(),
  wallMillis: () => Date.now(),
};

/** The use of a budget in its current periods, kept when the budget itself is dropped. */
export type BudgetMemory = readonly { readonly name: string; readonly use: Use }[];

export class BudgetPeriods {
  private readonly byWindow = new Map<BudgetWindow, Period>();
  private readonly total = new Period('total', 0);

  constructor(
    private readonly account: Account,
    private readonly clock: Clock,
    /** The calls in flight. */
    private readonly holds: ReadonlySet<Hold>,
  ) {
    this.byWindow.set('total', this.total);
  }

  /** The amount used in a period: billed, and booked for calls of unknown cost. */
  spent(measure: CountedMeasure, { kept, before }: Period): bigint {
    const used = spentIn(this.account, measure) + kept.of(measure);
    return before === undefined ? used : used - before.of(measure);
  }

  /** The current period of a window. A day or a month that has passed makes room for the next one. */
  current(window: BudgetWindow, calendar: Calendar): Period {
    if (window === 'total') return this.total;
    const nowMillis = this.clock.wallMillis();
    const name = calendar.nameOf(window, nowMillis);
    const period = this.byWindow.get(window);
    if (period !== undefined && !period.isOver(name, nowMillis)) return period;
    const next = new Period(name, nowMillis);
    if (period !== undefined) {
      next.before = useOfAccount(this.account);
    } else {
      // A limit that is set later counts everything so far.
      next.before = copyOf(this.total.before);
      next.kept.add(this.total.kept);
      for (const hold of this.holds) hold.enter(next);
    }
    this.byWindow.set(window, next);
    return next;
  }

  enter(hold: Hold): void {
    for (const period of this.byWindow.values()) hold.enter(period);
  }

  /** Moves a bill out of the current days and months into those in which its call was reserved. */
  bookWhereReserved(posting: Posting, hold: Hold): void {
    for (const period of this.byWindow.values()) {
      if (hold.periods.includes(period)) continue;
      period.before ??= new Use();
      period.before.add(useOfPosting(posting));
    }
  }

  /** Undefined when nothing was used. */
  memory(): BudgetMemory | undefined {
    const memory: { name: string; use: Use }[] = [];
    for (const { name, before, kept } of this.byWindow.values()) {
      const use = useOfAccount(this.account);
      use.add(kept);
      if (before !== undefined) use.subtract(before);
      if (!use.isZero) memory.push({ name, use });
    }
    return memory.length === 0 ? undefined : memory;
  }

  /** Counts the use of an earlier budget of the same scope, as far as its periods have not passed. */
  restore(memory: BudgetMemory): void {
    for (const period of this.byWindow.values()) {
      const known = memory.find(({ name }) => name === period.name);
      if (known === undefined) continue;
      period.before ??= new Use();
      period.before.subtract(known.use);
    }
  }
}

function copyOf(use: Use | undefined): Use | undefined {
  if (use === undefined) return undefined;
  const copy = new Use();
  copy.add(use);
  return copy;
}
