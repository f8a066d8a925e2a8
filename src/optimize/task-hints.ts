/** Hints on tasks. */

import type { TaskRecord } from './call-log.js';
import { type CostHint, counted, formatUsd, groupBy } from './hint.js';

/** A task that cost more than so many times the median of its kind is looked at. */
const COSTLY_FACTOR = 2;
/** With fewer tasks of a kind a median says nothing. */
const MIN_TASKS = 5;

/** What was spent in tasks that came to a limit of their budget: money, tokens, steps, …. */
export function limitHints(tasks: readonly TaskRecord[]): CostHint[] {
  const hints: CostHint[] = [];
  const stopped = tasks.filter(({ limitsReached }) => limitsReached.length > 0);
  for (const [subject, group] of groupBy(stopped, ({ name }) => name)) {
    const amountUsd = sumUsd(group);
    if (amountUsd === 0) continue;
    const limits = [...new Set(group.flatMap(({ limitsReached }) => limitsReached))].sort().join(', ');
    hints.push({
      kind: 'limit_reached',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: group.length,
      message: `${counted(group.length, 'task')} ${subject} came to the limit of ${limits} and cost ${formatUsd(amountUsd)}.`,
    });
  }
  return hints;
}

/** How much tasks above twice the median of their kind cost more than it. The median is that of all of the kind. */
export function costlyTaskHints(tasks: readonly TaskRecord[], all: readonly TaskRecord[]): CostHint[] {
  const hints: CostHint[] = [];
  const kinds = groupBy(all, ({ name }) => name);
  for (const [subject, group] of groupBy(tasks, ({ name }) => name)) {
    const costs = (kinds.get(subject) ?? []).map(({ costUsd }) => costUsd);
    const median = medianOf(costs);
    const costly = group.filter(({ costUsd }) => costUsd > COSTLY_FACTOR * median);
    if (costs.length < MIN_TASKS || costly.length === 0) continue;
    const amountUsd = sumUsd(costly) - median * costly.length;
    hints.push({
      kind: 'costly_task',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: costly.length,
      message: `${counted(costly.length, 'task')} ${subject} cost more than twice the median of ${formatUsd(median)}, together ${formatUsd(amountUsd)} above it.`,
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

function sumUsd(tasks: readonly TaskRecord[]): number {
  return tasks.reduce((sum, { costUsd }) => sum + costUsd, 0);
}
