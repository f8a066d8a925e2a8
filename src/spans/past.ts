import type { Scope } from '../ledger/scope.js';
import { nearestThatMatters, type SpanRecord } from './span-record.js';

/**
 * How many ended spans with roll-ups are kept above one that ends, beside the task around them all. Work that starts
 * itself anew, by a timer or as the last thing it does, goes on so without end: each turn would be kept, and be
 * corrected by all that come after it.
 */
const MAX_ENDED_ABOVE = 7;

/**
 * Lets go of ended spans above one that has ended, too: all but the nearest and the outermost task, so that the task
 * still has everything. Gives how many roll-ups are not corrected any more.
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

/** Of the ended spans above, the outermost that is a task, else the outermost with a roll-up. */
function outermostEnded(record: SpanRecord): SpanRecord | undefined {
  let found: SpanRecord | undefined;
  for (let at = record.parent; at?.ended; at = at.parent) {
    if (at.ownTask !== undefined || (at.ownsScope && found?.ownTask === undefined)) found = at;
  }
  return found;
}

/** The last one that is kept of the ended spans above; undefined when there are not that many. */
function lastOfNearest(record: SpanRecord): SpanRecord | undefined {
  let kept = 0;
  let at = record;
  while (at.parent?.ended) {
    const isFull = kept >= MAX_ENDED_ABOVE;
    if (isFull && at.ownsScope) return at;
    const above = isFull && !at.parent.ownsScope ? at.parent.parent : nearestThatMatters(at.parent);
    if (above === at.parent) {
      at = at.parent;
      if (at.ownsScope) kept += 1;
    } else {
      at.moveBelow(above);
    }
  }
  return undefined;
}

function outermostOwnScope({ ownTask, ownScope }: SpanRecord): Scope | undefined {
  return ownTask?.scope ?? ownScope;
}
