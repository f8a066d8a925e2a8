/** The settlements of one budget that the store has not confirmed yet. */
import { Use } from '../../ledger/measures.js';
import type { SharedStore, StoreBatch, StoreBudget, StorePeriod, StorePeriodState } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';
import { amountsOf } from './amounts.js';
import type { Entry, StoreHold } from './store-hold.js';

/** Enough for one round trip, and short enough not to keep other clients of the store waiting. */
const MAX_ENTRIES = 200;

/**
 * Holds that wait to be settled while the store is down, some 300 bytes each. Beyond it, the cost of a call is added to a sum
 * that takes no further memory, and its hold is left to its lease.
 */
const MAX_WAITING = 10_000;

interface Batch {
  readonly batch: StoreBatch;
  readonly entries: readonly Entry[];
}

interface Sum {
  readonly periods: readonly StorePeriod[];
  readonly use: Use;
}

/** The effects of an acknowledged batch on the budget. */
export interface PostResult {
  confirmed(entries: readonly Entry[]): void;
  noteDropped(): void;
  observe(periods: readonly StorePeriod[], states: readonly StorePeriodState[], seen: Seen): void;
}

/** The versions of periods that were known when a request was sent. */
export interface Seen {
  readonly life: number;
  readonly versions: ReadonlyMap<string, number>;
}

export class PostQueue {
  private readonly holds = new Set<StoreHold>();
  private readonly sums = new Map<string, Sum>();
  private unconfirmed: Batch | undefined;
  private version = 0;
  private sending: Promise<boolean> | undefined;

  constructor(
    private readonly store: SharedStore,
    private readonly client: StoreClient,
    private readonly budget: StoreBudget,
    private readonly writer: string,
    private readonly result: PostResult & { seen(): Seen },
  ) {}

  /** True while anything waits to be confirmed. */
  get isBusy(): boolean {
    return this.unconfirmed !== undefined || this.holds.size > 0 || this.sums.size > 0;
  }

  /** True when a batch is full. */
  get isFull(): boolean {
    return this.holds.size >= MAX_ENTRIES;
  }

  addHold(hold: StoreHold): void {
    this.holds.add(hold);
    if (this.holds.size > MAX_WAITING) this.dropOldest();
  }

  /** Adds a cost without a reservation. Without `use`, only the state of the periods is read. */
  addSum(periods: readonly StorePeriod[], use?: Use): void {
    const key = periods.map(({ name }) => name).join('\n');
    let sum = this.sums.get(key);
    if (sum === undefined) {
      sum = { periods, use: new Use() };
      this.sums.set(key, sum);
    }
    if (use !== undefined) sum.use.add(use);
  }

  /** Sends what there is, in one batch at a time. False if the store did not confirm a batch. Never rejects. */
  send(): Promise<boolean> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async sendAll(): Promise<boolean> {
    for (;;) {
      this.unconfirmed ??= this.nextBatch();
      const sent = this.unconfirmed;
      if (sent === undefined) return true;
      const seen = this.result.seen();
      const answer = await this.client.askLater(() => this.store.settle(sent.batch));
      // A store that is not open has lost its data, and would lose these.
      if (answer?.generation === undefined) return false;
      this.unconfirmed = undefined;
      this.result.confirmed(sent.entries);
      if ((answer.overflowed ?? 0) > 0) this.result.noteDropped();
      this.result.observe(periodsOf(sent.batch), answer.states, seen);
    }
  }

  private nextBatch(): Batch | undefined {
    const entries: Entry[] = [];
    for (const [key, { periods, use }] of this.sums) {
      this.sums.delete(key);
      const amounts = amountsOf(use);
      const settlement = amounts === undefined ? { periods } : { periods, amounts };
      entries.push({ settlement, settled: use });
      if (entries.length >= MAX_ENTRIES) break;
    }
    for (const hold of this.holds) {
      if (entries.length >= MAX_ENTRIES) break;
      if (hold.isAsking) continue;
      this.holds.delete(hold);
      entries.push(...hold.takeEntries());
    }
    if (entries.length === 0) return undefined;
    this.version += 1;
    const { budget, writer, version } = this;
    const settlements = entries.map(({ settlement }) => settlement);
    return { batch: { budget, writer, version, settlements }, entries };
  }

  private dropOldest(): void {
    for (const hold of this.holds) {
      if (hold.isAsking) continue;
      this.holds.delete(hold);
      this.result.noteDropped();
      for (const { settlement, settled } of hold.takeEntries())
        if (settled !== undefined) this.addSum(settlement.periods, settled);
      return;
    }
  }
}

/** Each period of a batch once, in the order in which the store returns their states. */
function periodsOf({ settlements }: StoreBatch): readonly StorePeriod[] {
  const byName = new Map<string, StorePeriod>();
  for (const { periods } of settlements) {
    for (const period of periods) if (!byName.has(period.name)) byName.set(period.name, period);
  }
  return [...byName.values()];
}
