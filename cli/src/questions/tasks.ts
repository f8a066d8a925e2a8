/** The table of tasks. */
import type { TaskPage, TaskQuery, TaskSort } from '../api.js';
import type { Row } from '../store/database.js';
import { countOf, isTrue, numberOf, sumOf, textOf, wholeOf, wordOf } from '../store/row-values.js';
import { millisOf } from '../store/span-times.js';
import type { TaskRow } from '../task-answers.js';
import { explainOutliers } from './outliers.js';
import type { QuestionContext } from './source.js';
import { TASKS, USUAL } from './tasks-sql.js';
import { totalOf } from './totals.js';
import { boundsOf, type NamedPeriod } from './window.js';

const SORT: Readonly<Record<TaskSort, string>> = {
  start: 'start_ns',
  name: 'lower(name)',
  outcome: 'coalesce(outcome, state)',
  steps: 'steps',
  tokens: 'input_tokens + output_tokens',
  llm: 'llm',
  tool: 'tool',
  total: 'total',
  wasted: 'wasted',
};

const DEFAULT_LIMIT = 100;
/** Each page costs as much as all of them, so exports take large ones; requests have a smaller limit. */
export const MAX_LIMIT = 25_000;

/** Tasks that ended in the period, and tasks that run and had a call in it. */
const MATCHING = `
  FROM tasks LEFT JOIN usual USING (name)
  WHERE at_ns >= $from AND at_ns < $to
    AND ($filter IS NULL OR contains(lower(concat_ws(chr(10), id, name, session_id, service)), lower($filter)))
    AND ($name IS NULL OR name = $name)
    AND ($outcome IS NULL OR coalesce(outcome, state) = $outcome)
    AND ($only IS NULL
      OR ($only = 'outliers' AND usual_total > 0 AND total > 2 * usual_total)
      OR ($only = 'over_budget' AND over_budget))`;

export async function tasksIn(
  { database }: QuestionContext,
  query: Omit<TaskQuery, 'window'>,
  window: NamedPeriod,
): Promise<TaskPage> {
  const sort = sqlOf(SORT, query.sort ?? 'start');
  const direction = (query.descending ?? true) ? 'DESC' : 'ASC';
  const parameters = {
    ...boundsOf(window),
    filter: query.filter || null,
    name: query.name ?? null,
    outcome: query.outcome ?? null,
    only: query.only ?? null,
  };
  const rows = await database.all(
    `WITH ${TASKS}, ${USUAL} SELECT *, count(*) OVER () AS matches ${MATCHING}
     ORDER BY ${sort} ${direction} NULLS LAST, id LIMIT $limit::BIGINT OFFSET $offset::BIGINT`,
    { ...parameters, limit: limitOf(query.limit, DEFAULT_LIMIT), offset: offsetOf(query.offset) },
  );
  const [first] = rows;
  const count =
    first === undefined && offsetOf(query.offset) > 0n
      ? await database.all(`WITH ${TASKS}, ${USUAL} SELECT count(*) AS matches ${MATCHING}`, parameters)
      : [first ?? {}];
  return { rows: await explainOutliers(database, rows), count: countOf(count[0] ?? {}, 'matches') };
}

export function limitOf(limit: number | undefined, usual: number): bigint {
  return BigInt(Math.min(MAX_LIMIT, Math.max(0, Math.floor(limit ?? usual) || 0)));
}

export function offsetOf(offset: number | undefined): bigint {
  return BigInt(Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(offset ?? 0) || 0)));
}

/** The SQL of a word, from a table of the code. Throws `RangeError` for a word that is not in it. */
export function sqlOf<T>(table: Readonly<Record<string, T>>, word: string): T {
  const found = Object.hasOwn(table, word) ? table[word] : undefined;
  if (found === undefined) throw new RangeError(`unknown word ${JSON.stringify(word.slice(0, 50))}`);
  return found;
}

/** One task, whatever its period. */
export async function taskRow({ database }: QuestionContext, id: string): Promise<TaskRow | undefined> {
  const rows = await database.all(
    `WITH ${TASKS}, ${USUAL} SELECT * FROM tasks LEFT JOIN usual USING (name) WHERE id = $id`,
    {
      id,
    },
  );
  return (await explainOutliers(database, rows))[0];
}

const ATTRIBUTION = {
  user: 'user_id',
  team: 'team',
  project: 'project',
  feature: 'feature',
  customer: 'customer',
};

/** Without the reason of an outlier. */
export function taskOf(row: Row): TaskRow {
  const total = sumOf(row, 'total');
  const llm = sumOf(row, 'llm');
  const tool = sumOf(row, 'tool');
  const end = wholeOf(row, 'end_ns');
  const usual = sumOf(row, 'usual_total');
  const budget = wholeOf(row, 'budget');
  return {
    id: wordOf(row, 'id'),
    traceId: wordOf(row, 'trace_id'),
    name: wordOf(row, 'name'),
    sessionId: textOf(row, 'session_id'),
    service: textOf(row, 'service'),
    state: textOf(row, 'state') === 'running' ? 'running' : 'ended',
    outcome: outcomeOf(row),
    startMillis: millisOf(sumOf(row, 'start_ns')),
    endMillis: end === null ? null : millisOf(end),
    steps: countOf(row, 'steps'),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
    llmCalls: countOf(row, 'llm_calls'),
    toolCalls: countOf(row, 'tool_calls'),
    failedCalls: countOf(row, 'failed_calls'),
    retries: countOf(row, 'retries'),
    llmPico: String(llm),
    toolPico: String(tool),
    otherPico: String(total - llm - tool),
    total: totalOf(row),
    wastedPico: String(sumOf(row, 'wasted')),
    budgetPico: budget === null ? null : String(budget),
    isOverBudget: isTrue(row, 'over_budget'),
    isPricedHere: isTrue(row, 'is_priced_here'),
    timesMedian: usual > 0n ? (numberOf(row, 'total') ?? 0) / Number(usual) : null,
    outlier: null,
    attribution: attributionOf(row),
  };
}

function outcomeOf(row: Row): TaskRow['outcome'] {
  const outcome = textOf(row, 'outcome');
  return outcome === 'success' || outcome === 'failure' || outcome === 'cancelled' ? outcome : null;
}

function attributionOf(row: Row): Record<string, string> {
  const entries = Object.entries(ATTRIBUTION).flatMap(([key, column]) => {
    const value = textOf(row, column);
    return value === null ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}
