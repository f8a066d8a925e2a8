/** Extends the leases of calls that still run. */

import type { SharedStore, StoreLease } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';
import type { SharedBudget } from './shared-budget.js';
import type { StoreHold } from './store-hold.js';

/** Leases that one request extends. */
const MAX_LEASES = 100;

export class Leases {
  private readonly running = new Map<StoreHold, SharedBudget>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isRenewing = false;

  constructor(
    private readonly store: SharedStore,
    private readonly client: StoreClient,
    private readonly leaseMillis: number,
  ) {}

  get size(): number {
    return this.running.size;
  }

  /** The budgets that it holds something in. */
  budgets(): ReadonlySet<SharedBudget> {
    return new Set(this.running.values());
  }

  add(hold: StoreHold, budget: SharedBudget): void {
    if (!hold.isRunning) return;
    this.running.set(hold, budget);
    if (this.timer !== undefined) return;
    // Two renewals may fail before a lease runs out.
    this.timer = setInterval(() => void this.renew(), this.leaseMillis / 3);
    this.timer.unref();
  }

  delete(hold: StoreHold): void {
    this.running.delete(hold);
    if (this.running.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** One request at a time. */
  private async renew(): Promise<void> {
    if (this.isRenewing) return;
    this.isRenewing = true;
    const leases = [...this.running].map(([hold, budget]) => this.leaseOf(hold, budget));
    for (let at = 0; at < leases.length; at += MAX_LEASES) {
      const some = leases.slice(at, at + MAX_LEASES);
      if ((await this.client.askLater(() => this.store.renew(some))) === undefined) break;
    }
    this.isRenewing = false;
  }

  private leaseOf({ id, periods }: StoreHold, { name }: SharedBudget): StoreLease {
    return { budget: name, id, periods, leaseMillis: this.leaseMillis };
  }
}
