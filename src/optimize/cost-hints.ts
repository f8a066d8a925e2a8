import { warnOnce } from '../otel.js';
import { currentMeter } from '../tracing/meter.js';
import { isRecord } from '../validate.js';
import { currentCallLog } from './call-log.js';
import type { CostHint } from './hint.js';
import { cheaperModelHints, resentTokenHints, retryHints } from './llm-hints.js';
import { costlyTaskHints, limitHints } from './task-hints.js';
import { lowHitRateHints, repeatedToolCallHints } from './tool-hints.js';

/**
 * Where the money of a session or a task went that may not have to be spent, dearest first: from the calls that
 * `recordCalls` remembers, without a look at what was said in them. `of` is the handle or the id of a session or task;
 * without it, it is about everything. Hints overlap: do not add them up. Never throws.
 */
export function costHints(of?: string | { readonly id: string }): CostHint[] {
  const log = currentCallLog();
  if (log === undefined) {
    warnOnce('costHints knows of no calls: call recordCalls before the work begins');
    return [];
  }
  const id = isRecord(of) ? of.id : of;
  const { prices } = currentMeter();
  const calls = log.calls
    .toArray()
    .filter(({ sessionIds, taskIds }) => id === undefined || sessionIds.includes(id) || taskIds.includes(id));
  const ended = log.tasks.toArray();
  const tasks = ended.filter((task) => id === undefined || task.id === id || task.sessionIds.includes(id));
  return [
    ...cheaperModelHints(calls, prices),
    ...resentTokenHints(calls, prices),
    ...retryHints(calls),
    ...repeatedToolCallHints(calls),
    ...lowHitRateHints(calls),
    ...limitHints(tasks),
    ...costlyTaskHints(tasks, ended),
  ].sort((a, b) => b.amountUsd - a.amountUsd);
}
