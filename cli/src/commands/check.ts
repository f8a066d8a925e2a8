/** `check`: limits on what tasks cost, on the questions that the page asks. */

import type { Overview, Questions } from '../api.js';
import { check, type Finding, type Limits } from '../limits.js';
import { picoFromDecimal } from '../money.js';
import type { TaskRow } from '../task-answers.js';
import { plain } from '../text/paint.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';
import { openDb } from './source.js';
import { parseWindow, windowInWords } from './window.js';

/** Tasks are read in pages of the store's largest size. */
const PAGE = 1000;

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
      throw new CommandError(db.trouble ?? noTasks(windowInWords(window), name), EXIT.noData);
    const findings = check(limits, {
      tasks,
      distribution,
      overview,
      isOneName: name !== undefined,
      trouble: db.trouble,
    });
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
  if (share === undefined)
    throw new CommandError(`--max-increase is "${text}"; expected a percentage such as 20%`);
  return { text, share: share / 100n };
}

async function tasksIn(
  db: Questions,
  window: Parameters<Questions['distribution']>[0],
  name: string | undefined,
) {
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

function report(
  findings: readonly Finding[],
  tasks: number,
  window: string,
  name: string | undefined,
): string {
  const of = name === undefined ? '' : ` named "${name}"`;
  const lines = findings.map(({ check, ok, message }) => `${ok ? '✓' : '✗'} ${check}: ${plain(message)}`);
  const failed = findings.filter(({ ok }) => !ok).length;
  const end =
    failed === 0 ? 'within the limits' : `${failed} ${failed === 1 ? 'check has' : 'checks have'} failed`;
  return [`${tasks} ${tasks === 1 ? 'task' : 'tasks'}${of} in ${window}`, ...lines, end].join('\n');
}
