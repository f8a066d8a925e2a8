import { promptCacheHints } from './cache-hints.js';
import type { FoundHint } from './call-groups.js';
import type { CallRecord, TaskRecord } from './call-record.js';
import { failedCallHints } from './failure-hints.js';
import { cheaperModelHints } from './llm-hints.js';
import type { Prices } from './priced-calls.js';
import { costlyTaskHints, limitHints } from './task-hints.js';
import { lowHitRateHints, repeatedToolCallHints } from './tool-hints.js';

/** The hints on some calls and tasks, largest amount first. `ended`: all tasks, for the medians of their kinds. */
export function allHints(
  calls: readonly CallRecord[],
  tasks: readonly TaskRecord[],
  ended: readonly TaskRecord[],
  prices: Prices,
): FoundHint[] {
  return [
    ...cheaperModelHints(calls, prices),
    ...promptCacheHints(calls, prices),
    ...failedCallHints(calls),
    ...repeatedToolCallHints(calls),
    ...lowHitRateHints(calls),
    ...limitHints(tasks),
    ...costlyTaskHints(tasks, ended),
  ].sort((a, b) => b.amountUsd - a.amountUsd);
}
