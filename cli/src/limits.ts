/** The cost of a period's tasks, against limits. */

import type { Distribution, Overview } from './api.js';
import { usdText } from './money.js';
import type { TaskRow } from './task-answers.js';

export interface Limits {
  maxTask: bigint | undefined;
  maxP50: bigint | undefined;
  maxP90: bigint | undefined;
  maxTotal: bigint | undefined;
  /** In 1e-12 of the whole, as exact as money. */
  maxIncrease: { text: string; share: bigint } | undefined;
  requireBaseline: boolean;
  minTasks: number | undefined;
  allowIncomplete: boolean;
}

/** One limit, or one reason why the figures cannot be trusted. */
export interface Finding {
  check: string;
  ok: boolean;
  message: string;
  /** The task that breaks the limit. */
  task?: { id: string; name: string; usd: string };
}

/** Tasks that are named one by one; the others are counted. */
const MAX_NAMED = 5;
const WHOLE = 10n ** 12n;

export interface Measured {
  tasks: readonly TaskRow[];
  distribution: Distribution;
  overview: Overview;
  isOneName: boolean;
  /** In words, why figures may be too low. */
  trouble: string | null;
}

/** All findings, in the order of the options. */
export function check(limits: Limits, measured: Measured): Finding[] {
  const { tasks, distribution } = measured;
  const { now } = distribution;
  const ended = tasks.filter(({ state }) => state === 'ended').length;
  return [
    ...(limits.maxTask === undefined ? [] : tasksAbove(limits.maxTask, tasks)),
    ...percentile('max-p50-usd', 'the median', limits.maxP50, now?.p50Pico),
    ...percentile('max-p90-usd', 'the 90th percentile', limits.maxP90, now?.p90Pico),
    ...(limits.maxTotal === undefined ? [] : [total(limits.maxTotal, measured)]),
    ...(limits.maxIncrease === undefined ? [] : [increase(limits, limits.maxIncrease, distribution)]),
    ...(limits.minTasks === undefined ? [] : [enough(limits.minTasks, ended)]),
    ...incomplete(limits, measured),
  ];
}

function tasksAbove(limit: bigint, tasks: readonly TaskRow[]): Finding[] {
  const above = tasks.filter((task) => BigInt(task.total.pico) > limit);
  const named = above.slice(0, MAX_NAMED).map((task) => ({
    check: 'max-task-usd',
    ok: false,
    message: `task ${task.name} (${task.id}) cost ${amountOf(task)}, more than ${usdText(limit)}`,
    task: taskIn(task),
  }));
  const rest = above.length - named.length;
  if (rest > 0)
    return [
      ...named,
      { check: 'max-task-usd', ok: false, message: `${rest} more tasks cost more than ${usdText(limit)}` },
    ];
  if (named.length > 0) return named;
  const [first] = tasks;
  const most = first === undefined ? 'there are no tasks' : `the most expensive task cost ${amountOf(first)}`;
  return [{ check: 'max-task-usd', ok: true, message: `${most}; the limit is ${usdText(limit)}` }];
}

function taskIn({ id, name, total: { pico } }: TaskRow): NonNullable<Finding['task']> {
  return { id, name, usd: usdText(BigInt(pico)).replace(/[$,]/g, '') };
}

/** With a "+" where it is a lower bound. */
function amountOf({ total }: TaskRow): string {
  return `${usdText(BigInt(total.pico))}${total.isLowerBound ? '+' : ''}`;
}

function percentile(
  check: string,
  what: string,
  limit: bigint | undefined,
  pico: string | undefined,
): Finding[] {
  if (limit === undefined) return [];
  if (pico === undefined) return [{ check, ok: false, message: `${what} is not known: no task has ended` }];
  const actual = BigInt(pico);
  const relation = actual > limit ? 'more than' : 'at most';
  return [
    { check, ok: actual <= limit, message: `${what} is ${usdText(actual)}, ${relation} ${usdText(limit)}` },
  ];
}

function total(limit: bigint, { tasks, overview, isOneName }: Measured): Finding {
  const actual = isOneName
    ? tasks.reduce((sum, task) => sum + BigInt(task.total.pico), 0n)
    : BigInt(overview.ticker.spent.pico);
  const what = isOneName ? 'all tasks together cost' : 'everything in the window cost';
  const relation = actual > limit ? 'more than' : 'at most';
  return {
    check: 'max-total-usd',
    ok: actual <= limit,
    message: `${what} ${usdText(actual)}, ${relation} ${usdText(limit)}`,
  };
}

function increase(
  { requireBaseline }: Limits,
  { text, share }: NonNullable<Limits['maxIncrease']>,
  { now, before }: Distribution,
): Finding {
  const check = 'max-increase';
  if (now === null) return { check, ok: false, message: 'the median is not known: no task has ended' };
  if (before === null)
    return {
      check,
      ok: !requireBaseline,
      message: 'there is no baseline: no task ended in the period before',
    };
  const [was, is] = [BigInt(before.p50Pico), BigInt(now.p50Pico)];
  const ok = is * WHOLE <= was * (WHOLE + share);
  const moved = `the median was ${usdText(was)} (${before.count} tasks) and is ${usdText(is)} (${now.count} tasks)`;
  return { check, ok, message: `${moved}: ${changeInWords(was, is)}; the limit is +${text}` };
}

function changeInWords(was: bigint, is: bigint): string {
  if (was === 0n) return is === 0n ? 'no change' : 'it was free';
  // Two decimals of a percentage.
  const hundredths = ((is - was) * 10_000n) / was;
  const size = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? '-' : '+'}${size / 100n}.${(size % 100n).toString().padStart(2, '0')}%`;
}

function enough(limit: number, ended: number): Finding {
  return {
    check: 'min-tasks',
    ok: ended >= limit,
    message: `${ended} ${ended === 1 ? 'task has' : 'tasks have'} ended; at least ${limit} must`,
  };
}

function incomplete(
  { allowIncomplete }: Limits,
  { tasks, overview, isOneName, trouble }: Measured,
): Finding[] {
  const ok = allowIncomplete;
  if (trouble !== null) return [{ check: 'complete', ok, message: trouble }];
  const open = tasks.filter(({ total: { isLowerBound }, state }) => isLowerBound || state === 'running');
  const named = open.slice(0, MAX_NAMED).map(
    (task): Finding => ({
      check: 'complete',
      ok,
      message: `task ${task.name} (${task.id}) cost ${usdText(BigInt(task.total.pico))} or more: ${missingIn(task)}`,
      task: taskIn(task),
    }),
  );
  const rest = open.length - named.length;
  if (rest > 0) named.push({ check: 'complete', ok, message: `${rest} more tasks are incomplete` });
  const { spent } = overview.ticker;
  if (open.length === 0 && !isOneName && spent.isLowerBound)
    return [
      { check: 'complete', ok, message: `${spent.unpricedCalls} calls outside tasks have no known cost` },
    ];
  return named;
}

function missingIn({ state, total: { unpricedCalls } }: TaskRow): string {
  if (state === 'running') return 'it has not ended';
  return unpricedCalls === 1 ? '1 call has no known cost' : `${unpricedCalls} calls have no known cost`;
}
