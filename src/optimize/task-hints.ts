/** Hints on tasks. */

import { picoFromUsd, usdFromPico } from '../money.js';
import { counted, type FoundHint, formatUsd, groupBy } from './call-groups.js';
import type { TaskRecord } from './call-record.js';

/** A task above this many medians of its kind is reported. */
const COSTLY_FACTOR = 2;
/** With fewer tasks of a kind, a median is meaningless. */
const MIN_TASKS = 5;

/** The cost of tasks that reached a limit of their budget: money, tokens, steps, …. */
export function limitHints(tasks: readonly TaskRecord[]): FoundHint[] {
  const hints: FoundHint[] = [];
  const stopped = tasks.filter(({ limitsReached }) => limitsReached.length > 0);
  for (const [subject, group] of groupBy(stopped, ({ name }) => name)) {
    const amountUsd = sumUsd(group);
    if (amountUsd === 0) continue;
    const limits = [...new Set(group.flatMap(({ limitsReached }) => limitsReached))].sort().join(', ');
    const failedUsd = sumUsd(group.filter(({ outcome }) => outcome === 'failure'));
    hints.push({
      kind: 'limit_reached',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: group.length,
      of: group,
      message: `${counted(group.length, 'task')} ${subject} reached the limit of ${limits} and cost ${formatUsd(amountUsd)}, of which ${formatUsd(failedUsd)} went into tasks that failed. At most that amount was wasted.`,
    });
  }
  return hints;
}

/**
 * The amount above the median of their kind, for tasks above twice that median. The median covers all tasks of the
 * kind.
 */
export function costlyTaskHints(tasks: readonly TaskRecord[], all: readonly TaskRecord[]): FoundHint[] {
  const hints: FoundHint[] = [];
  const kinds = groupBy(all, ({ name }) => name);
  for (const [subject, group] of groupBy(tasks, ({ name }) => name)) {
    const costs = (kinds.get(subject) ?? []).map(({ costUsd }) => costUsd);
    const median = medianOf(costs);
    const costly = withoutInner(group.filter(({ costUsd }) => costUsd > COSTLY_FACTOR * median));
    if (costs.length < MIN_TASKS || costly.length === 0) continue;
    const amountUsd = usdFromPico(picoFromUsd(sumUsd(costly)) - picoFromUsd(median) * costly.length);
    hints.push({
      kind: 'costly_task',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: costly.length,
      of: costly,
      message: `${counted(costly.length, 'task')} ${subject} cost more than twice the median of ${formatUsd(median)}, together ${formatUsd(amountUsd)} above it. At most that amount is saved if they can run like the others.`,
    });
  }
  return hints;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Removes tasks inside another one, whose cost already includes theirs. */
function withoutInner(tasks: readonly TaskRecord[]): TaskRecord[] {
  const ids = new Set(tasks.map(({ id }) => id));
  return tasks.filter(({ aroundIds }) => !aroundIds.some((id) => ids.has(id)));
}

function sumUsd(tasks: readonly TaskRecord[]): number {
  return usdFromPico(withoutInner(tasks).reduce((sum, { costUsd }) => sum + picoFromUsd(costUsd), 0));
}
