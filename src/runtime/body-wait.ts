/** Tracks answered calls whose response body the app is still reading. Their spans stay open for the body. */
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';

export interface WaitingForBody {
  /** Stops waiting for the body. */
  giveUpBody(): void;
}

interface Wait {
  readonly record: SpanRecord;
  readonly timer: NodeJS.Timeout;
}

/**
 * The most calls that wait for a body. A larger number means bodies that nobody reads; the oldest call is then given
 * up.
 */
const MAX_WAITING = 1000;

const waiting = new Map<WaitingForBody, Wait>();

/** Waits for the body for at most `maxWaitMillis`, from now or from the last `keepWaiting`. */
export function waitForBody(call: WaitingForBody, record: SpanRecord, maxWaitMillis: number): void {
  const [oldest] = waiting.keys();
  if (waiting.size >= MAX_WAITING) oldest?.giveUpBody();
  const timer = setTimeout(() => call.giveUpBody(), maxWaitMillis);
  timer.unref();
  waiting.set(call, { record, timer });
}

/** Called while the body is being read. */
export function keepWaiting(call: WaitingForBody): void {
  waiting.get(call)?.timer.refresh();
}

/** Ends the wait. False if it had already ended. */
export function endWait(call: WaitingForBody): boolean {
  clearTimeout(waiting.get(call)?.timer);
  return waiting.delete(call);
}

/** Called when a task ends. Usage in bodies that have not arrived is unknown in it. */
export function giveUpBodiesIn(task: Task): void {
  if (waiting.size === 0) return;
  for (const [call, { record }] of [...waiting]) if (isIn(record, task)) call.giveUpBody();
}

function isIn(record: SpanRecord, task: Task): boolean {
  for (let at = record.task; at !== undefined; at = at.around) if (at === task) return true;
  return false;
}
