/** LLM calls that were answered with a response whose body is still being read: their spans stay open for it. */
import type { Task } from '../spans/task.js';

export interface WaitingForBody {
  isIn(task: Task): boolean;
  giveUpBody(): void;
}

/** Longer than a model takes for an answer that is not streamed; a body that nobody reads may stall for ever. */
const MAX_WAIT_MILLIS = 60_000;

/** Open spans kept for a body at most: more at once are bodies that nobody reads. The oldest is given up. */
const MAX_WAITING = 1_000;

const waiting = new Map<WaitingForBody, NodeJS.Timeout>();

export function waitForBody(call: WaitingForBody): void {
  const [oldest] = waiting.keys();
  if (waiting.size >= MAX_WAITING) oldest?.giveUpBody();
  const timer = setTimeout(() => call.giveUpBody(), MAX_WAIT_MILLIS);
  timer.unref();
  waiting.set(call, timer);
}

/** False where nobody waits for it any more. */
export function endWait(call: WaitingForBody): boolean {
  clearTimeout(waiting.get(call));
  return waiting.delete(call);
}

/** A task ends: what it has not heard of by now is unknown in it. */
export function giveUpBodiesIn(task: Task): void {
  if (waiting.size === 0) return;
  for (const call of [...waiting.keys()]) if (call.isIn(task)) call.giveUpBody();
}
