import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetTerms } from './budget-options.js';

/** The most values per attribution key, about 1 kB each: more users than a process serves at once. */
const MAX_VALUES = 10_000;

/** Entries checked for an idle one before the oldest is evicted. Keeps an eviction O(1). */
const EVICTION_LOOKS = 32;

/** The budgets of one attribution key: one per value. The least recently used idle one is evicted first. */
export class BudgetTable {
  /** Values that were evicted because the table was full. A value that returns starts with nothing spent. */
  evictions = 0;
  private readonly byValue = new Map<string, Budget>();

  constructor(
    private readonly key: string,
    private readonly terms: BudgetTerms,
    private readonly maxValues: number = MAX_VALUES,
  ) {}

  /** The budget of a value: the existing one, or a new one. */
  enter(value: string): Budget {
    let budget = this.byValue.get(value);
    if (budget !== undefined) {
      this.byValue.delete(value);
    } else {
      if (this.byValue.size >= this.maxValues) this.evictOne();
      budget = new Budget({ kind: this.key, name: value }, new Account(), this.terms);
    }
    this.byValue.set(value, budget);
    return budget;
  }

  private evictOne(): void {
    const value = this.oldestIdle();
    if (value === undefined) return;
    this.byValue.delete(value);
    this.evictions += 1;
  }

  private oldestIdle(): string | undefined {
    let oldest: string | undefined;
    let looks = 0;
    for (const [value, budget] of this.byValue) {
      oldest ??= value;
      if (!budget.isInUse) return value;
      looks += 1;
      if (looks === EVICTION_LOOKS) break;
    }
    return oldest;
  }
}
