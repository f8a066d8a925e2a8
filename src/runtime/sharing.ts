/**
 * The connection to the store that processes share, if the app has set one with `shareCosts`. This wing only knows the
 * interface, so that a process without a store does not load the rest.
 */
import type { Context } from '@opentelemetry/api';
import type { Caller } from '../caller.js';
import { sharedName } from '../copies.js';
import type { Account } from '../ledger/account.js';
import type { Budget } from '../ledger/budget.js';
import type { Refusal, Reservation } from '../ledger/reservation.js';
import type { Request } from '../ledger/room.js';
import type { Scope } from '../ledger/scope.js';
import type { SpanRecord } from '../spans/span-record.js';

export interface Sharing {
  /** Undefined without a store, like the views. */
  readonly budgets: BudgetSharing | undefined;
  readonly views: ViewSharing | undefined;
  /** The context of a task without a caller: its requests do not repeat an identity that came in with baggage. */
  contextInside(ctx: Context): Context;
  /** True while something has not been written to the store, or spans wait for other processes. */
  readonly isBusy: boolean;
  /** Waits for these spans, and writes everything. Its time is limited. Never rejects. */
  drain(): Promise<void>;
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
  /** The scope of the caller's task: this process's part of it. Its task has begun here. */
  join(caller: Caller): Scope | undefined;
  /**
   * Called when the scope of a wrapper's span has ended. `write` writes its roll-ups and ends its span: it is called
   * once, as soon as the parts of other processes are known. False: it is not called, because there is nothing to wait for.
   */
  wait(record: SpanRecord, write: () => void): boolean;
  /**
   * Called for a span that is not ours and ends now, before its roll-ups are written. They are incomplete if its task has
   * called other processes, and a correction follows.
   */
  watch(record: SpanRecord): void;
  /** True while the roll-ups of a span have not been written. */
  isWaiting(record: SpanRecord): boolean;
  /** Writes the roll-ups of all spans that wait, with what is known, because the process may end. */
  writeNow(): void;
  /** Whose totals those of an account are: see the attribute `task.cost_view`. */
  viewOf(account: Account): CostView;
}

/** The attribute `task.cost_view`: the totals of this process, or those of all processes. */
export type CostView = 'process' | 'shared';

const HOLDER = Symbol.for(sharedName('sharing'));
const holder: typeof globalThis & { [HOLDER]?: Sharing | undefined } = globalThis;

/** Undefined in a process that shares nothing. One for all copies of the same protocol in a process. */
export function currentSharing(): Sharing | undefined {
  return holder[HOLDER];
}

export function setSharing(sharing: Sharing | undefined): void {
  holder[HOLDER] = sharing;
}
