import type { Scope } from '../ledger/scope.js';
import type { SpanRecord } from './span-record.js';

/**
 * The most ended spans with roll-ups that are kept above an ending span, besides the outermost task. Otherwise, work
 * that restarts itself, for example from a timer, would keep every turn, and each later turn would correct all of them.
 */
const MAX_ENDED_ABOVE = 7;

/**
 * Releases the ended spans above an ended span, except the nearest ones and the outermost task, so the task's total
 * stays whole. Returns the number of roll-ups that are no longer corrected.
 */
export function letGoOfPast(record: SpanRecord): number {
  const last = lastOfNearest(record);
  if (last === undefined) return 0;
  const outermost = outermostEnded(last);
  if (outermost === undefined) return 0;
  let released = 0;
  for (let at = last.parent; at !== undefined && at !== outermost; at = at.parent) {
    if (at.ownsScope) released += 1;
  }
  if (released === 0) return 0;
  last.moveBelow(outermost);
  last.ownTask?.moveInto(outermost.task);
  outermostOwnScope(last)?.moveInto(outermost.scope ?? outermost.task?.scope);
  return released;
}

/** Among the ended spans above, the outermost task, or else the outermost with a roll-up. */
function outermostEnded(record: SpanRecord): SpanRecord | undefined {
  let found: SpanRecord | undefined;
  for (let at = record.parent; at?.ended; at = at.parent) {
    if (at.ownTask !== undefined || (at.ownsScope && found?.ownTask === undefined)) found = at;
  }
  return found;
}

/** The outermost of the nearest ended spans above, which are kept. Undefined when there are no more than those. */
function lastOfNearest(record: SpanRecord): SpanRecord | undefined {
  let kept = 0;
  let at = record;
  while (at.parent?.ended) {
    const isFull = kept >= MAX_ENDED_ABOVE;
    if (isFull && at.ownsScope) return at;
    if (isFull && !at.parent.ownsScope) {
      at.moveBelow(at.parent.parent);
    } else {
      at = at.parent;
      if (at.ownsScope) kept += 1;
    }
  }
  return undefined;
}

function outermostOwnScope({ ownTask, ownScope }: SpanRecord): Scope | undefined {
  return ownTask?.scope ?? ownScope;
}
