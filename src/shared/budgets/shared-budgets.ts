/** The budgets of this process that are shared on a store. */
import { refusesCalls } from '../../budgets/shared-admission.js';
import { Budget } from '../../ledger/budget.js';
import type { OnStoreDown } from '../../ledger/budget-options.js';
import { Refusal, type Reservation } from '../../ledger/reservation.js';
import type { Request } from '../../ledger/room.js';
import type { BudgetSharing } from '../../runtime/sharing.js';
import { warnOnce } from '../../warnings.js';
import type { SharedStore, StoreBudget } from '../store/store.js';
import { type DataLoss, StoreClient } from '../store/store-client.js';
import { pause, within } from '../store/within.js';
import { Leases } from './leases.js';
import { SharedBudget, type Surroundings } from './shared-budget.js';
import { DEFAULTS, type SharedBudgetsOptions, type SharedBudgetsStats } from './shared-budgets-options.js';
import { slicesOf } from './slice-requests.js';
import { inOrder, StoreAdmission } from './store-admission.js';
import type { StoreHold } from './store-hold.js';
import { StoreRequest } from './store-reserve.js';

/** The shortest pause before settlements are sent again. It doubles with each failure. */
const MIN_RETRY_MILLIS = 10;

/** The longest pause before settlements are sent again. */
const MAX_RETRY_MILLIS = 5000;

/** Requests at the same time after the store has been down. */
const MAX_SENDS = 64;

/** Budgets whose settlements wait for the store, some 1 kB each. */
const MAX_PENDING = 50_000;

/** While the store is down, calls that cannot ask it have it asked that often. */
const PROBE_MILLIS = 250;

export class SharedBudgets implements BudgetSharing, Surroundings {
  readonly onStoreDown: OnStoreDown;
  readonly keepSessionsMillis: number;
  private readonly leases: Leases;
  private readonly pending = new Set<SharedBudget>();
  private readonly leaseMillis: number;
  private readonly flushMillis: number;
  private readonly instance = crypto.randomUUID();
  private ids = 0;
  private dropped = 0;
  private withoutStore = 0;
  private failuresInRow = 0;
  private probedMillis = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  isClosed = false;

  constructor(
    readonly store: SharedStore,
    options: SharedBudgetsOptions = {},
    readonly client = new StoreClient(options.storeTimeoutMillis ?? DEFAULTS.storeTimeoutMillis, store),
  ) {
    this.onStoreDown = options.onStoreDown ?? DEFAULTS.onStoreDown;
    this.keepSessionsMillis = options.keepSessionsMillis ?? DEFAULTS.keepSessionsMillis;
    this.leaseMillis = options.leaseMillis ?? DEFAULTS.leaseMillis;
    this.flushMillis = options.flushMillis ?? DEFAULTS.flushMillis;
    this.leases = new Leases(store, this.client, this.leaseMillis);
  }

  get stats(): SharedBudgetsStats {
    const { timeouts, failures, dataLosses } = this.client;
    const { withoutStore, dropped, pending, leases } = this;
    return {
      timeouts,
      failures,
      dataLosses,
      withoutStore,
      dropped,
      pending: pending.size,
      running: leases.size,
    };
  }

  /** Called when totals may lack what was spent. Returns a function that removes the listener. */
  onDataLost(listener: (loss: DataLoss) => void): () => void {
    return this.client.onDataLost(listener);
  }

  connect(budget: Budget): void {
    if (this.isClosed) return;
    if (!(budget instanceof Budget)) {
      warnOnce('budgets of a second copy of this package are not shared: install it once');
      return;
    }
    const shared = new SharedBudget(budget, this);
    const slice = budget.terms.shared?.slice;
    if (slice !== undefined) shared.slices = slicesOf(shared, slice, this.settings);
    budget.sharedUse = shared;
  }

  admit(
    request: Request,
    outcome: Reservation | Refusal,
  ): Reservation | Refusal | Promise<Reservation | Refusal> {
    if (outcome instanceof Refusal) {
      // Other processes may have released room since the latest answer.
      if (!request.asksStore && outcome.budget.sharedUse instanceof SharedBudget)
        outcome.budget.sharedUse.refresh();
      return outcome;
    }
    const parts = this.partsOf(request, outcome);
    const deciding = parts.filter(({ shared }) => refusesCalls(shared.budget));
    if (!request.asksStore) return this.admitAtOnce(outcome, parts, deciding);
    for (const part of parts) if (!deciding.includes(part)) part.reserveInBackground();
    if (deciding.length === 0) return outcome;
    return this.admitInStore(request, outcome, deciding);
  }

  private async admitInStore(
    request: Request,
    reservation: Reservation,
    parts: readonly StoreRequest[],
  ): Promise<Reservation | Refusal> {
    const outcome = await new StoreAdmission(request, reservation, parts, () => this.downReason()).run();
    if (reservation.onStoreDown !== undefined) this.withoutStore += 1;
    return outcome;
  }

