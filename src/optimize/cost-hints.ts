import { currentRuntime } from '../runtime/current-runtime.js';
import { isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { allHints } from './all-hints.js';
import { currentCallLog } from './call-log.js';
import type { CostHint } from './hint.js';

/**
 * Hints on how a session or a task could have cost less, largest amount first. Uses only the counts, costs and
 * times of the calls recorded by `recordCalls`, no content. `of` is the handle or the id of a session or task;
 * without it, the hints cover everything. Hints overlap, so do not add them up. Never throws.
 */
export function costHints(of?: string | { readonly id: string }): CostHint[] {
  const log = currentCallLog();
  if (log === undefined) {
    warnOnce('costHints has no calls: call recordCalls before the work begins');
    return [];
  }
  const id = isRecord(of) ? of.id : of;
  const { prices } = currentRuntime();
  const calls = log.calls
    .toArray()
    .filter(({ sessionIds, taskIds }) => id === undefined || sessionIds.includes(id) || taskIds.includes(id));
  const ended = log.tasks.toArray();
  const tasks = ended.filter((task) => id === undefined || task.id === id || task.sessionIds.includes(id));
  return allHints(calls, tasks, ended, prices).map(({ of: _, ...hint }) => hint);
}
