/**
 * The connection to the store that processes share, if the app has set one with `shareCosts`. This wing only knows the
 * interface, so that a process without a store does not load the rest.
 */
import type { Caller } from '../caller.js';
import { sharedName } from '../copies.js';
import type { Budget } from '../ledger/budget.js';
import type { Refusal, Reservation } from '../ledger/reservation.js';
import type { Request } from '../ledger/room.js';
import type { Scope } from '../ledger/scope.js';
import type { SpanRecord } from '../spans/span-record.js';

export interface Sharing {
  readonly budgets: BudgetSharing;
  readonly views: ViewSharing;
}

/** Budgets with the option `shared`. */
export interface BudgetSharing {
  /** Sets `sharedUse` of a budget. Its use so far is posted to the store. */
  connect(budget: Budget): void;
  /**
   * Reserves in the shared budgets around a call, after the decision of this process. A promise if the call has to wait for
   * the store, which never rejects.
   */
  admit(
    request: Request,
    outcome: Reservation | Refusal,
  ): Reservation | Refusal | Promise<Reservation | Refusal>;
}

/** Totals of sessions and tasks over all processes. */
export interface ViewSharing {
  /** The scope of the caller's task: this process's part of it. */
  scopeOf(caller: Caller): Scope;
  /**
   * Called when the scope of a span ends, before its roll-ups are written. `write` has to be called once: later, as soon as
   * the parts of other processes are known. False: it is not called, because there is nothing to wait for.
   */
  wait(record: SpanRecord, write: () => void): boolean;
}

const HOLDER = Symbol.for(sharedName('sharing'));
const holder: typeof globalThis & { [HOLDER]?: Sharing | undefined } = globalThis;

/** Undefined in a process that shares nothing. One for all copies of the same protocol in a process. */
export function currentSharing(): Sharing | undefined {
  return holder[HOLDER];
}

export function setSharing(sharing: Sharing | undefined): void {
  holder[HOLDER] = sharing;
}
