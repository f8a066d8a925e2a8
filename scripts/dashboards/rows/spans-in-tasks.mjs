/** Each task, the names of tasks, and steps. */
import { BAD_IF_ANY, bars, COUNT, levels, rows, SHARE, SMALL_USD, table } from '../panels.mjs';
import { CHOSEN_SERVICE, count, OF_SERVICE, OUTERMOST, SPENT, usd, WITH_TASKS } from '../sql.mjs';

const ROOT_ID =
  "if(SpanAttributes['task.root_id'] = '', SpanAttributes['task.id'], SpanAttributes['task.root_id'])";
/** A task is found by its start, so what has ended is looked for further back than what may run. */
const LAST_WEEK = `Timestamp > now() - INTERVAL 7 DAY AND ${CHOSEN_SERVICE}`;
const COST = usd('task.cost_usd', 'task');

const eachTask = table(
  'Each task',
  'Each task that ended. The total is compared with the median of all tasks of the same name in the time range: red from twice the median. Unpriced calls are missing in it.',
  rows(`${WITH_TASKS}
SELECT
  task['task.id'] AS id,
  task['task.name'] AS name,
  start,
  task['task.outcome'] AS outcome,
  ${count('task.steps', 'task')} AS steps,
  ${count('task.llm_calls', 'task')} AS llm_calls,
  ${count('task.tool_calls', 'task')} AS tool_calls,
  ${count('task.input_tokens', 'task')} AS input_tokens,
  ${count('task.output_tokens', 'task')} AS output_tokens,
  ${usd('task.llm_cost_usd', 'task')} AS llm_usd,
  ${usd('task.tool_cost_usd', 'task')} AS tool_usd,
  ${COST} AS usd,
  toFloat64(usd) / nullIf(toFloat64(quantileExact(0.5)(usd) OVER (PARTITION BY task['task.name'])), 0) AS times_median,
  ${usd('task.wasted_cost_usd', 'task')} AS wasted_usd,
  ${count('task.unpriced_calls', 'task')} AS unpriced
FROM tasks
ORDER BY usd DESC
LIMIT 500`),
  {
    columns: [
      { from: 'id', to: 'Task id' },
      { from: 'name', to: 'Name' },
      { from: 'start', to: 'Start' },
      { from: 'outcome', to: 'Outcome' },
      { from: 'steps', to: 'Steps', ...COUNT },
      { from: 'llm_calls', to: 'LLM calls', ...COUNT },
      { from: 'tool_calls', to: 'Tool calls', ...COUNT },
      { from: 'input_tokens', to: 'Tokens in', ...COUNT },
      { from: 'output_tokens', to: 'Tokens out', ...COUNT },
      { from: 'llm_usd', to: 'LLM', ...SMALL_USD },
      { from: 'tool_usd', to: 'Tools', ...SMALL_USD },
      { from: 'usd', to: 'Total', ...SMALL_USD },
      {
        from: 'times_median',
        to: 'By median',
        decimals: 1,
        thresholds: levels(['green'], [1.5, 'orange'], [2, 'red']),
      },
      { from: 'wasted_usd', to: 'Wasted', ...SMALL_USD },
      { from: 'unpriced', to: 'Unpriced', ...COUNT, thresholds: BAD_IF_ANY },
    ],
    sortBy: 'Total',
    size: { w: 24, h: 12 },
  },
);

const namesOfTasks = table(
  'Names of tasks',
  'Tasks inside others are part of them. Median and P90 are exact. Cost per action is empty where there was no action.',
  rows(`${WITH_TASKS}
SELECT
  task['task.name'] AS name,
  count() AS tasks_ended,
  countIf(task['task.outcome'] = 'success') / nullIf(countIf(task['task.outcome'] != ''), 0) AS succeeded,
  sum(${COST}) AS usd,
  quantileExact(0.5)(${COST}) AS p50,
  quantileExact(0.9)(${COST}) AS p90,
  usd / nullIf(sum(${count('task.actions', 'task')}), 0) AS per_action,
  sum(${usd('task.wasted_cost_usd', 'task')}) AS wasted_usd
FROM tasks
WHERE ${OUTERMOST}
GROUP BY name
ORDER BY usd DESC`),
  {
    columns: [
      { from: 'name', to: 'Name' },
      { from: 'tasks_ended', to: 'Tasks', ...COUNT },
      {
        from: 'succeeded',
        to: 'Succeeded',
        ...SHARE,
        thresholds: levels(['red'], [0.8, 'orange'], [0.95, 'green']),
      },
      { from: 'usd', to: 'Cost', ...SMALL_USD },
      { from: 'p50', to: 'Median', ...SMALL_USD },
      { from: 'p90', to: 'P90', ...SMALL_USD },
      { from: 'per_action', to: 'Per action', ...SMALL_USD },
      { from: 'wasted_usd', to: 'Wasted', ...SMALL_USD },
    ],
    sortBy: 'Cost',
  },
);

const runningTasks = table(
  'Tasks that run now',
  'Their calls have arrived, and they have not ended; the cost is that so far. A task whose process was killed looks the same: only those with a call in the last hour are listed. Whatever the time range, of the last week.',
  rows(`WITH
  ${ROOT_ID} AS outermost,
  ended AS (
    SELECT SpanAttributes['task.id']
    FROM otel_traces
    WHERE ${LAST_WEEK} AND mapContains(SpanAttributes, 'task.cost_usd')
  )
SELECT
  outermost AS id,
  anyIf(SpanAttributes['task.name'], SpanAttributes['task.root_id'] = '') AS name,
  ${SPENT} AS usd
FROM otel_traces
WHERE ${LAST_WEEK} AND mapContains(SpanAttributes, 'cost_usd')
  AND outermost != '' AND outermost NOT IN ended
GROUP BY id
HAVING max(Timestamp) > now() - INTERVAL 1 HOUR
ORDER BY usd DESC`),
  {
    columns: [
      { from: 'id', to: 'Task id' },
      { from: 'name', to: 'Name' },
      { from: 'usd', to: 'So far', ...SMALL_USD },
    ],
    sortBy: 'So far',
    size: { w: 12, h: 8 },
  },
);

const inputBySteps = bars(
  'Input tokens by step',
  'The mean input of the first, second, … steps of tasks. Where it grows, the history is sent again and again.',
  rows(`SELECT SpanAttributes['step.number'] AS step, avg(${count('step.input_tokens')}) AS tokens
FROM otel_traces
WHERE ${OF_SERVICE} AND mapContains(SpanAttributes, 'step.number')
GROUP BY step
ORDER BY toUInt64(step)
LIMIT 50`),
  { ...COUNT, eachRow: true, size: { w: 12, h: 8 } },
);

export const spansInTasks = {
  title: 'Task by task',
  lines: [[eachTask], [namesOfTasks], [runningTasks, inputBySteps]],
};
