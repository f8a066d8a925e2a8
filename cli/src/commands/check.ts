/** `check`: limits on what tasks cost, on the questions that the page asks. */

import type { Distribution, Overview, Questions, TaskRow } from '../api.js';
import { picoFromDecimal, usdText } from '../money.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';
import { openDb } from './source.js';
import { parseWindow, windowInWords } from './window.js';

interface Limits {
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

/** Tasks are read in pages of the store's largest size. */
const PAGE = 1000;
/** Tasks that are named one by one; the others are counted. */
const MAX_NAMED = 5;
const WHOLE = 10n ** 12n;

export async function run(given: Given, terminal: Terminal): Promise<number> {
  const limits = limitsOf(given);
  const window = parseWindow(given.text('window') ?? '24h');
  const name = given.text('name');
  const db = await openDb(given.required('db'));
  try {
    const tasks = await tasksIn(db, window, name);
    const distribution = await db.distribution(window, name);
    const overview = await db.overview(window);
    if (tasks.length === 0 && (name !== undefined || isEmpty(overview)))
      throw new CommandError(noTasks(windowInWords(window), name), EXIT.noData);
    const findings = check(limits, { tasks, distribution, overview, isOneName: name !== undefined });
    const ok = findings.every((finding) => finding.ok);
    terminal.stdout.write(
      given.flag('json')
        ? `${JSON.stringify({ ok, window: windowInWords(window), name: name ?? null, tasks: tasks.length, findings }, null, 2)}\n`
        : `${report(findings, tasks.length, windowInWords(window), name)}\n`,
    );
    return ok ? EXIT.ok : EXIT.failed;
  } finally {
    await db.close();
  }
}

function limitsOf(given: Given): Limits {
  const usd = (option: string): bigint | undefined => {
    const text = given.text(option);
    const pico = text === undefined ? undefined : picoFromDecimal(text.replace(/^\$/, ''));
    if (text === undefined || pico !== undefined) return pico;
    throw new CommandError(`--${option} is "${text}"; expected dollars such as 0.50`);
  };
  const limits: Limits = {
    maxTask: usd('max-task-usd'),
    maxP50: usd('max-p50-usd'),
    maxP90: usd('max-p90-usd'),
    maxTotal: usd('max-total-usd'),
    maxIncrease: increaseOf(given.text('max-increase')),
    requireBaseline: given.flag('require-baseline'),
    minTasks: given.count('min-tasks', 1),
    allowIncomplete: given.flag('allow-incomplete'),
  };
  const { maxTask, maxP50, maxP90, maxTotal, maxIncrease, minTasks } = limits;
  const amounts = [maxTask, maxP50, maxP90, maxTotal, maxIncrease, minTasks];
  if (amounts.every((limit) => limit === undefined))
    throw new CommandError('there is no limit to check, such as --max-task-usd 0.50');
  if (limits.requireBaseline && maxIncrease === undefined)
    throw new CommandError('--require-baseline needs --max-increase');
  return limits;
}

function increaseOf(text: string | undefined): Limits['maxIncrease'] {
  if (text === undefined) return undefined;
  const share = /%$/.test(text) ? picoFromDecimal(text.slice(0, -1)) : undefined;
  if (share === undefined) throw new CommandError(`--max-increase is "${text}"; expected a percentage such as 20%`);
  return { text, share: share / 100n };
}

async function tasksIn(db: Questions, window: Parameters<Questions['distribution']>[0], name: string | undefined) {
  const tasks: TaskRow[] = [];
  for (;;) {
    const query = { window, sort: 'total', descending: true, limit: PAGE, offset: tasks.length } as const;
    const page = await db.tasks(name === undefined ? query : { ...query, name });
    tasks.push(...page.rows);
    if (page.rows.length < PAGE) return tasks;
  }
}

function isEmpty({ ticker }: Overview): boolean {
  return ticker.spent.pico === '0' && ticker.spent.unpricedCalls === 0;
}

function noTasks(window: string, name: string | undefined): string {
  return `there are no tasks${name === undefined ? '' : ` named "${name}"`} in ${window}`;
}

export interface Measured {
  tasks: readonly TaskRow[];
  distribution: Distribution;
  overview: Overview;
  isOneName: boolean;
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
  if (rest > 0) return [...named, { check: 'max-task-usd', ok: false, message: `${rest} more tasks cost more than ${usdText(limit)}` }];
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

function percentile(check: string, what: string, limit: bigint | undefined, pico: string | undefined): Finding[] {
  if (limit === undefined) return [];
  if (pico === undefined) return [{ check, ok: false, message: `${what} is not known: no task has ended` }];
  const actual = BigInt(pico);
  const relation = actual > limit ? 'more than' : 'at most';
  return [{ check, ok: actual <= limit, message: `${what} is ${usdText(actual)}, ${relation} ${usdText(limit)}` }];
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
    return { check, ok: !requireBaseline, message: 'there is no baseline: no task ended in the period before' };
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

function incomplete({ allowIncomplete }: Limits, { tasks, overview, isOneName }: Measured): Finding[] {
  const ok = allowIncomplete;
  const open = tasks.filter(({ total: { isLowerBound }, state }) => isLowerBound || state === 'running');
  const named = open.slice(0, MAX_NAMED).map((task): Finding => ({
    check: 'complete',
    ok,
    message: `task ${task.name} (${task.id}) cost ${usdText(BigInt(task.total.pico))} or more: ${missingIn(task)}`,
    task: taskIn(task),
  }));
  const rest = open.length - named.length;
  if (rest > 0) named.push({ check: 'complete', ok, message: `${rest} more tasks are incomplete` });
  const { spent } = overview.ticker;
  if (open.length === 0 && !isOneName && spent.isLowerBound)
    return [{ check: 'complete', ok, message: `${spent.unpricedCalls} calls outside tasks have no known cost` }];
  return named;
}

function missingIn({ state, total: { unpricedCalls } }: TaskRow): string {
  if (state === 'running') return 'it has not ended';
  return unpricedCalls === 1 ? '1 call has no known cost' : `${unpricedCalls} calls have no known cost`;
}

function report(findings: readonly Finding[], tasks: number, window: string, name: string | undefined): string {
  const of = name === undefined ? '' : ` named "${name}"`;
  const lines = findings.map(({ check, ok, message }) => `${ok ? '✓' : '✗'} ${check}: ${message}`);
  const failed = findings.filter(({ ok }) => !ok).length;
  const end = failed === 0 ? 'within the limits' : `${failed} ${failed === 1 ? 'check has' : 'checks have'} failed`;
  return [`${tasks} ${tasks === 1 ? 'task' : 'tasks'}${of} in ${window}`, ...lines, end].join('\n');
}
