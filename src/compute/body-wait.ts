/** Calls that were answered and whose body's size shows only while the app reads it: their spans stay open for it. */
import { addListener } from '../runtime/listeners.js';
import type { Task } from '../spans/task.js';

export interface WaitingCall {
  isIn(task: Task): boolean;
  /** Nobody waits any more for its body. */
  giveUp(): void;
}

/** A body that nobody has read from for so long is likely dropped unread; a slow stream has chunks in between. */
const IDLE_MILLIS = 30_000;

/** Open spans kept for a body at most; more of them at once are bodies that nobody reads. The oldest goes first. */
const MAX_WAITING = 1000;

const waiting = new Map<WaitingCall, NodeJS.Timeout>();
let stopListening: (() => void) | undefined;

export function waitForBody(call: WaitingCall): void {
  const [oldest] = waiting.keys();
  if (waiting.size >= MAX_WAITING) oldest?.giveUp();
  stopListening ??= addListener({
    billed: () => {},
    taskEnded: (task) => {
      for (const open of [...waiting.keys()]) if (open.isIn(task)) open.giveUp();
    },
  });
  const timer = setTimeout(() => call.giveUp(), IDLE_MILLIS);
  timer.unref();
  waiting.set(call, timer);
}

/** It is being read. */
export function keepWaiting(call: WaitingCall): void {
  waiting.get(call)?.refresh();
}

export function endWait(call: WaitingCall): void {
  clearTimeout(waiting.get(call));
  waiting.delete(call);
  if (waiting.size > 0) return;
  stopListening?.();
  stopListening = undefined;
}
