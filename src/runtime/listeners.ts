import { isAside } from '../aside.js';
import { sharedName } from '../copies.js';
import type { BudgetExceededError } from '../errors.js';
import type { Budget } from '../ledger/budget.js';
import type { Session } from '../ledger/sessions.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import { warnOnce } from '../warnings.js';

/** Notified of each event of the process as it happens. Errors that a listener throws are caught. */
export interface LedgerListener {
  /** A bill was booked for a span in the scopes of its record. */
  billed(bill: Bill, record: SpanRecord): void;
  /** A task with a roll-up has ended. */
  taskEnded(task: Task, record: SpanRecord): void;
  /** A task that the app declared has begun. */
  taskStarted?(task: Task): void;
  /** The last wrapper of a session that was open has ended. */
  sessionEnded?(session: Session, record: SpanRecord): void;
  /** A bill, or an amount booked for a call of unknown cost, took a budget over its limit. */
  budgetCrossed?(budget: Budget, record: SpanRecord | undefined): void;
  /** The cost of a call stayed unknown, and the budget could not book anything for it. */
  budgetBlind?(budget: Budget, record: SpanRecord | undefined): void;
  /** A budget had no room for a call. */
  refused?(error: BudgetExceededError, record: SpanRecord): void;
}

interface Listeners {
  all: readonly LedgerListener[];
}

const HOLDER = Symbol.for(sharedName('listeners'));

/** One list for all copies of the same protocol in a process: each notifies the listeners of the others, too. */
const listeners = sharedListeners();

function sharedListeners(): Listeners {
  const holder: typeof globalThis & { [HOLDER]?: Listeners } = globalThis;
  holder[HOLDER] ??= { all: [] };
  return holder[HOLDER];
}

/** Adds a listener once. Returns a function that removes it. */
export function addListener(listener: LedgerListener): () => void {
  if (!listeners.all.includes(listener)) listeners.all = [...listeners.all, listener];
  return () => {
    listeners.all = listeners.all.filter((other) => other !== listener);
  };
}

export function notifyBilled(bill: Bill, record: SpanRecord): void {
  if (isAside()) return;
  // Called for every bill, so without a closure.
  for (const listener of listeners.all) {
    try {
      listener.billed(bill, record);
    } catch (error) {
      warnThrown(error);
    }
  }
}

export function notifyTaskEnded(task: Task, record: SpanRecord): void {
  notify((listener) => listener.taskEnded(task, record));
}

export function notifyTaskStarted(task: Task): void {
  notify((listener) => listener.taskStarted?.(task));
}

export function notifySessionEnded(session: Session, record: SpanRecord): void {
  notify((listener) => listener.sessionEnded?.(session, record));
}

export function notifyBudgetCrossed(budget: Budget, record: SpanRecord | undefined): void {
  notify((listener) => listener.budgetCrossed?.(budget, record));
}

export function notifyBudgetBlind(budget: Budget, record: SpanRecord | undefined): void {
  notify((listener) => listener.budgetBlind?.(budget, record));
}

export function notifyRefused(error: BudgetExceededError, record: SpanRecord): void {
  notify((listener) => listener.refused?.(error, record));
}

function notify(what: (listener: LedgerListener) => void): void {
  if (isAside()) return;
  for (const listener of listeners.all) {
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
