import type { BudgetExceededError } from '../errors.js';
import type { Budget } from '../ledger/budget.js';
import type { Session } from '../ledger/sessions.js';
import type { Bill } from '../spans/bill.js';
import type { Link } from '../spans/link.js';
import type { Task } from '../spans/task.js';
import { warnOnce } from '../warnings.js';
import { ledgerMetrics } from './ledger-metrics.js';

/** Told what happens in the process, as it happens. What it throws is caught. */
export interface MeterListener {
  /** A bill was booked for a span in the scopes of its link. */
  billed(bill: Bill, link: Link): void;
  /** A task that is stated has ended, with its outcome. */
  taskEnded(task: Task, link: Link): void;
  /** A task that the app declared has begun. */
  taskStarted?(task: Task): void;
  /** The last wrapper of a session that was open has ended. */
  sessionEnded?(session: Session, link: Link): void;
  /** A bill took a budget over its limit. */
  budgetCrossed?(budget: Budget, link: Link): void;
  /** A budget had no room for a call. */
  refused?(error: BudgetExceededError, link: Link): void;
}

let listeners: readonly MeterListener[] = [ledgerMetrics()];

/** Gives back what ends the listening. */
export function addListener(listener: MeterListener): () => void {
  listeners = [...listeners, listener];
  return () => {
    listeners = listeners.filter((other) => other !== listener);
  };
}

export function tellBilled(bill: Bill, link: Link): void {
  // Once a call: without a closure.
  for (const listener of listeners) {
    try {
      listener.billed(bill, link);
    } catch (error) {
      warnThrown(error);
    }
  }
}

export function tellTaskEnded(task: Task, link: Link): void {
  tell((listener) => listener.taskEnded(task, link));
}

export function tellTaskStarted(task: Task): void {
  tell((listener) => listener.taskStarted?.(task));
}

export function tellSessionEnded(session: Session, link: Link): void {
  tell((listener) => listener.sessionEnded?.(session, link));
}

export function tellBudgetCrossed(budget: Budget, link: Link): void {
  tell((listener) => listener.budgetCrossed?.(budget, link));
}

export function tellRefused(error: BudgetExceededError, link: Link): void {
  tell((listener) => listener.refused?.(error, link));
}

function tell(what: (listener: MeterListener) => void): void {
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
