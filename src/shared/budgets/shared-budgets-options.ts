/** The settings and counts of the shared budgets of a process. */
import type { OnStoreDown } from '../../ledger/budget-options.js';

export interface SharedBudgetsOptions {
  /** Calls while the store is down, unless the budget says it. Default `refuse`. */
  onStoreDown?: OnStoreDown | undefined;
  /** How long a request to the store may take, in ms. Default 500. */
  storeTimeoutMillis?: number | undefined;
  /**
   * A reservation whose process has not extended it for that long ends, and its amount stays booked. Default 30,000 ms. It is
   * extended three times in that time.
   */
  leaseMillis?: number | undefined;
  /** How long the budget of a session is kept after its latest use, in ms. Default: 30 days. */
  keepSessionsMillis?: number | undefined;
  /** Settlements are posted together after that time, in ms. Default 20. */
  flushMillis?: number | undefined;
}

/** Counts since the start, but for `pending` and `running`. */
export interface SharedBudgetsStats {
  /** Requests that the store did not answer in time. */
  readonly timeouts: number;
  /** Requests that failed at once. */
  readonly failures: number;
  /** Times that the store had lost data. */
  readonly dataLosses: number;
  /** Calls that were decided without the store. */
  readonly withoutStore: number;
  /** Settlements that the store could not take, or that were given up because too many waited. */
  readonly dropped: number;
  /** Budgets with settlements that the store has not confirmed. */
  readonly pending: number;
  /** Reservations in the store. */
  readonly running: number;
}

export const DEFAULTS = {
  onStoreDown: 'refuse',
  storeTimeoutMillis: 500,
  leaseMillis: 30_000,
  flushMillis: 20,
  keepSessionsMillis: 30 * 86_400_000,
} as const;
