/** Calls that were answered and whose body the app still reads: their spans stay open for it. */
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';

export interface WaitingForBody {
  /** Nobody waits any more for its body. */
  giveUpBody(): void;
}

interface Wait {
  readonly record: SpanRecord;
  readonly timer: NodeJS.Timeout;
}

/** Open spans kept for a body at most: more at once are bodies that nobody reads. The oldest is given up. */
const MAX_WAITING = 1000;

const waiting = new Map<WaitingForBody, Wait>();

/** Waits for so long at most, from now or from the last `keepWaiting`. */
export function waitForBody(call: WaitingForBody, record: SpanRecord, maxWaitMillis: number): void {
  const [oldest] = waiting.keys();
  if (waiting.size >= MAX_WAITING) oldest?.giveUpBody();
  const timer = setTimeout(() => call.giveUpBody(), maxWaitMillis);
  timer.unref();
  waiting.set(call, { record, timer });
}

/** It is being read. */
export function keepWaiting(call: WaitingForBody): void {
  waiting.get(call)?.timer.refresh();
}

/** False where nobody waits for it any more. */
export function endWait(call: WaitingForBody): boolean {
  clearTimeout(waiting.get(call)?.timer);
  return waiting.delete(call);
}

/** A task ends: what it has not heard of by now is unknown in it. */
export function giveUpBodiesIn(task: Task): void {
  if (waiting.size === 0) return;
  for (const [call, { record }] of [...waiting]) if (isIn(record, task)) call.giveUpBody();
}

function isIn(record: SpanRecord, task: Task): boolean {
  for (let at = record.task; at !== undefined; at = at.around) if (at === task) return true;
  return false;
}
