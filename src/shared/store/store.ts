/**
 * The store that the processes of an installation share. `otel-agent-cost-redis` has one on Redis, `memoryStore` one in
 * this process. Amounts are whole units as decimal strings: pico-dollars, tokens, calls, turns. A store adds and compares
 * them exactly, and never reads them as doubles.
 */

/** The measures that a shared budget counts. */
export type StoreMeasure = 'usd' | 'llmUsd' | 'toolUsd' | 'tokens' | 'llmCalls' | 'toolCalls' | 'steps';

/** Amounts by measure. An absent measure is 0. Amounts of a settlement may be negative, all others are not. */
export type StoreAmounts = Readonly<Partial<Record<StoreMeasure, string>>>;

/**
 * The state of the store with each of its answers.
 */
export interface StoreState {
  /**
   * Identifies the life of the store since it was opened. Undefined: nobody has opened it, or it has lost its data since.
   * Read after everything else that the answer is about, so that data lost before is never overlooked.
   */
  readonly generation: string | undefined;
  /** The clock of the store, in ms since 1970. Leases and days follow it, and not the clocks of the processes. */
  readonly nowMillis: number;
}

/** The totals of one session or task, over all processes. */
export interface RowKey {
  readonly kind: 'session' | 'task';
  /** The app's own name for it: a string of up to 256 characters. */
  readonly id: string;
}

/** The part of one process in the totals of a session or task. */
export interface StoreRow extends RowKey {
  /** Unique for one account in one process. */
  readonly writer: string;
  /** Whole, from 1, below 2^53. Grows with each write of a writer. A write that arrives late or twice changes nothing. */
  readonly version: number;
  /** Replaces the former value of the same writer. Up to 64 kB; only read by this package. */
  readonly value: string;
  /** The row is kept for that long after its latest write, in ms. */
  readonly keepMillis: number;
}

/** The parts of all writers of one row. */
export interface StoredRow extends RowKey {
  readonly parts: readonly { readonly writer: string; readonly value: string }[];
}

/** One budget: that of a customer, a session, and so on. */
export interface StoreBudget {
  readonly kind: string;
  /** The app's own name for it: a string of up to 256 characters. */
  readonly name: string;
}

/** The time in which an amount counts. Holds and amounts of different periods never touch each other. */
export interface StorePeriod {
  /** `total`, a day like `2026-11-30`, or a month like `2026-11`, with the time zone unless it is UTC. Up to 64 characters. */
  readonly name: string;
  /** How long its data are kept after the latest use, in ms. Undefined: for good. */
  readonly keepMillis: number | undefined;
}

/** A limit of one measure in one period, and what the call needs of it. */
export interface StoreLimit {
  readonly measure: StoreMeasure;
  /** More than 2^63 - 1 is the same as that: a store cannot book more. */
  readonly most: string;
  /** The amount that has to fit. */
  readonly need: string;
  /** The part of `need` that is certain enough to refuse the call: an upper bound, or a declared price. */
  readonly firm: string;
}

/** A request for room in one budget. */
export interface StoreAsk {
  readonly budget: StoreBudget;
  /** Unique. The same request a second time changes nothing and has the same outcome. Up to 64 characters of A-Z a-z 0-9 - _ . */
  readonly id: string;
  readonly leaseMillis: number;
  /** At least one. The call is held in all of them, or in none. */
  readonly periods: readonly (StorePeriod & { readonly limits: readonly StoreLimit[] })[];
  /** Held in every period. */
  readonly amounts: StoreAmounts;
  /** The call is a holder of money (it may cost something), or of tokens (it is an LLM call). */
  readonly holds: { readonly money: boolean; readonly tokens: boolean };
  /** The call holds all money or tokens that are left, because it has no estimate. */
  readonly alone: { readonly money: boolean; readonly tokens: boolean };
  /**
   * The ids of the reservations around this call, in this process or in that of a caller, in any budget. They do not block
   * it, because they do not end before it.
   */
  readonly around: readonly string[];
  /**
   * Hold it whatever the limits say, also in a store that is not open: the call cannot be refused, or runs already. It is
   * refused only as `overflow` or `ended`.
   */
  readonly isForced: boolean;
}

