/** What could be saved, with the spans that prove it. */
import type { Opportunity } from '../api.js';
import type { Row } from '../store/database.js';
import { countOf, sumOf, textOf, wordOf } from '../store/row-values.js';
import { shortUsd } from '../usd-text.js';
import { type HintsOf, hintsIn } from './hints.js';
import type { QuestionContext, Source } from './source.js';
import { ENDED_TASKS } from './tasks-sql.js';
import { boundsOf, type NamedPeriod } from './window.js';

const MAX_EVIDENCE = 50;

/** The largest amount first. They overlap. */
export async function opportunitiesIn(
  { database }: QuestionContext,
  hintsOf: HintsOf | undefined,
  window: NamedPeriod,
): Promise<Opportunity[]> {
  const found = await Promise.all([
    overBudget(database, window),
    wasted(database, window),
    hintsOf === undefined ? [] : hintsIn(database, hintsOf, window),
  ]);
  const size = ({ amountPico }: Opportunity) => BigInt(amountPico);
  return found.flat().sort((a, b) => (size(a) === size(b) ? 0 : size(a) < size(b) ? 1 : -1));
}

async function overBudget(database: Source, window: NamedPeriod): Promise<Opportunity[]> {
  const rows = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, count(*) AS tasks, sum(total) AS total,
       list({'trace': trace_id, 'span': id} ORDER BY total DESC)[1:${MAX_EVIDENCE}]::JSON::VARCHAR AS evidence
     FROM ended WHERE at_ns >= $from AND at_ns < $to AND over_budget GROUP BY name ORDER BY total DESC LIMIT 20`,
    boundsOf(window),
  );
  return rows.map((row) => {
    const count = countOf(row, 'tasks');
    return {
      kind: 'over_budget',
      subject: wordOf(row, 'name'),
      amountPico: String(sumOf(row, 'total')),
      amountIs: 'spend',
      count,
      message: `${tasksNamed(count, row)} reached a budget and cost ${shortUsd(sumOf(row, 'total')).text}.`,
      fix: 'Open the most expensive one and look for steps that repeat. Limit the steps of the loop, or raise the budget if the work is worth it.',
      evidence: evidenceOf(textOf(row, 'evidence')),
    };
  });
}

async function wasted(database: Source, window: NamedPeriod): Promise<Opportunity[]> {
  const rows = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, count(*) AS tasks, sum(wasted) AS total,
       count(*) FILTER (outcome IN ('failure', 'cancelled')) AS unsuccessful,
       list({'trace': trace_id, 'span': id} ORDER BY wasted DESC)[1:${MAX_EVIDENCE}]::JSON::VARCHAR AS evidence
     FROM ended WHERE at_ns >= $from AND at_ns < $to AND wasted > 0 GROUP BY name ORDER BY total DESC LIMIT 20`,
    boundsOf(window),
  );
  return rows.map((row) => {
    const count = countOf(row, 'tasks');
    return {
      kind: 'wasted',
      subject: wordOf(row, 'name'),
      amountPico: String(sumOf(row, 'total')),
      amountIs: 'spend',
      count,
      message: `${tasksNamed(count, row)} wasted ${shortUsd(sumOf(row, 'total')).text} on ${causeOf(countOf(row, 'unsuccessful'), count)}.`,
      fix: 'Look at the errors of these tasks. Stop early when a call fails for good, and retry only errors that pass.',
      evidence: evidenceOf(textOf(row, 'evidence')),
    };
  });
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
