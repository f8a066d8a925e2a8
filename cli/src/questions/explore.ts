/** One table over all cost, by one key. */
import type { Explore, ExploreKey, ExploreQuery, ExploreRow } from '../api.js';
import type { Row } from '../store/database.js';
import { countOf, numberOf, sumOf, textOf } from '../store/row-values.js';
import type { QuestionContext } from './source.js';
import { limitOf, offsetOf, sqlOf } from './tasks.js';
import { TASKS, UNSUCCESSFUL, WASTED_LEAF } from './tasks-sql.js';
import { LEAF_TOTAL, NOTHING, totalOf } from './totals.js';
import { boundsOf, type NamedPeriod } from './window.js';

/** The key on a row of `costs`, and on a task; null where a task has several. */
const KEYS: Readonly<Record<ExploreKey, { leaf: string; task: string | null }>> = {
  session: { leaf: 'session_id', task: 'session_id' },
  // Web frameworks name the root of a trace after its route late, so calls may know another name than the task has.
  task: { leaf: 'coalesce(n.name, task_name)', task: 'name' },
  model: { leaf: 'model', task: null },
  tool: { leaf: 'tool', task: null },
  agent: { leaf: 'agent', task: null },
  team: { leaf: 'team', task: 'team' },
  feature: { leaf: 'feature', task: 'feature' },
  customer: { leaf: 'customer', task: 'customer' },
  user: { leaf: 'user_id', task: 'user_id' },
};

const SORT: Readonly<Record<NonNullable<ExploreQuery['sort']>, string>> = {
  key: 'lower(key)',
  total: 'total',
  wasted: 'wasted',
  perAction: 'per_action',
  calls: 'llm_calls + tool_calls',
  tokens: 'input_tokens + output_tokens',
};

const DEFAULT_LIMIT = 200;

export async function exploreIn(
  { database }: QuestionContext,
  query: Omit<ExploreQuery, 'window'>,
  window: NamedPeriod,
): Promise<Explore> {
  const sort = sqlOf(SORT, query.sort ?? 'total');
  const direction = (query.descending ?? true) ? 'DESC' : 'ASC';
  const parameters = { ...boundsOf(window), filter: query.filter || null };
  const groups = groupsBy(query.by);
  const rows = await database.all(
    `WITH RECURSIVE ${groups}, sums AS (
       SELECT count(*) AS matches, sum(total) AS total, sum(estimated) AS estimated, sum(unpriced) AS unpriced,
         bool_or(is_lower) AS is_lower FROM found)
     SELECT found.*, sums.matches, sums.total AS all_total, sums.estimated AS all_estimated,
       sums.unpriced AS all_unpriced, sums.is_lower AS all_lower
     FROM sums LEFT JOIN (SELECT *, 1 AS is_found FROM found
       ORDER BY ${sort} ${direction} NULLS LAST, key LIMIT $limit::BIGINT OFFSET $offset::BIGINT) found ON true
     ORDER BY ${sort} ${direction} NULLS LAST, key`,
    { ...parameters, limit: limitOf(query.limit, DEFAULT_LIMIT), offset: offsetOf(query.offset) },
  );
  const [first = {}] = rows;
  return {
    rows: rows
      .filter((row) => row.is_found !== null)
      .map((row) => groupOf(row, KEYS[query.by].task !== null)),
    count: countOf(first, 'matches'),
    total: countOf(first, 'matches') === 0 ? NOTHING : totalOf(sumsOf(first)),
  };
}

function groupsBy(by: ExploreKey): string {
  const { leaf, task } = sqlOf(KEYS, by);
  const names = by === 'task' ? 'LEFT JOIN tasks n ON n.id = costs.task' : '';
  const tasksOfGroup =
    task === null
      ? 'SELECT NULL::VARCHAR AS key, NULL::BIGINT AS tasks, NULL::DOUBLE AS actions WHERE false'
      : `SELECT ${task} AS key, count(*) AS tasks, sum(CASE WHEN outcome = 'success' THEN actions ELSE 0 END) AS actions
         FROM tasks WHERE at_ns >= $from AND at_ns < $to GROUP BY ${task}`;
  return `${TASKS}, ${UNSUCCESSFUL},
    leaves AS (
      SELECT ${leaf} AS key, costs.*, ${WASTED_LEAF} AS wasted
      FROM costs ${names}
      -- A call that a budget refused was never made.
      WHERE costs.at_ns >= $from AND costs.at_ns < $to AND costs.budget_scope IS NULL
    ),
    groups AS (
      SELECT key, ${LEAF_TOTAL}, coalesce(sum(wasted), 0) AS wasted, ${task === null ? 'count(DISTINCT task)' : '0'} AS own_tasks,
        count(*) FILTER (is_llm_call) AS llm_calls, count(*) FILTER (is_tool_call) AS tool_calls,
        count(*) FILTER (is_failed AND (is_llm_call OR is_tool_call)) AS failed_calls,
        coalesce(sum(input_tokens) FILTER (is_llm_call), 0) AS input_tokens,
        coalesce(sum(output_tokens) FILTER (is_llm_call), 0) AS output_tokens
      FROM leaves GROUP BY key
    ),
    of_tasks AS (${tasksOfGroup}),
    found AS (
      SELECT groups.*, coalesce(t.tasks, own_tasks) AS tasks, coalesce(t.actions, 0) AS actions,
        CASE WHEN t.actions > 0 THEN total / t.actions END AS per_action
      FROM groups LEFT JOIN of_tasks t ON groups.key IS NOT DISTINCT FROM t.key
      WHERE $filter IS NULL OR contains(lower(groups.key), lower($filter))
    )`;
}

function groupOf(row: Row, hasTasks: boolean): ExploreRow {
  const actions = hasTasks ? (numberOf(row, 'actions') ?? 0) : null;
  return {
    key: textOf(row, 'key'),
    total: totalOf(row),
    wastedPico: String(sumOf(row, 'wasted')),
    actions,
    costPerActionPico: actions === null || actions === 0 ? null : perAction(sumOf(row, 'total'), actions),
    tasks: countOf(row, 'tasks'),
    llmCalls: countOf(row, 'llm_calls'),
    toolCalls: countOf(row, 'tool_calls'),
    failedCalls: countOf(row, 'failed_calls'),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
  };
}

/** Actions may be fractions. Null where they are so few or many that the quotient means nothing. */
function perAction(pico: bigint, actions: number): string | null {
  if (Number.isSafeInteger(actions)) return String(pico / BigInt(actions));
  const quotient = Math.round(Number(pico) / actions);
  return Number.isFinite(actions) && Number.isFinite(quotient) ? String(BigInt(quotient)) : null;
}

function sumsOf(row: Row): Row {
  return {
    total: row.all_total ?? null,
    estimated: row.all_estimated ?? null,
    unpriced: row.all_unpriced ?? null,
    is_lower: row.all_lower ?? null,
  };
}
