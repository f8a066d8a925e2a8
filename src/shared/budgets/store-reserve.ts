/** Reserves for one call in one budget of the store. */
import type { Hold } from '../../ledger/hold.js';
import type { Refusal } from '../../ledger/reservation.js';
import type { Request } from '../../ledger/room.js';
import type { SharedStore, StoreAnswer } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';
import { copyOf } from './amounts.js';
import type { SharedBudget } from './shared-budget.js';
import { SliceHold } from './slice-pool.js';
import { type AskInput, askOf, type OpenNeeds, openNeeds, refusalOf } from './store-ask.js';
import { StoreHold } from './store-hold.js';

/** `down`: the store did not decide. */
export type StoreVerdict = 'held' | 'down' | Refusal;

export interface ReserveSettings {
  readonly store: SharedStore;
  readonly client: StoreClient;
  readonly leaseMillis: number;
}

/** One call in one shared budget. */
export class StoreRequest {
  private readonly needs: OpenNeeds;

  constructor(
    private readonly settings: ReserveSettings,
    readonly shared: SharedBudget,
    private readonly hold: Hold,
    private readonly request: Request,
  ) {
    this.needs = openNeeds(shared.budget, hold, request);
  }

  /** Asks the store, and waits for its answer. Never rejects. */
  async reserve(): Promise<StoreVerdict> {
    const { shared, settings } = this;
    if (this.isSliced) return this.takeSlice();
    if (settings.client.isPausing) return this.withoutStore();
    for (let tries = 0; ; tries += 1) {
      const mayLag = shared.posts.isBusy;
      const [input, held] = this.newHold(false);
      const answer = await this.ask(input, held, true);
      const isLast = tries > 0;
      if (answer === undefined) return 'down';
      switch (answer.outcome) {
        case 'admitted':
        case 'alone':
          if (isLast || this.isInPeriod(input, answer)) return 'held';
          // The day has changed since the request was made, or the clock of this process is wrong.
          held.release();
          break;
        case 'not_open':
          return 'down';
        case 'ended':
          if (isLast) return 'down';
          break;
        default: {
          // The store does not know yet what calls of this process have released.
          const mayClear = answer.outcome === 'no_room' && mayLag && !isLast;
          if (mayClear && (await shared.posts.send())) break;
          return refusalOf(shared.budget, this.hold, this.needs, input, answer) ?? 'down';
        }
      }
    }
  }

  /** An estimate that is not certain may be far from the cost, so that a slice would bound nothing. */
  private get isSliced(): boolean {
    return this.shared.slices !== undefined && this.hold.needs.isFirm('usd');
  }

  private async takeSlice(): Promise<StoreVerdict> {
    const { shared, hold, needs } = this;
    const taken = await shared.slices?.take(needs.use);
    if (taken === undefined || taken === 'down') return this.withoutStore();
    if (taken instanceof SliceHold) {
      hold.shared = taken;
      return 'held';
    }
    return refusalOf(shared.budget, hold, needs, { periods: shared.periods() }, taken) ?? this.withoutStore();
  }

  /** Holds it whatever the limits say, without waiting for the answer. */
  reserveInBackground(): void {
    const slice = this.isSliced ? this.shared.slices?.takeNow(this.needs.use) : undefined;
    if (slice !== undefined) {
      this.hold.shared = slice;
      return;
    }
    const [input, held] = this.newHold(true);
    // It never rejects.
    void this.ask(input, held, false);
  }

  /** The call runs without a hold in the store. Its cost is posted all the same. */
  withoutStore(): 'down' {
    const [, held] = this.newHold(false);
    held.refused();
    return 'down';
  }

  /** Gives back what the store holds. */
  giveBack(): void {
    this.hold.shared?.release();
    this.hold.shared = undefined;
  }

  private newHold(isForced: boolean): [AskInput, StoreHold] {
    const { shared, hold, settings } = this;
    const periods = shared.periods();
    const held = new StoreHold(shared, periods, copyOf(this.needs.use));
    hold.shared = held;
    return [{ name: shared.name, id: held.id, leaseMillis: settings.leaseMillis, periods, isForced }, held];
  }

  /**
   * `isFirst`: a call that runs already moves to the current periods, if the clock of this process is wrong. Its bill is
   * sent after the answer.
   */
  private async ask(
    input: AskInput,
    held: StoreHold,
    keepsAlive: boolean,
    isFirst = input.isForced,
  ): Promise<StoreAnswer | undefined> {
    const { shared, hold, request, needs, settings } = this;
    const own = shared.slices?.ids ?? [];
    const ask = askOf(shared.budget, hold, needs, request, input, own);
    const seen = shared.seen();
    const answer = await settings.client.ask(() => settings.store.reserve(ask), keepsAlive);
    if (answer === undefined) {
      held.missed();
      return undefined;
    }
    if (answer.outcome === 'admitted' || answer.outcome === 'alone') {
      if (isFirst && !this.isInPeriod(input, answer)) {
        const periods = shared.periods(answer.nowMillis);
        held.moveTo(periods);
        return this.ask({ ...input, id: held.id, periods }, held, keepsAlive, false);
      }
      held.admitted();
      shared.noteRunning(held);
    } else if (answer.outcome === 'no_room') held.refusedForNow();
    else held.refused();
    shared.observe(input.periods, answer.states, seen);
    return answer;
  }

  private isInPeriod({ periods }: AskInput, { nowMillis }: StoreAnswer): boolean {
    const now = this.shared.periods(nowMillis);
    return periods.every(({ name }) => now.some((period) => period.name === name));
  }
}