  /** A call whose result no promise may replace is decided by what is known, and counted in the store afterwards. */
  private admitAtOnce(
    reservation: Reservation,
    parts: readonly StoreRequest[],
    deciding: readonly StoreRequest[],
  ): Reservation | Refusal {
    if (this.client.down !== undefined) {
      this.probe();
      for (const { shared } of deciding) {
        reservation.onStoreDown = shared.policy;
        if (shared.policy === 'refuse') break;
      }
      if (deciding.length > 0) this.withoutStore += 1;
    }
    if (reservation.onStoreDown === 'refuse') {
      const refusing = deciding.find(({ shared }) => shared.policy === 'refuse');
      reservation.release();
      if (refusing !== undefined) return Refusal.storeDown(refusing.shared.budget, this.downReason());
    }
    for (const part of parts) {
      if (this.client.down === undefined) part.reserveInBackground();
      else part.withoutStore();
    }
    return reservation;
  }

  private partsOf(request: Request, reservation: Reservation): readonly StoreRequest[] {
    const parts: StoreRequest[] = [];
    for (const budget of request.budgets) {
      const hold = reservation.ownHoldIn(budget);
      const shared = budget.sharedUse;
      // A turn is counted when it begins, and holds nothing.
      if (hold === undefined || hold.needs.kind === 'step' || !(shared instanceof SharedBudget)) continue;
      if (shared.periods().length > 0) parts.push(new StoreRequest(this.settings, shared, hold, request));
    }
    return parts.sort((a, b) => inOrder(a.shared, b.shared));
  }

  private get settings() {
    const { store, client, leaseMillis } = this;
    return { store, client, leaseMillis };
  }

  private downReason(): string {
    if (this.client.down === 'not open') {
      return 'the store of this shared budget is not open: nobody has opened it, or it has lost its data since; open it with costs.open()';
    }
    return 'the store of this shared budget could not be reached';
  }

  private probe(): void {
    const nowMillis = performance.now();
    if (nowMillis - this.probedMillis < PROBE_MILLIS) return;
    this.probedMillis = nowMillis;
    void this.client.askLater(() => this.store.write([]));
  }

  newId(): string {
    this.ids += 1;
    return `${this.instance}-${this.ids.toString(36)}`;
  }

  noteRunning(hold: StoreHold, budget: SharedBudget): void {
    this.leases.add(hold, budget);
    if (this.failuresInRow > 0) this.sendSoon();
  }

  /** The store is back. */
  private sendSoon(): void {
    this.failuresInRow = 0;
    this.stopTimer();
    if (this.pending.size > 0) this.timer = this.timerOf(this.flushMillis);
  }

  noteEnded(hold: StoreHold): void {
    this.leases.delete(hold);
  }

  noteDropped(budget: StoreBudget): void {
    this.dropped += 1;
    this.client.noteDataLost({ cause: 'dropped', budget });
  }

  notePost(budget: SharedBudget): void {
    if (this.isClosed) return;
    if (this.pending.size >= MAX_PENDING && !this.pending.has(budget)) {
      this.noteDropped(budget.name);
      return;
    }
    this.pending.add(budget);
    const isUrgent = budget.posts.isFull && this.failuresInRow === 0;
    if (isUrgent) this.stopTimer();
    this.timer ??= this.timerOf(isUrgent ? 0 : this.delayMillis());
  }

  /** Settlements do not keep the process alive: a reservation that stays open is booked when its lease runs out. */
  private timerOf(millis: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, millis);
    timer.unref();
    return timer;
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private delayMillis(): number {
    const { failuresInRow, flushMillis } = this;
    if (failuresInRow === 0) return flushMillis;
    return (
      Math.min(Math.max(flushMillis, MIN_RETRY_MILLIS) * 2 ** failuresInRow, MAX_RETRY_MILLIS) *
      (0.5 + Math.random())
    );
  }

  /** Sends what is pending. False if the store did not confirm some of it. */
  private async send(): Promise<boolean> {
    const budgets = [...this.pending].slice(0, MAX_SENDS);
    const sent = await Promise.all(budgets.map((budget) => budget.posts.send()));
    budgets.forEach((budget) => {
      if (!budget.posts.isBusy) this.pending.delete(budget);
    });
    const isConfirmed = sent.every(Boolean);
    this.failuresInRow = isConfirmed ? 0 : this.failuresInRow + 1;
    if (this.pending.size > 0 && !this.isClosed) this.timer ??= this.timerOf(this.delayMillis());
    return isConfirmed;
  }

  /** Posts all settlements. Resolves to false if the store did not confirm them within `timeoutMillis`. */
  async flush(timeoutMillis = 5000): Promise<boolean> {
    const endMillis = performance.now() + timeoutMillis;
    while (this.pending.size > 0) {
      const isConfirmed = await this.send();
      if (performance.now() >= endMillis) break;
      // A request whose answer is outstanding has to be answered first.
      if (!isConfirmed || this.pending.size > 0)
        await pause(Math.min(this.delayMillis(), endMillis - performance.now()));
    }
    return this.pending.size === 0;
  }

  /**
   * Gives slices back, posts all settlements and stops, after `timeoutMillis` at the latest. Budgets then act as without a
   * store.
   */
  async close(timeoutMillis = 5000): Promise<void> {
    this.stopTimer();
    for (const { slices } of this.leases.budgets()) slices?.end();
    const endMillis = performance.now() + timeoutMillis;
    await within(timeoutMillis, async () => {
      // A slice that was taken in advance is given back when it arrives.
      await this.client.idle();
      await pause(0);
      return this.flush(endMillis - performance.now());
    });
    this.isClosed = true;
    this.stopTimer();
    this.leases.stop();
    for (const { name } of this.pending) this.noteDropped(name);
    this.pending.clear();
  }
}
