import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetTerms } from './budget-options.js';

/** Values of one attribution key that are kept, each some 1 kB: more users than a process has at work at once. */
const MAX_VALUES = 10_000;

/** How many are looked at for an idle one before the oldest goes: keeps an eviction O(1). */
const EVICTION_LOOKS = 32;

/** The budgets of attribution: each value of a key has its own. The least recently used idle one goes first. */
export class BudgetTable {
  /** Values that were dropped because the table was full; one that comes back starts with nothing spent. */
  evictions = 0;
  private readonly byValue = new Map<string, Budget>();

  constructor(
    private readonly key: string,
    private readonly terms: BudgetTerms,
    private readonly maxValues: number = MAX_VALUES,
  ) {}

  /** The budget of that value: the one that is kept, or a new one. */
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
