/**
 * Slices of a shared budget: this process takes an amount of dollars from the store at a time, and admits calls within it
 * without asking. The store counts a slice as reserved until its dollars are spent, so what all processes spend, keep and
 * hold is never more than it says.
 */
import type { Use } from '../../ledger/measures.js';
import { minus, plus, type Units } from '../../ledger/units.js';
import type { StoreAnswer } from '../store/store.js';
import type { SliceHold, SlicePool } from './slice-pool.js';
import type { SharedPeriod } from './store-ask.js';
import { StoreHold } from './store-hold.js';

/** Takes a slice from the store. `down`: the store did not decide. An answer says why there is none. */
export type SliceAsk = (
  periods: readonly SharedPeriod[],
  pico: Units,
) => Promise<StoreHold | 'down' | StoreAnswer>;

/** After a slice was refused, none is taken in advance for that long. */
const PAUSE_MILLIS = 1000;

/** The slices of one budget. */
export class Slices {
  private pool: SlicePool | undefined;
  private growing: Promise<unknown> | undefined;
  private pauseEndMillis = 0;
  private readonly former = new Set<SlicePool>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly slice: Units,
    private readonly idleMillis: number,
    /** Makes a pool for the current periods. */
    private readonly newPool: (periods: readonly SharedPeriod[], onFree: () => void) => SlicePool,
    /** The current periods. */
    private readonly periods: () => readonly SharedPeriod[],
    private readonly ask: SliceAsk,
    private readonly onFree: () => void,
  ) {}

  /** The ids of the slices, which do not block calls of the process that has them. */
  get ids(): readonly string[] {
    return this.pool?.ids ?? [];
  }

  /** Reserves at once. Undefined if there is no room. */
  takeNow(amounts: Use): SliceHold | undefined {
    const pool = this.currentPool();
    if (pool.free < amounts.of('usd')) return undefined;
    const hold = pool.take(amounts);
    this.takeInAdvance(pool);
    return hold;
  }

  /** Reserves, and takes another slice if there is no room. */
  async take(amounts: Use): Promise<SliceHold | 'down' | StoreAnswer> {
    for (;;) {
      const hold = this.takeNow(amounts);
      if (hold !== undefined) return hold;
      if (this.growing !== undefined) {
        await this.growing;
        continue;
      }
      const pool = this.currentPool();
      const missing = minus(amounts.of('usd'), pool.free);
      const outcome = await this.grow(pool, missing > this.slice ? missing : this.slice);
      if (outcome === 'taken') continue;
      // The last part of a limit is smaller than a slice.
      const last = missing < this.slice ? await this.grow(pool, missing) : outcome;
      if (last !== 'taken') return last;
    }
  }

  /** Posts what was spent, and gives the rest back. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pool !== undefined) this.former.add(this.pool);
    this.pool = undefined;
    for (const pool of this.former) pool.end();
    this.former.clear();
  }

  private currentPool(): SlicePool {
    const periods = this.periods();
    const isCurrent = this.pool?.periods.every(({ name }, at) => name === periods[at]?.name) === true;
    if (this.pool !== undefined && isCurrent) return this.pool;
    if (this.pool !== undefined) this.former.add(this.pool);
    this.endFormer();
    this.pool = this.newPool(periods, () => {
      this.endFormer();
      this.onFree();
    });
    this.watchIdle();
    return this.pool;
  }

  /** A day that has passed is settled when its last call has ended. */
  private endFormer(): void {
    for (const pool of this.former) {
      if (pool.isRunning) continue;
      this.former.delete(pool);
      pool.end();
    }
  }

  private async grow(pool: SlicePool, pico: Units): Promise<'taken' | 'down' | StoreAnswer> {
    const asked = this.ask(pool.periods, pico);
    this.growing = asked;
    const outcome = await asked;
    this.growing = undefined;
    if (!(outcome instanceof StoreHold)) return outcome;
    // Its time is over: it ends without having been used.
    if (this.pool !== pool) outcome.release();
    else pool.add(outcome, pico);
    return 'taken';
  }

  private takeInAdvance(pool: SlicePool): void {
    if (this.growing !== undefined || performance.now() < this.pauseEndMillis) return;
    // Half of a slice is left for the calls until the answer.
    if (plus(pool.free, pool.free) >= this.slice) return;
    void this.grow(pool, this.slice).then((outcome) => {
      if (outcome !== 'taken') this.pauseEndMillis = performance.now() + PAUSE_MILLIS;
    });
  }

  private watchIdle(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const { pool } = this;
      if (pool === undefined) return;
      if (pool.isRunning || performance.now() - pool.lastUseMillis < this.idleMillis) this.watchIdle();
      else this.end();
    }, this.idleMillis);
    this.timer.unref();
  }
}
