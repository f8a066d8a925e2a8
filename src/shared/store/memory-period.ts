/** One period of one budget in memory: its amounts, and the calls that hold some of them. */
import type { StoreAmounts, StoreMeasure, StorePeriodState } from './store.js';
import {
  ENDED_MILLIS,
  type HolderClass,
  KEPT_MILLIS,
  MAX_AMOUNT,
  MAX_RECLAIMED,
  MEASURES,
} from './store-rules.js';

/** Whole amounts by measure. An absent measure is 0. */
export class Amounts {
  private readonly byMeasure = new Map<StoreMeasure, bigint>();

  static from(amounts: StoreAmounts): Amounts {
    const all = new Amounts();
    for (const measure of MEASURES) all.byMeasure.set(measure, BigInt(amounts[measure] ?? '0'));
    return all;
  }

  of(measure: StoreMeasure): bigint {
    return this.byMeasure.get(measure) ?? 0n;
  }

  add(other: Amounts): void {
    for (const measure of MEASURES) this.byMeasure.set(measure, this.of(measure) + other.of(measure));
  }

  subtract(other: Amounts): void {
    for (const measure of MEASURES) this.byMeasure.set(measure, this.of(measure) - other.of(measure));
  }

  toJSON(): StoreAmounts {
    const used = MEASURES.filter((measure) => this.of(measure) !== 0n);
    return Object.fromEntries(used.map((measure) => [measure, String(this.of(measure))]));
  }
}

/** A call in flight. */
export interface MemoryHold {
  readonly outcome: 'admitted' | 'alone';
  readonly amounts: Amounts;
  readonly holds: Readonly<Record<HolderClass, boolean>>;
  readonly alone: Readonly<Record<HolderClass, boolean>>;
}

/** The state of an id: the call is in flight, has ended with an amount kept in its place, or has ended. */
type Entry = { readonly untilMillis: number } & (
  | { readonly state: 'held'; readonly hold: MemoryHold }
  | { readonly state: 'kept'; readonly amounts: Amounts }
  | { readonly state: 'ended' }
);

function isInRange(amount: bigint): boolean {
  return amount <= MAX_AMOUNT && amount >= -MAX_AMOUNT - 1n;
}

export class MemoryPeriod {
  readonly spent = new Amounts();
  readonly kept = new Amounts();
  readonly reserved = new Amounts();
  version = 0;
  /** The period is forgotten then. */
  expiresMillis = Number.POSITIVE_INFINITY;
  private readonly entries = new Map<string, Entry>();

  state(): StorePeriodState {
    const { spent, kept, reserved, version } = this;
    return { spent: spent.toJSON(), kept: kept.toJSON(), reserved: reserved.toJSON(), version };
  }

  holdOf(id: string): MemoryHold | undefined {
    const entry = this.entries.get(id);
    return entry?.state === 'held' ? entry.hold : undefined;
  }

  hasEnded(id: string): boolean {
    const entry = this.entries.get(id);
    return entry !== undefined && entry.state !== 'held';
  }

  /** The holds of calls that are not in `ids`. */
  *holdsBeside(ids: readonly string[]): Iterable<MemoryHold> {
    for (const [id, entry] of this.entries) if (entry.state === 'held' && !ids.includes(id)) yield entry.hold;
  }

  /** Ends leases that have run out, the oldest first; no more than {@link MAX_RECLAIMED}, and that of `id`. */
  reclaim(nowMillis: number, id?: string): void {
    const due = [...this.entries].filter(([, { untilMillis }]) => untilMillis <= nowMillis);
    const rank = ([key, { state, untilMillis }]: [string, Entry]) => ({
      untilMillis,
      member: `${state === 'held' ? 'h' : state === 'kept' ? 'k' : 'x'}:${key}`,
    });
    due.sort((a, b) => {
      const [one, two] = [rank(a), rank(b)];
      return one.untilMillis - two.untilMillis || (one.member < two.member ? -1 : 1);
    });
    const first = due.slice(0, MAX_RECLAIMED);
    const own = due.slice(MAX_RECLAIMED).filter(([key]) => key === id);
    for (const [key, entry] of [...first, ...own]) this.expire(key, entry, nowMillis);
  }

  /** The process of an expired hold is gone, and the cost of its call unknown: the amount stays booked. */
  private expire(id: string, entry: Entry, nowMillis: number): void {
    this.entries.delete(id);
    if (entry.state !== 'held') return;
    this.reserved.subtract(entry.hold.amounts);
    this.keep(id, entry.hold.amounts, nowMillis);
  }

  /** False if an amount would be out of range, also after the hold has expired and its amount is kept. */
  canHold(amounts: Amounts): boolean {
    return MEASURES.every(
      (measure) => this.kept.of(measure) + this.reserved.of(measure) + amounts.of(measure) <= MAX_AMOUNT,
    );
  }

  enter(id: string, hold: MemoryHold, untilMillis: number): void {
    this.entries.set(id, { state: 'held', hold, untilMillis });
    this.reserved.add(hold.amounts);
    this.version += 1;
  }

  extend(id: string, untilMillis: number): void {
    const entry = this.entries.get(id);
    if (entry?.state === 'held' && entry.untilMillis < untilMillis)
      this.entries.set(id, { ...entry, untilMillis });
  }

  /** True while the lease of a hold has not run out. */
  runs(id: string, nowMillis: number): boolean {
    const entry = this.entries.get(id);
    return entry?.state === 'held' && entry.untilMillis > nowMillis;
  }

  canSpend(amounts: Amounts): boolean {
    return MEASURES.every(
      (measure) => isInRange(amounts.of(measure)) && isInRange(this.spent.of(measure) + amounts.of(measure)),
    );
  }

  /** False if an amount would be out of range when `kept` stays booked in place of a call. */
  canKeep(id: string, kept: Amounts): boolean {
    const entry = this.entries.get(id);
    const former =
      entry?.state === 'held' ? entry.hold.amounts : entry?.state === 'kept' ? entry.amounts : undefined;
    return MEASURES.every((measure) => {
      const all = this.kept.of(measure) + this.reserved.of(measure) + kept.of(measure);
      return all - (former?.of(measure) ?? 0n) <= MAX_AMOUNT;
    });
  }

  spend(amounts: Amounts): void {
    this.spent.add(amounts);
    this.version += 1;
  }

  /** Ends a call. `kept` stays booked in its place. */
  end(id: string, kept: Amounts | undefined, nowMillis: number): void {
    const entry = this.entries.get(id);
    if (entry?.state === 'held') this.reserved.subtract(entry.hold.amounts);
    if (entry?.state === 'kept') this.kept.subtract(entry.amounts);
    if (kept !== undefined) this.keep(id, kept, nowMillis);
    else {
      this.entries.set(id, { state: 'ended', untilMillis: nowMillis + ENDED_MILLIS });
      this.version += 1;
    }
  }

  private keep(id: string, amounts: Amounts, nowMillis: number): void {
    this.kept.add(amounts);
    this.entries.set(id, { state: 'kept', amounts, untilMillis: nowMillis + KEPT_MILLIS });
    this.version += 1;
  }
}
