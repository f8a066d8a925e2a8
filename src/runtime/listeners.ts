import type { BudgetExceededError } from '../errors.js';
import type { Budget } from '../ledger/budget.js';
import type { Session } from '../ledger/sessions.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import { warnOnce } from '../warnings.js';
import { ledgerMetrics } from './ledger-metrics.js';

/** Notified of each event of the process as it happens. Errors that a listener throws are caught. */
export interface LedgerListener {
  /** A bill was booked for a span in the scopes of its record. */
  billed(bill: Bill, record: SpanRecord): void;
  /** A task that is stated has ended, with its outcome. */
  taskEnded(task: Task, record: SpanRecord): void;
  /** A task that the app declared has begun. */
  taskStarted?(task: Task): void;
  /** The last wrapper of a session that was open has ended. */
  sessionEnded?(session: Session, record: SpanRecord): void;
  /** A bill took a budget over its limit. */
  budgetCrossed?(budget: Budget, record: SpanRecord): void;
  /** A budget had no room for a call. */
  refused?(error: BudgetExceededError, record: SpanRecord): void;
}

let listeners: readonly LedgerListener[] = [ledgerMetrics()];

/** Gives back what ends the listening. */
export function addListener(listener: LedgerListener): () => void {
  listeners = [...listeners, listener];
  return () => {
    listeners = listeners.filter((other) => other !== listener);
  };
}

export function tellBilled(bill: Bill, record: SpanRecord): void {
  // Once a call: without a closure.
  for (const listener of listeners) {
    try {
      listener.billed(bill, record);
    } catch (error) {
      warnThrown(error);
    }
  }
}

export function tellTaskEnded(task: Task, record: SpanRecord): void {
  tell((listener) => listener.taskEnded(task, record));
}

export function tellTaskStarted(task: Task): void {
  tell((listener) => listener.taskStarted?.(task));
}

export function tellSessionEnded(session: Session, record: SpanRecord): void {
  tell((listener) => listener.sessionEnded?.(session, record));
}

export function tellBudgetCrossed(budget: Budget, record: SpanRecord): void {
  tell((listener) => listener.budgetCrossed?.(budget, record));
}

export function tellRefused(error: BudgetExceededError, record: SpanRecord): void {
  tell((listener) => listener.refused?.(error, record));
}

function tell(what: (listener: LedgerListener) => void): void {
  for (const listener of listeners) {
    try {
      what(listener);
    } catch (error) {
      warnThrown(error);
    }
  }
}

function warnThrown(error: unknown): void {
  warnOnce('a listener threw', error);
}
