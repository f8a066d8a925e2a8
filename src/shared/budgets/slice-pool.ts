/** The slices of one set of periods, and the calls in them. */
import { Use } from '../../ledger/measures.js';
import type { SharedHold } from '../../ledger/shared-use.js';
import { minus, plus, type Units } from '../../ledger/units.js';
import { takeUsd } from './amounts.js';
import type { SharedPeriod } from './store-ask.js';
import type { StoreHold } from './store-hold.js';

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

  /** The amount that calls may still reserve, in pico-dollars. Below 0 if calls have cost more than they had reserved. */
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

  /** Posts all that was spent or kept, and gives the rest back. The reservations of calls in flight stay booked for them. */
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
