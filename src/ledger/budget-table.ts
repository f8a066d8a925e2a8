import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetTerms } from './budget-options.js';
import type { BudgetMemory } from './budget-periods.js';

/** The most values per attribution key with a budget in memory, about 1 kB each: more users than a process serves at once. */
const MAX_VALUES = 10_000;

/** In use, values are kept beyond that, up to this many times as many. More are scopes that never end. */
const MAX_IN_USE_FACTOR = 10;

/** The most dropped values whose spending is remembered, some 200 bytes each: 10 MB. */
const MAX_REMEMBERED = 50_000;

/** Entries checked for an idle one at a time. Keeps an eviction O(1). */
const EVICTION_LOOKS = 32;

/** A dropped budget: its use, and the budget itself as long as someone still has it. */
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
    if (this.byValue.size >= this.maxValues) this.makeRoom();
    this.byValue.set(value, budget);
  }

  /** Drops idle entries. Those in use move to the end, so that the next look finds others. */
  private makeRoom(): void {
    let looks = 0;
    for (const [value, budget] of this.byValue) {
      const isTooMany = this.byValue.size >= this.maxValues * MAX_IN_USE_FACTOR;
      this.byValue.delete(value);
      if (budget.isInUse && !isTooMany) this.byValue.set(value, budget);
      else this.drop(value, budget);
      looks += 1;
      if (this.byValue.size < this.maxValues || looks === EVICTION_LOOKS) return;
    }
  }

  private drop(value: string, budget: Budget): void {
    this.dropped.set(value, { memory: budget.memory(), budget: new WeakRef(budget) });
    // Work that goes on without its scope may still have the budget, and uses it later.
    budget.onUse = () => this.put(value, budget);
    if (this.dropped.size <= this.maxRemembered) return;
    const [oldest] = this.dropped.keys();
    if (oldest !== undefined) this.dropped.delete(oldest);
    this.evictions += 1;
  }
}
