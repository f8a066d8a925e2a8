/** The tasks that work belongs to, for the identity that it sends. */
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';

/**
 * The ids of the declared tasks around a record, from the nearest to the outermost, and then those of the process that
 * called this one. Without a declared task, it is the implicit one, if AI work has begun in it or it is in a session. Empty
 * otherwise: most requests of a process have nothing to do with an agent.
 */
export function taskChain(record: SpanRecord): readonly string[] {
  const nearest = record.task;
  if (nearest === undefined) return [];
  const declared: Task[] = [];
  for (let at: Task | undefined = nearest; at !== undefined; at = at.around)
    if (at.isExplicit) declared.push(at);
  const outermost = declared.at(-1);
  if (outermost !== undefined) return [...declared.map(({ id }) => id), ...(outermost.caller?.taskIds ?? [])];
  return hasAiWork(record, nearest) ? [nearest.id] : [];
}

function hasAiWork(record: SpanRecord, { scope }: Task): boolean {
  return record.sessions !== undefined || record.scope !== undefined || scope !== undefined;
}
