/** Possible savings, with the spans that prove them. */
import type { Opportunity } from '../api.js';
import type { Row } from '../store/database.js';
import { countOf, sumOf, textOf, wordOf } from '../store/row-values.js';
import { shortUsd } from '../usd-text.js';
import { type HintsOf, hintsIn } from './hints.js';
import type { QuestionContext, Source } from './source.js';
import { ENDED_TASKS } from './tasks-sql.js';
import { boundsOf, type NamedPeriod } from './window.js';

const MAX_EVIDENCE = 50;
/** Task names, those with the largest amounts first. */
const MAX_NAMES = 20;

/** The largest amount first. They overlap. */
export async function opportunitiesIn(
  { database }: QuestionContext,
  hintsOf: HintsOf | undefined,
  window: NamedPeriod,
): Promise<Opportunity[]> {
  const found = await Promise.all([
    taskOpportunities(database, window),
    hintsOf === undefined ? [] : hintsIn(database, hintsOf, window),
  ]);
  const size = ({ amountPico }: Opportunity) => BigInt(amountPico);
  return found.flat().sort((a, b) => (size(a) === size(b) ? 0 : size(a) < size(b) ? 1 : -1));
}

/** Tasks that reached a budget, and those in which something was wasted, by name: in one query, for both read all tasks. */
async function taskOpportunities(database: Source, window: NamedPeriod): Promise<Opportunity[]> {
  const group = (part: string, amount: string, condition: string) => `
    count(*) FILTER (${condition}) AS ${part}_tasks, coalesce(sum(${amount}) FILTER (${condition}), 0) AS ${part}_total,
    list({'trace': trace_id, 'span': id} ORDER BY ${amount} DESC)
      FILTER (${condition})[1:${MAX_EVIDENCE}]::JSON::VARCHAR AS ${part}_evidence`;
  const rows = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, ${group('over', 'total', 'over_budget')}, ${group('wasted', 'wasted', 'wasted > 0')},
       count(*) FILTER (wasted > 0 AND outcome IN ('failure', 'cancelled')) AS unsuccessful
     FROM ended WHERE at_ns >= $from AND at_ns < $to AND (over_budget OR wasted > 0) GROUP BY name
     ORDER BY greatest(over_total, wasted_total) DESC, name LIMIT ${MAX_NAMES}`,
    boundsOf(window),
  );
  return rows.flatMap((row) => [...overBudget(row), ...wasted(row)]);
}

function overBudget(row: Row): Opportunity[] {
  const count = countOf(row, 'over_tasks');
  if (count === 0) return [];
  const total = sumOf(row, 'over_total');
  return [
    {
      kind: 'over_budget',
      subject: wordOf(row, 'name'),
      amountPico: String(total),
      amountIs: 'spend',
      count,
      message: `${tasksNamed(count, row)} reached a budget and cost ${shortUsd(total).text}.`,
      fix: 'Open the most expensive one and look for steps that repeat. Limit the steps of the loop, or raise the budget if the work is worth it.',
      evidence: evidenceOf(textOf(row, 'over_evidence')),
    },
  ];
}

function wasted(row: Row): Opportunity[] {
  const count = countOf(row, 'wasted_tasks');
  if (count === 0) return [];
  const total = sumOf(row, 'wasted_total');
  return [
    {
      kind: 'wasted',
      subject: wordOf(row, 'name'),
      amountPico: String(total),
      amountIs: 'spend',
      count,
      message: `${tasksNamed(count, row)} wasted ${shortUsd(total).text} on ${causeOf(countOf(row, 'unsuccessful'), count)}.`,
      fix: 'Look at the errors of these tasks. Stop early when a call fails for good, and retry only errors that pass.',
      evidence: evidenceOf(textOf(row, 'wasted_evidence')),
    },
  ];
}

function evidenceOf(json: string | null): Opportunity['evidence'] {
  const list: unknown = JSON.parse(json ?? '[]');
  if (!Array.isArray(list)) return [];
  return list.map(({ trace, span }: { trace: string; span: string }) => ({
    traceId: trace,
    spanId: span,
    taskId: span,
  }));
}

function tasksNamed(count: number, row: Row): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'task' : 'tasks'} "${wordOf(row, 'name')}"`;
}

/** The cost of a task without success is all wasted; of others, that of their failed calls. */
function causeOf(unsuccessful: number, count: number): string {
  if (unsuccessful === 0) return 'failed calls';
  return unsuccessful === count ? 'work without success' : 'failed calls and work without success';
}
