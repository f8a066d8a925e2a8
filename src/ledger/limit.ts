/** One limit of a budget, in whole units. */
import type { BudgetMeasure } from '../errors.js';
import type { BudgetWindow, Period } from './period.js';
import type { Units } from './units.js';

export class Limit {
  /** Thresholds reported so far in `period`. */
  told = 0;
  /** True if the limit has refused or stopped a call in `period`. */
  wasHit = false;
  /** The period that was current when the limit was last checked. */
  period: Period | undefined;

  constructor(
    readonly measure: BudgetMeasure,
    readonly window: BudgetWindow,
    public most: Units,
  ) {}

  /** Sets another amount. Its record of reports and refusals starts over. */
  change(most: Units): void {
    if (this.most === most) return;
    this.most = most;
    this.told = 0;
    this.wasHit = false;
  }

  /** Begins again in a new day or month. */
  begin(period: Period): void {
    this.period = period;
    this.told = 0;
    this.wasHit = false;
  }

  /** Takes the thresholds, as shares of the limit in ascending order, that an amount has newly reached. */
  pass(shares: readonly number[], spent: Units): readonly number[] {
    const reached = shares.filter((share) => Number(spent) >= share * Number(this.most)).length;
    const passed = shares.slice(this.told, reached);
    if (reached > this.told) this.told = reached;
    return passed;
  }
}
