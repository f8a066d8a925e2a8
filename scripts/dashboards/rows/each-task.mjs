/** Tasks individually, and by name. */
import {
  asNumbers,
  BAD_IF_ANY,
  COUNT,
  levels,
  MERGED,
  now,
  SHARE,
  SMALL_USD,
  spans,
  table,
} from '../panels.mjs';
import { OUTERMOST, orZeroOf, STATED, taskCostQuantile, total } from '../promql.mjs';

const CHOSEN_TASKS = 'resource.service.name =~ "${job:pipe}" && span.task.name =~ "${task:pipe}"';
/** A span with own cost has the name and id of its task. The roll-up is only on the task's own span. */
const TASK_SPANS = `${CHOSEN_TASKS} && span.task.cost_usd != nil`;

const TASK_COLUMNS = [
  { from: 'task.id', to: 'Task id' },
  { from: 'task.name', to: 'Name' },
  { from: 'Start time', to: 'Start' },
  { from: 'task.outcome', to: 'Outcome' },
  { from: 'task.steps', to: 'Steps', ...COUNT },
  { from: 'task.llm_calls', to: 'LLM calls', ...COUNT },
  { from: 'task.tool_calls', to: 'Tool calls', ...COUNT },
  { from: 'task.input_tokens', to: 'Tokens in', ...COUNT },
  { from: 'task.output_tokens', to: 'Tokens out', ...COUNT },
  { from: 'task.llm_cost_usd', to: 'LLM', ...SMALL_USD },
  { from: 'task.tool_cost_usd', to: 'Tools', ...SMALL_USD },
  { from: 'task.cost_usd', to: 'Total', ...SMALL_USD },
  {
    from: 'in medians of its name',
    to: 'Medians',
    unit: 'none',
    decimals: 1,
    thresholds: levels(['green'], [2, 'red']),
  },
  { from: 'task.wasted_cost_usd', to: 'Wasted', ...SMALL_USD },
  { from: 'task.unpriced_calls', to: 'Unpriced', ...COUNT, thresholds: BAD_IF_ANY },
  { from: 'Span ID', to: 'Span' },
];
const TASK_ATTRIBUTES = TASK_COLUMNS.map(({ from }) => from).filter((name) => name.startsWith('task.'));
const TASK_NUMBERS = TASK_COLUMNS.filter(
  ({ from, unit }) => from.startsWith('task.') && unit !== undefined,
).map(({ from }) => from);

const OWN_MEDIAN = 'median';
const IN_MEDIANS = 'in medians of its name';

/** Only of query B, which has one row for each name of a task. */
const OF_MEDIANS = { id: 'byRefId', options: 'B' };

/**
 * Puts the median of its name beside each task, from query B. Grafana gives joined columns the name of their frame as a
 * label, which then is part of their title.
 */
const WITH_OWN_MEDIAN = [
  renamed('^task_name$', 'task.name', { filter: OF_MEDIANS }),
  renamed('^Value.*$', OWN_MEDIAN, { filter: OF_MEDIANS }),
  renamed('^Time$', 'median time', { filter: OF_MEDIANS }),
  { id: 'joinByField', options: { byField: 'task.name', mode: 'outerTabular' } },
  renamed(
    `^(task\\.[a-z_]+|Start time|Span ID|traceIdHidden|traceService|traceName|name|duration|median time|${OWN_MEDIAN})\\b.*$`,
    '$1',
  ),
  // Names without a kept task.
  {
    id: 'filterByValue',
    options: {
      filters: [{ fieldName: 'task.id', config: { id: 'isNull', options: {} } }],
      type: 'exclude',
      match: 'any',
    },
  },
  {
    id: 'calculateField',
    options: {
      mode: 'binary',
      binary: {
        left: { matcher: { id: 'byName', options: 'task.cost_usd' } },
        operator: '/',
        right: { matcher: { id: 'byName', options: OWN_MEDIAN } },
      },
      alias: IN_MEDIANS,
      replaceFields: false,
    },
  },
];

function renamed(regex, renamePattern, rest = {}) {
  return { id: 'renameByRegex', ...rest, options: { regex, renamePattern } };
}

const byName = { of: OUTERMOST, by: ['task_name'] };
const endedByName = total('task_outcomes_total', byName);
const statedByName = total('task_outcomes_total', { ...byName, of: STATED });
const succeededByName = total('task_outcomes_total', {
  ...byName,
  of: `${OUTERMOST},task_outcome="success"`,
});
const costByName = total('task_cost_usd_sum', byName);
const inTable = { table: true };

export const eachTask = {
  title: 'Task by task',
  lines: [
    [
      table(
        'Tasks',
        'The tasks that Tempo has kept: sampling keeps dear, failed and over-budget ones, and a share of the rest. Medians is its total in medians of all tasks of that name, kept or not: red from twice the median on. The median is interpolated within its bucket. Unpriced calls are missing in the total. A task that is listed twice was corrected: the larger total holds.',
        [
          spans(
            `{ ${TASK_SPANS} } | select(${TASK_ATTRIBUTES.map((name) => `span.${name}`).join(', ')}) with (most_recent=true)`,
          ),
          now(taskCostQuantile(0.5, { by: ['task_name'] }), inTable),
        ],
        {
          columns: TASK_COLUMNS,
          hidden: [
            'traceIdHidden',
            'traceService',
            'traceName',
            'name',
            'duration',
            'median time',
            OWN_MEDIAN,
          ],
          sortBy: 'Total',
          before: [asNumbers(TASK_NUMBERS), ...WITH_OWN_MEDIAN],
          size: { w: 24, h: 12 },
        },
      ),
    ],
    [
      table(
        'Names of tasks',
        'All tasks, sampled or not. Cost per action is all cost by the actions of successful tasks; empty where there was none. The most expensive task is in a bucket that ends at the amount shown; $100 stands for $100 and more.',
        [
          now(endedByName, inTable),
          now(`${orZeroOf(succeededByName, statedByName)} / ${statedByName}`, inTable),
          now(costByName, inTable),
          now(taskCostQuantile(0.5, { by: ['task_name'] }), inTable),
          now(taskCostQuantile(0.9, { by: ['task_name'] }), inTable),
          now(`${costByName} / (${total('task_actions_total', byName)} > 0)`, inTable),
          now(taskCostQuantile(1, { by: ['task_name'] }), inTable),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'task_name', to: 'Name' },
            { from: 'Value #A', to: 'Tasks', ...COUNT },
            {
              from: 'Value #B',
              to: 'Succeeded',
              ...SHARE,
              thresholds: levels(['red'], [0.8, 'orange'], [0.95, 'green']),
            },
            { from: 'Value #C', to: 'Cost', ...SMALL_USD },
            { from: 'Value #D', to: 'P50', ...SMALL_USD },
            { from: 'Value #E', to: 'P90', ...SMALL_USD },
            { from: 'Value #F', to: 'Per action', ...SMALL_USD },
            { from: 'Value #G', to: 'Most expensive, at most', ...SMALL_USD },
          ],
          hidden: ['Time'],
          sortBy: 'Cost',
        },
      ),
    ],
  ],
};