/** The use of one period. */
export interface StorePeriodState {
  /** Settled cost and counts. */
  readonly spent: StoreAmounts;
  /** Booked in place of a cost that stayed unknown, or of a call whose lease ran out. */
  readonly kept: StoreAmounts;
  /** Held by calls in flight. */
  readonly reserved: StoreAmounts;
  /** Grows with each change. A lower one than before shows that the store has lost data. */
  readonly version: number;
}

/**
 * `admitted`: held, as asked. `alone`: held, and it has all that is left of the measure, because its learned estimate does
 * not fit and nothing else is in flight. All others change nothing. `reached`: a limit is used up. `too_large`: `firm` is
 * more than is left. `no_room`: it would fit if calls in flight released their holds. `overflow`: an amount would exceed
 * the range of the store (2^63 - 1). `ended`: the reservation of that id has been settled or cancelled already.
 * `not_open`: the store has no generation.
 */
export type StoreOutcome =
  | 'admitted'
  | 'alone'
  | 'reached'
  | 'too_large'
  | 'no_room'
  | 'overflow'
  | 'ended'
  | 'not_open';

/** The answer to a request for room. */
export interface StoreAnswer extends StoreState {
  readonly outcome: StoreOutcome;
  /** The limit without room: its place in `periods`, and in the `limits` there. */
  readonly period?: number | undefined;
  readonly limit?: number | undefined;
  /** For each period of the request, afterwards. */
  readonly states: readonly StorePeriodState[];
}

/** One entry in a batch of settlements. */
export interface StoreSettlement {
  /** The periods in which it counts: those in which its call was reserved. */
  readonly periods: readonly StorePeriod[];
  /** The reservation. Undefined for a cost without one. */
  readonly id?: string | undefined;
  /** Added to `spent`. Also after the lease has run out, and more than was held. */
  readonly amounts?: StoreAmounts | undefined;
  /**
   * Ends the hold, and what was kept in its place. `release`: nothing stays. `keep`: `kept` stays booked, until a later
   * `release`. `cancel`: like `release`, and a request of that id that arrives later is refused. Undefined: the hold stays.
   */
  readonly end?: 'release' | 'keep' | 'cancel' | undefined;
  readonly kept?: StoreAmounts | undefined;
}

/** Settlements in one budget. The entries are applied in their order, all at once. */
export interface StoreBatch {
  readonly budget: StoreBudget;
  /** Unique for one budget in one process. */
  readonly writer: string;
  /** Whole, from 1. A batch whose version is not higher than the last one of its writer changes nothing. */
  readonly version: number;
  readonly settlements: readonly StoreSettlement[];
}

/** The answer to a batch of settlements. */
export interface StoreSettled extends StoreState {
  /** For each period of the settlements afterwards, in the order in which they first name it. */
  readonly states: readonly StorePeriodState[];
  /**
   * How many entries were not applied, because an amount would exceed the range of the store (2^63 - 1). Their holds stay,
   * so that what they hold stays booked. Absent: 0.
   */
  readonly overflowed?: number | undefined;
}

/** The lease of a call that still runs, from now on. */
export interface StoreLease {
  readonly budget: StoreBudget;
  readonly id: string;
  readonly periods: readonly StorePeriod[];
  readonly leaseMillis: number;
}

/**
 * A store for {@link shareCosts}. Every method rejects if the store cannot be reached; it need not set time limits. None
 * throws.
 */
export interface SharedStore {
  /**
   * Opens the store: begins a generation if there is none, and returns the current one. After data were lost, nothing is
   * known of what was spent before; so a store is opened by a decision, and not by each process that starts.
   */
  open(): Promise<StoreState>;
  /** Writes the parts of this process. Reads the state only if there are no rows. */
  write(rows: readonly StoreRow[]): Promise<StoreState>;
  /** In the order of the keys. A row that does not exist has no parts. */
  read(keys: readonly RowKey[]): Promise<StoreState & { readonly rows: readonly StoredRow[] }>;
  /** Reserves in one budget, in one round trip. */
  reserve(ask: StoreAsk): Promise<StoreAnswer>;
  /** Settles in one budget, in one round trip. */
  settle(batch: StoreBatch): Promise<StoreSettled>;
  /** Extends leases of calls that still run. One that has run out, or was settled, stays as it is. */
  renew(leases: readonly StoreLease[]): Promise<StoreState>;
}
