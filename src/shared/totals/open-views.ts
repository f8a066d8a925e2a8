/**
 * Tasks and sessions that have ended here and whose totals depend on other processes. Reads their rows until all parts are
 * there: first while the span waits, then to correct it.
 */
import { INTERNAL_ERROR, warnOnce } from '../../warnings.js';
import type { RowKey, SharedStore, StoredRow, StoreState } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';

export interface OpenView {
  /** The rows that its totals depend on. */
  readonly keys: readonly RowKey[];
  /** Takes over the parts of other processes. `rows` are in the order of the keys. True if nothing is outstanding. */
  apply(rows: readonly StoredRow[], state: StoreState): boolean;
  /** Called once: when nothing is outstanding, or when the time is up. `isRead`: the store has answered. */
  write(isRead: boolean): void;
  /** Called when parts came in after `write`. */
  correct(): void;
  /** Nothing is outstanding any more, or what is has been given up (`isGivenUp`). */
  end(isGivenUp: boolean): void;
  /** After `end`: a callee has begun further work. Another `end` follows. */
  reopen(): void;
  /** The parts as last applied, to notice that they have changed. Undefined if they need not be looked at again. */
  readonly applied: string | undefined;
}

interface Entry {
  readonly view: OpenView;
  readonly endMillis: number;
  readonly giveUpMillis: number;
  isWritten: boolean;
  wasRead: boolean;
  /** Nothing is outstanding any more. */
  isEnded: boolean;
  looks: number;
  readonly startMillis: number;
  nextMillis: number;
}

/** The most that are read for. More than tasks that end in a second; further ones are written at once, and not corrected. */
const MAX_ENTRIES = 10_000;

/** Rows that are read at once. */
const MAX_KEYS = 200;

const MIN_WAIT_MILLIS = 5;
/** The time between two reads, as a share of the time since the end. */
const WAIT_SHARE = 0.25;
/** While a span waits. */
const MAX_WAIT_MILLIS = 100;
/** While a correction is due. */
const MAX_LATE_WAIT_MILLIS = 10_000;

/** How long corrections are made: a callee that has not answered by then has mostly died. */
const CORRECTED_MILLIS = 600_000;

/** When it is looked at again although nothing was outstanding, for work that a callee had not begun by then. */
const LOOK_MILLIS = [1_000, 10_000, 60_000, 300_000];

/** The most that are looked at again, some 5 kB each. Beyond it, work that a callee begins later is not noticed. */
const MAX_LOOKS = 2_000;

export class OpenViews {
  /** Reads that the store did not answer. */
  failures = 0;
  /** Views that were never complete. */
  incomplete = 0;
  private readonly entries = new Map<object, Entry>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer ends. */
  private timerMillis = Number.POSITIVE_INFINITY;
  private isReading = false;
  /** The number of entries that are looked at again although nothing was outstanding. */
  private looked = 0;

