/**
 * Slices of a shared budget: this process takes an amount of dollars from the store at a time, and admits calls within it
 * without asking. The store counts a slice as reserved until its dollars are spent, so what all processes spend, keep and
 * hold is never more than it says.
 */
import { Use } from '../ledger/measures.js';
import type { SharedHold } from '../ledger/shared-use.js';
import { minus, plus, type Units } from '../ledger/units.js';
import { takeUsd } from './amounts.js';
import type { StoreAnswer } from './store.js';
import type { SharedPeriod } from './store-ask.js';
import { StoreHold } from './store-hold.js';

/** Takes a slice from the store. `down`: the store did not decide. An answer says why there is none. */
export type SliceAsk = (
  periods: readonly SharedPeriod[],
  pico: Units,
) => Promise<StoreHold | 'down' | StoreAnswer>;

/** After a slice was refused, none is taken in advance for that long. */
const PAUSE_MILLIS = 1000;

interface Slice {
  readonly hold: StoreHold;
  readonly pico: Units;
}

/** The slices of one set of periods. Without a slice, everything in it has been posted. */
export class SlicePool {
  lastUseMillis = performance.now();
  private readonly slices: Slice[] = [];
  private granted: Units = 0;
  private reserved: Units = 0;
  /** Spent, and not posted yet. */
  private readonly unposted = new Use();
  /** Calls that have not ended. */
  private readonly running = new Set<SliceHold>();
  /** Booked in place of unknown costs, and not posted yet. */
  private readonly kept = new Map<SliceHold, Use>();
  private isOver = false;

  constructor(
    readonly periods: readonly SharedPeriod[],
    /** A hold in the same periods for an amount that stays booked. */
    private readonly keptHold: () => StoreHold,
    /** Posts a cost without a hold. */
    private readonly post: (use: Use) => void,
    /** Called when room was released. */
    readonly onFree: () => void,
  ) {}

  get id(): string | undefined {
    return this.slices[0]?.hold.id;
  }

  get ids(): readonly string[] {
    return this.slices.map(({ hold }) => hold.id);
  }

  get isRunning(): boolean {
    return this.running.size > 0;
  }

  /** What calls may still reserve, in pico-dollars. Below 0 if calls have cost more than they had reserved. */
  get free(): Units {
    let free = minus(minus(this.granted, this.reserved), this.unposted.of('usd'));
    for (const use of this.kept.values()) free = minus(free, use.of('usd'));
    return free;
  }

  add(hold: StoreHold, pico: Units): void {
    this.slices.push({ hold, pico });
    this.granted = plus(this.granted, pico);
  }

  take(amounts: Use): SliceHold {
    const call = new SliceHold(this, amounts);
    this.running.add(call);
    this.reserved = plus(this.reserved, amounts.of('usd'));
    this.lastUseMillis = performance.now();
    return call;
  }

  /** A call has ended. */
  giveBack(call: SliceHold): void {
    if (!this.running.delete(call)) return;
    this.reserved = minus(this.reserved, call.amounts.of('usd'));
    this.lastUseMillis = performance.now();
  }

  bill(use: Use): void {
    this.unposted.add(use);
    this.postUsedUp();
  }

  keep(call: SliceHold, use: Use): void {
    this.kept.set(call, use);
    this.postRest();
  }

  /** False if the amount has been posted. */
  dropKept(call: SliceHold): boolean {
    return this.kept.delete(call);
  }

  /** Ends each slice whose dollars are spent, and posts exactly these. */
  private postUsedUp(): void {
    for (let [oldest] = this.slices; oldest !== undefined; [oldest] = this.slices) {
      const { pico, hold } = oldest;
      if (this.unposted.of('usd') < pico) return;
      this.slices.shift();
      this.granted = minus(this.granted, pico);
      hold.bill(takeUsd(this.unposted, pico));
      hold.release();
    }
    this.postRest();
  }

  /** Without a slice, nothing else holds the room for it in the store. */
  private postRest(): void {
    if (this.slices.length > 0) return;
    for (const [call, use] of this.kept) call.moveTo(this.keptHold(), use);
    this.kept.clear();
    // Before its first slice, calls of a pool cannot have been admitted in it.
    if (!this.unposted.isZero) this.post(takeUsd(this.unposted, this.unposted.of('usd')));
    if (!this.isOver) return;
    for (const call of this.running) call.moveTo(this.keptHold(), call.amounts);
    this.reserved = 0;
    this.running.clear();
  }

  /** Posts all that was spent or kept, and gives the rest back. What calls in flight have reserved stays booked for them. */
  end(): void {
    this.isOver = true;
    const slices = this.slices.splice(0);
    this.granted = 0;
    // All of it is posted before the slices that covered it are released.
    this.postRest();
    for (const { hold } of slices) hold.release();
  }
}

/** The hold of one call in a slice. */
export class SliceHold implements SharedHold {
  /** The amount that stays booked, once it is in the store. */
  private posted: StoreHold | undefined;

  constructor(
    private readonly pool: SlicePool,
    readonly amounts: Use,
  ) {}

  get id(): string | undefined {
    return this.posted?.id ?? this.pool.id;
  }

  bill(use: Use): void {
    this.pool.bill(use);
  }

  release(): void {
    this.free();
    this.pool.onFree();
  }

  keep(use: Use): void {
    this.free();
    this.pool.keep(this, use);
    this.pool.onFree();
  }

  dropKept(): void {
    this.free();
  }

  moveTo(hold: StoreHold, use: Use): void {
    hold.keep(use);
    this.posted = hold;
  }

  private free(): void {
    this.pool.giveBack(this);
    if (this.pool.dropKept(this)) return;
    this.posted?.release();
    this.posted = undefined;
  }
}

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
