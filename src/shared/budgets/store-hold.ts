/** The hold of one call in the store, and the part of its settlement that has not been sent yet. */
import { Use } from '../../ledger/measures.js';
import type { SharedHold } from '../../ledger/shared-use.js';
import type { StorePeriod, StoreSettlement } from '../store/store.js';
import { amountsOf } from './amounts.js';

/** A settlement with the change that it makes to this process's part, once the store has confirmed it. */
export interface Entry {
  readonly settlement: StoreSettlement;
  readonly settled?: Use | undefined;
  readonly kept?: Use | undefined;
  readonly unkept?: Use | undefined;
  readonly unheld?: Use | undefined;
}

/** The place where a hold says that it has something to send. */
export interface HoldOwner {
  newId(): string;
  /** Called again and again; `entries` is called when the next batch is made. */
  noteChanged(hold: StoreHold): void;
  noteEnded(hold: StoreHold): void;
}

export class StoreHold implements SharedHold {
  id: string;
  /**
   * `asking`: the answer of the store is outstanding, so nothing may be sent that could arrive before the request. `held`:
   * there is a hold, or an amount in its place. `unknown`: the store did not answer, so there may be one. `gone`: neither.
   */
  private state: 'asking' | 'held' | 'unknown' | 'gone' = 'asking';
  private billed: Use | undefined;
  private end: 'release' | 'keep' | undefined;
  private kept: Use | undefined;
  /** The amount that the store holds or keeps for it, as far as this process knows. */
  private keptInStore: Use | undefined;
  private isHolding = false;
  /** A hold of the same call in the wrong periods. */
  private cancelled: StoreSettlement | undefined;

  constructor(
    private readonly owner: HoldOwner,
    public periods: readonly StorePeriod[],
    readonly amounts: Use,
  ) {
    this.id = owner.newId();
  }

  get isAsking(): boolean {
    return this.state === 'asking';
  }

  /** True while a lease runs for it. */
  get isRunning(): boolean {
    return this.state === 'held' && this.isHolding && this.end === undefined;
  }

  admitted(): void {
    this.state = 'held';
    this.isHolding = true;
    if (this.hasNews) this.owner.noteChanged(this);
  }

  /** It was admitted in periods that are not the current ones: they are left, and it is asked for again. */
  moveTo(periods: readonly StorePeriod[]): void {
    this.cancelled = { periods: this.periods, id: this.id, end: 'cancel' };
    this.periods = periods;
    this.id = this.owner.newId();
    this.owner.noteChanged(this);
  }

  /** There was no room. Where a network repeats requests, there may be for a second copy of this one, so it is cancelled. */
  refusedForNow(): void {
    this.missed();
  }

  /** The store has no hold for it. */
  refused(): void {
    this.state = 'gone';
    if (this.hasNews) this.owner.noteChanged(this);
  }

  /** The store did not answer: its hold is cancelled, whether it was made or not, or is made later. */
  missed(): void {
    this.state = 'unknown';
    this.owner.noteChanged(this);
  }

  bill(use: Use): void {
    this.billed ??= new Use();
    this.billed.add(use);
    this.owner.noteChanged(this);
  }

  release(): void {
    this.finish('release', undefined);
  }

  keep(use: Use): void {
    this.finish('keep', use);
  }

  dropKept(): void {
    this.finish('release', undefined);
  }

  private finish(end: 'release' | 'keep', kept: Use | undefined): void {
    this.end = end;
    this.kept = kept;
    this.owner.noteEnded(this);
    if (this.state !== 'gone' || this.hasNews) this.owner.noteChanged(this);
  }

  private get hasNews(): boolean {
    return this.billed !== undefined || this.end !== undefined;
  }

  /** Takes what has to be sent. Not to be called while it is `asking`. */
  takeEntries(): readonly Entry[] {
    const entries: Entry[] = [];
    const { periods, cancelled } = this;
    if (cancelled !== undefined) {
      entries.push({ settlement: cancelled });
      this.cancelled = undefined;
    }
    if (this.state === 'unknown') {
      entries.push({ settlement: { periods, id: this.id, end: 'cancel' } });
      this.state = 'gone';
    }
    const { billed, end, kept } = this;
    if (billed === undefined && end === undefined) return entries;
    this.billed = undefined;
    this.end = undefined;
    this.kept = undefined;
    if (this.state === 'gone' && end === 'keep') {
      // An id that has ended is not used again.
      this.id = this.owner.newId();
      this.state = 'held';
    }
    const hasId = this.state === 'held';
    const amounts = billed === undefined ? undefined : amountsOf(billed);
    if (!hasId && amounts === undefined) return entries;
    entries.push({
      settlement: {
        periods,
        ...(hasId && { id: this.id }),
        ...(amounts !== undefined && { amounts }),
        ...(hasId && end !== undefined && { end }),
        ...(kept !== undefined && { kept: amountsOf(kept) ?? {} }),
      },
      settled: billed,
      ...(hasId && end !== undefined && this.takeEnd(kept)),
    });
    if (end === 'release') this.state = 'gone';
    return entries;
  }

  private takeEnd(kept: Use | undefined): Omit<Entry, 'settlement'> {
    const unkept = this.keptInStore;
    const unheld = this.isHolding ? this.amounts : undefined;
    this.keptInStore = kept;
    this.isHolding = false;
    return { kept, unkept, unheld };
  }
}