  constructor(
    private readonly store: SharedStore,
    private readonly client: StoreClient,
    private readonly waitMillis: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** `isWritten`: its span has ended before. False if there are too many. */
  add(owner: object, view: OpenView, isWritten = false): boolean {
    if (this.has(owner)) return true;
    if (this.entries.size - this.looked >= MAX_ENTRIES) return false;
    const nowMillis = performance.now();
    if ((this.entries.get(owner)?.looks ?? 0) > 0) this.looked -= 1;
    this.entries.set(owner, {
      view,
      endMillis: nowMillis + this.waitMillis,
      giveUpMillis: nowMillis + CORRECTED_MILLIS,
      isWritten,
      wasRead: false,
      isEnded: false,
      looks: 0,
      startMillis: nowMillis,
      nextMillis: nowMillis,
    });
    this.scheduleAt(nowMillis);
    return true;
  }

  /** True while something may be outstanding. */
  has(owner: object): boolean {
    return this.entries.get(owner)?.isEnded === false;
  }

  /** True while its span has not been written. */
  isWaiting(owner: object): boolean {
    return this.entries.get(owner)?.isWritten === false;
  }

  /** Writes all spans that wait, with what is known. */
  writeAll(): void {
    for (const entry of this.entries.values()) this.write(entry);
  }

  get isAnyWaiting(): boolean {
    for (const { isWritten } of this.entries.values()) if (!isWritten) return true;
    return false;
  }

  /** Resolves when no span waits any more, or when those that wait now should have been written. */
  async settled(): Promise<void> {
    const endMillis = performance.now() + this.waitMillis + this.client.timeoutMillis;
    while (this.isAnyWaiting && performance.now() <= endMillis) {
      await new Promise((resolve) => setTimeout(resolve, MIN_WAIT_MILLIS));
    }
  }

  stop(): void {
    this.writeAll();
    clearTimeout(this.timer);
    this.timerMillis = Number.POSITIVE_INFINITY;
    for (const entry of this.entries.values()) {
      if (entry.isEnded) continue;
      this.incomplete += 1;
      entry.view.end(true);
    }
    this.entries.clear();
    this.looked = 0;
  }

  private schedule(): void {
    if (this.entries.size === 0) return;
    let nextMillis = Number.POSITIVE_INFINITY;
    for (const entry of this.entries.values()) nextMillis = Math.min(nextMillis, entry.nextMillis);
    this.scheduleAt(nextMillis);
  }

  private scheduleAt(nextMillis: number): void {
    if (this.isReading || nextMillis >= this.timerMillis) return;
    clearTimeout(this.timer);
    this.timerMillis = nextMillis;
    this.timer = setTimeout(() => this.readDue(), Math.max(0, Math.ceil(nextMillis - performance.now())));
    this.timer.unref();
  }

  private async readDue(): Promise<void> {
    this.timerMillis = Number.POSITIVE_INFINITY;
    const nowMillis = performance.now();
    const due: [object, Entry][] = [];
    let keys = 0;
    for (const [owner, entry] of this.entries) {
      if (entry.nextMillis > nowMillis || keys >= MAX_KEYS) continue;
      due.push([owner, entry]);
      // Overwritten below, unless there is an error.
      entry.nextMillis = nowMillis + MAX_LATE_WAIT_MILLIS;
      keys += entry.view.keys.length;
    }
    this.isReading = true;
    try {
      await this.read(due);
    } catch (error) {
      // An error in this package must not end the process, or hold back the spans of others.
      warnOnce(INTERNAL_ERROR, error);
    } finally {
      this.isReading = false;
      this.schedule();
    }
  }

  private async read(due: readonly [object, Entry][]): Promise<void> {
    const keysOf = due.map(([, { view }]) => view.keys);
    const keys = keysOf.flat();
    const answer = await this.client.ask(() => this.store.read(keys), false, true);
    if (answer === undefined) this.failures += 1;
    let at = 0;
    for (const [index, [owner, entry]] of due.entries()) {
      const length = keysOf[index]?.length ?? 0;
      const rows = answer?.rows.slice(at, at + length);
      at += length;
      // Stopped, or replaced by a new view, while the store was asked.
      if (this.entries.get(owner) !== entry) continue;
      const isDone = rows !== undefined && answer !== undefined && this.apply(entry, rows, answer);
      if (isDone) this.end(owner, entry);
      else if (rows !== undefined || !entry.isEnded) this.waitOn(owner, entry);
      else this.lookAgain(owner, entry);
    }
  }

  private apply(entry: Entry, rows: readonly StoredRow[], state: StoreState): boolean {
    const { view } = entry;
    const former = view.applied;
    const isDone = view.apply(rows, state);
    entry.wasRead = true;
    const isNews = !entry.isEnded || view.applied !== former;
    if (isDone && entry.isWritten && isNews) view.correct();
    if (isDone) this.write(entry);
    return isDone;
  }

  private waitOn(owner: object, entry: Entry): void {
    const nowMillis = performance.now();
    if (entry.isEnded) this.reopen(entry);
    if (nowMillis >= entry.endMillis) this.write(entry);
    if (nowMillis >= entry.giveUpMillis) {
      this.incomplete += 1;
      if (entry.wasRead) entry.view.correct();
      this.entries.delete(owner);
      entry.view.end(true);
      return;
    }
    const most = entry.isWritten ? MAX_LATE_WAIT_MILLIS : MAX_WAIT_MILLIS;
    const waitMillis = (nowMillis - entry.startMillis) * WAIT_SHARE;
    entry.nextMillis = nowMillis + Math.min(most, Math.max(MIN_WAIT_MILLIS, waitMillis));
    if (!entry.isWritten) entry.nextMillis = Math.min(entry.nextMillis, entry.endMillis);
  }

  private end(owner: object, entry: Entry): void {
    const wasEnded = entry.isEnded;
    entry.isEnded = true;
    this.lookAgain(owner, entry);
    if (!wasEnded) entry.view.end(false);
  }

  private reopen(entry: Entry): void {
    entry.isEnded = false;
    entry.looks = 0;
    this.looked -= 1;
    entry.view.reopen();
  }

  private lookAgain(owner: object, entry: Entry): void {
    const isKept = entry.view.applied !== undefined && (entry.looks > 0 || this.looked < MAX_LOOKS);
    const millis = isKept ? LOOK_MILLIS[entry.looks] : undefined;
    if (millis === undefined) {
      if (entry.looks > 0) this.looked -= 1;
      this.entries.delete(owner);
      return;
    }
    if (entry.looks === 0) this.looked += 1;
    entry.looks += 1;
    entry.nextMillis = performance.now() + millis;
  }

  private write(entry: Entry): void {
    if (entry.isWritten) return;
    entry.isWritten = true;
    entry.view.write(entry.wasRead);
  }
}
