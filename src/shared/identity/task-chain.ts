/** The tasks that work belongs to, for the identity that it sends. */
import type { SpanRecord } from '../../spans/span-record.js';
import type { Task } from '../../spans/task.js';

/** The tasks of this process whose ids a call carries, from the nearest one: the declared ones, or else the implicit one. */
export function sentTasks(task: Task): readonly Task[] {
  const declared: Task[] = [];
  for (let at: Task | undefined = task; at !== undefined; at = at.around)
    if (at.isExplicit) declared.push(at);
  return declared.length > 0 ? declared : [task];
}

/**
 * The ids of the tasks around a record, from the nearest to the outermost: those of this process, and then those of the
 * process that called it. An implicit task counts if AI work has begun in it or it is in a session. Empty otherwise: most
 * requests of a process have nothing to do with an agent.
 */
export function taskChain(record: SpanRecord): readonly string[] {
  const { task } = record;
  if (task === undefined || !hasAiWork(record, task)) return [];
  return [...sentTasks(task).map(({ id }) => id), ...(task.outermost.caller?.taskIds ?? [])];
}

/** True in every declared task: it has a scope from its start. */
function hasAiWork(record: SpanRecord, { scope }: Task): boolean {
  return record.sessions !== undefined || record.scope !== undefined || scope !== undefined;
}
