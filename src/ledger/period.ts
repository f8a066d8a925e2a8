/** The time over which a limit counts: a day, a month, or the whole life of its scope. */
import { type CountedMeasure, type Needs, Use } from './measures.js';

export type BudgetWindow = 'day' | 'month' | 'total';

export const WINDOWS: readonly BudgetWindow[] = ['day', 'month', 'total'];

/**
 * Every time zone in use is a multiple of 15 minutes from UTC (IANA tz database, 2025b), so a day begins at such a
 * time everywhere, and its date has to be looked up only once in 15 minutes.
 */
const SLOT_MILLIS = 15 * 60_000;

const DAY_MILLIS = 86_400_000;

/** Names the current day and month of one time zone. */
export class Calendar {
  private readonly format: Intl.DateTimeFormat;
  private slot = Number.NaN;
  private day = '';

  /** Throws a RangeError for a time zone that does not exist. */
  constructor(readonly timeZone: string) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...parts });
  }

  /** A day like `2026-11-29`, a month like `2026-11`, or `total`. */
  nameOf(window: BudgetWindow, nowMillis: number): string {
    if (window === 'total') return window;
    const slot = Math.floor(nowMillis / SLOT_MILLIS);
    if (slot !== this.slot) {
      this.slot = slot;
      const parts = new Map(this.format.formatToParts(nowMillis).map(({ type, value }) => [type, value]));
      this.day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    }
    return window === 'day' ? this.day : this.day.slice(0, '2026-11'.length);
  }
}

/** The window of a day or a month with that name. */
export function windowOf(name: string): BudgetWindow | undefined {
  if (/^\d+-\d\d$/.test(name)) return 'month';
  return /^\d+-\d\d-\d\d$/.test(name) ? 'day' : undefined;
}

/** The number of calls in flight, by the limits in which they hold an amount that is uncertain before they end. */
class CallCounts {
  llm = 0;
  tool = 0;
  tokens = 0;

  of(measure: CountedMeasure): number {
    switch (measure) {
      case 'usd':
        return this.llm + this.tool;
      case 'llmUsd':
        return this.llm;
      case 'toolUsd':
        return this.tool;
      case 'tokens':
        return this.tokens;
      default:
        return 0;
    }
  }

  /** Adds `step` calls that hold money, tokens, or both. */
  count({ kind }: Needs, money: boolean, tokens: boolean, step: 1 | -1): void {
    if (money && kind === 'llm') this.llm += step;
    if (money && kind === 'tool') this.tool += step;
    if (tokens) this.tokens += step;
  }
}

/** The holds of one budget during one day, one month, or its whole life. */
export class Period {
  /** Reserved for calls in flight that have an estimate. */
  readonly reserved = new Use();
  /** Booked in the budget, not as cost, for calls of unknown cost. */
  readonly kept = new Use();
  /** Calls in flight that hold money or tokens. */
  readonly holders = new CallCounts();
  /** Those of them whose estimate is learned or missing. */
  readonly unsure = new CallCounts();
  /** Those of them that hold all that is left. */
  readonly alone = new CallCounts();
  /** The use of the account that does not count in this period. Undefined: all of it counts. */
  before: Use | undefined;
}

/** The current period of one window. */
export class OpenWindow {
  constructor(
    readonly name: string,
    private readonly startMillis: number,
    readonly period: Period,
  ) {}

  /**
   * True when time has moved on to another period. A clock that is set back by less than a day, as time servers do,
   * does not begin the former period a second time with nothing spent.
   */
  isOver(name: string, nowMillis: number): boolean {
    return name !== this.name && (name > this.name || nowMillis < this.startMillis - DAY_MILLIS);
  }
}
