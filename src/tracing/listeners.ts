import { warnOnce } from '../otel.js';
import type { Bill } from './bill.js';
import type { Link } from './link.js';
import type { Task } from './task.js';

/** Told what happens in the process, as it happens. What it throws is caught. */
export interface MeterListener {
  /** A bill was booked for a span in the scopes of its link. */
  billed(bill: Bill, link: Link): void;
  /** A task that is stated has ended, with its outcome. */
  taskEnded(task: Task): void;
}

let listeners: readonly MeterListener[] = [];

/** Gives back what ends the listening. */
export function addListener(listener: MeterListener): () => void {
  listeners = [...listeners, listener];
  return () => {
    listeners = listeners.filter((other) => other !== listener);
  };
}

export function tellBilled(bill: Bill, link: Link): void {
  for (const listener of listeners) guard(() => listener.billed(bill, link));
}

export function tellTaskEnded(task: Task): void {
  for (const listener of listeners) guard(() => listener.taskEnded(task));
}

function guard(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    warnOnce('a listener threw', error);
  }
}
