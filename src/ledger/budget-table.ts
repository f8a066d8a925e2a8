import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetMemory } from './budget-periods.js';
import type { BudgetTerms } from './budget-terms.js';
import { dropIdle } from './idle-rows.js';

/** The most values per attribution key with a budget in memory, about 1 kB each: more users than a process serves at once. */
const MAX_VALUES = 10_000;

/** The most dropped values whose spending is remembered, some 200 bytes each: 10 MB. */
const MAX_REMEMBERED = 50_000;

/** A dropped budget: its use, and the budget itself as long as it is still referenced. */
interface Dropped {
  readonly memory: BudgetMemory | undefined;
  readonly budget: WeakRef<Budget>;
}

/**
 * The budgets of one attribution key: one per value. The least recently used idle one is dropped first. Its spending is
 * remembered, and counts when the value returns.
 */
export class BudgetTable {
  /** Values whose spending is forgotten because both tables were full. A value that returns starts with nothing spent. */
  evictions = 0;
  private readonly byValue = new Map<string, Budget>();
  private readonly dropped = new Map<string, Dropped>();

  constructor(
    private readonly key: string,
    private readonly terms: BudgetTerms,
    private readonly maxValues: number = MAX_VALUES,
    private readonly maxRemembered: number = MAX_REMEMBERED,
  ) {}

  /** The budget of a value: the existing one, or a new one. */
  enter(value: string): Budget {
    const known = this.byValue.get(value) ?? this.dropped.get(value)?.budget.deref();
    const budget = known ?? this.begin(value);
    this.put(value, budget);
    return budget;
  }

  private begin(value: string): Budget {
    const scope = { kind: this.key, name: value };
    return new Budget(scope, new Account(), this.terms, undefined, this.dropped.get(value)?.memory);
  }

  /** Makes it the most recently used one. */
  private put(value: string, budget: Budget): void {
    budget.onUse = undefined;
    this.dropped.delete(value);
    this.byValue.delete(value);
    if (this.byValue.size >= this.maxValues)
      dropIdle(this.byValue, this.maxValues, (...row) => this.drop(...row));
    this.byValue.set(value, budget);
  }

  private drop(value: string, budget: Budget): void {
    this.dropped.set(value, { memory: budget.memory(), budget: new WeakRef(budget) });
    // Work that outlives its scope may still have a reference to the budget, and use it later.
    budget.onUse = () => this.put(value, budget);
    if (this.dropped.size <= this.maxRemembered) return;
    const [oldest] = this.dropped.keys();
    if (oldest !== undefined) this.dropped.delete(oldest);
    this.evictions += 1;
  }
}
