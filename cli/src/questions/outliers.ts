/** Tasks above twice the median of their name, and why. */

import type { Row } from '../store/database.js';
import { countOf, sumOf, textOf, wordOf } from '../store/row-values.js';
import type { TaskRow } from '../task-answers.js';
import { shortUsd } from '../usd-text.js';
import type { Source } from './source.js';
import { taskOf } from './tasks.js';

const OUTLIER_TIMES = 2;
const MAX_REASONS = 3;

/** The rows as tasks; those above twice the median say why, compared with what is usual for their name. */
export async function explainOutliers(database: Source, rows: readonly Row[]): Promise<TaskRow[]> {
  const tasks = rows.map(taskOf);
  const outliers = tasks.filter(({ timesMedian }) => timesMedian !== null && timesMedian > OUTLIER_TIMES);
  if (outliers.length === 0) return tasks;
  const dearest = await dearestParts(
    database,
    outliers.map(({ id }) => id),
  );
  const byId = new Map(rows.map((row) => [wordOf(row, 'id'), row]));
  for (const task of outliers) {
    const reasons = reasonsOf(task, byId.get(task.id) ?? {}, dearest.get(task.id));
    task.outlier = `${(task.timesMedian ?? 0).toFixed(1)} × the median: ${reasons.join(', ')}`;
  }
  return tasks;
}

function reasonsOf(task: TaskRow, usual: Row, dearest: string | undefined): string[] {
  const reasons = [
    more(task.retries, countOf(usual, 'usual_retries'), 'retry', 'retries'),
    more(task.failedCalls, countOf(usual, 'usual_failed'), 'failed call', 'failed calls'),
    more(task.steps, countOf(usual, 'usual_steps'), 'step', 'steps'),
    more(task.inputTokens + task.outputTokens, countOf(usual, 'usual_tokens'), 'token', 'tokens'),
  ].filter((reason) => reason !== undefined);
  const kept = reasons.slice(0, MAX_REASONS);
  if (dearest !== undefined && kept.length < MAX_REASONS) kept.push(`most of it for ${dearest}`);
  const total = BigInt(task.total.pico);
  kept.push(`${shortUsd(total).text} instead of ${shortUsd(sumOf(usual, 'usual_total')).text}`);
  return kept;
}

/** `12 steps (usually 4)`, if it is more than one and a half times as many. */
function more(count: number, usual: number, one: string, many: string): string | undefined {
  if (count === 0 || count <= usual * 1.5) return undefined;
  const counted = `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
  return usual === 0 ? counted : `${counted} (usually ${usual.toLocaleString('en-US')})`;
}

/** The model or tool for which most was spent, with the amount, by task. */
async function dearestParts(database: Source, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await database.all(
    `WITH parts AS (
       SELECT task, CASE WHEN kind = 'tool' THEN tool ELSE model END AS part, sum(pico) AS pico FROM costs
       WHERE task IN (SELECT unnest($ids)) AND pico > 0 GROUP BY ALL)
     SELECT * FROM parts QUALIFY row_number() OVER (PARTITION BY task ORDER BY pico DESC, part) = 1`,
    { ids },
  );
  const parts = new Map<string, string>();
  for (const row of rows) {
    const part = textOf(row, 'part');
    if (part !== null) parts.set(wordOf(row, 'task'), `${part} (${shortUsd(sumOf(row, 'pico')).text})`);
  }
  return parts;
}
