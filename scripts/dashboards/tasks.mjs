/** What single tasks cost, and how that is distributed: for those who build agents. */
import { dashboard, PROMETHEUS_VARIABLE, SERVICE_VARIABLE, TASK_VARIABLE, TEMPO_VARIABLE } from './model.mjs';
import {
  BAD_IF_ANY,
  bars,
  COUNT,
  graph,
  heatmap,
  levels,
  MERGED,
  now,
  ofSpans,
  overTime,
  SHARE,
  SMALL_USD,
  spans,
  stat,
  TEMPO_SUMS,
  table,
} from './panels.mjs';
import { OUTERMOST, orZeroOf, STATED, taskCostQuantile, total } from './promql.mjs';

const LAST_DAY = { during: '24h' };
/** Quantiles of fewer tasks than an hour holds jump about. */
const EACH_HOUR = { window: '$__interval' };

const CHOSEN_TASKS = 'resource.service.name =~ "${job:pipe}" && span.task.name =~ "${task:pipe}"';
/** A span with own cost has the name of its task; its roll-up is on the span of the task alone. */
const TASK_SPANS = `${CHOSEN_TASKS} && span.task.id != nil`;

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
  { from: 'task.cost_usd', to: 'Total', ...SMALL_USD, coloredByData: true },
  { from: 'task.wasted_cost_usd', to: 'Wasted', ...SMALL_USD },
  { from: 'task.unpriced_calls', to: 'Unpriced', ...COUNT, thresholds: BAD_IF_ANY },
  { from: 'Span ID', to: 'Span' },
];
const TASK_ATTRIBUTES = TASK_COLUMNS.map(({ from }) => from).filter((name) => name.startsWith('task.'));
const TASK_NUMBERS = TASK_COLUMNS.filter(({ unit }) => unit !== undefined).map(({ from }) => from);

/** Tempo gives attributes as text, which neither sorts nor has a colour. */
function asNumbers(names) {
  const conversions = names.map((targetField) => ({ targetField, destinationType: 'number' }));
  return { id: 'convertFieldType', options: { fields: {}, conversions } };
}

const MEDIAN = 'median';
const TWICE_THE_MEDIAN = 'twice the median';
/** Thresholds out of the answer of query B: green from the median on, which as the first one is the base, red from twice it on. */
const COLORED_BY_MEDIAN = [
  {
    id: 'calculateField',
    filter: { id: 'byRefId', options: 'B' },
    options: {
      mode: 'binary',
      binary: { left: { matcher: { id: 'byName', options: MEDIAN } }, operator: '*', right: { fixed: '2' } },
      alias: TWICE_THE_MEDIAN,
      replaceFields: false,
    },
  },
  {
    id: 'configFromData',
    options: {
      configRefId: 'B',
      applyTo: { id: 'byName', options: 'task.cost_usd' },
      mappings: [threshold(MEDIAN, 'green'), threshold(TWICE_THE_MEDIAN, 'red')],
    },
  },
];

function threshold(fieldName, color) {
  return {
    fieldName,
    handlerKey: 'threshold1',
    reducerId: 'lastNotNull',
    handlerArguments: { threshold: { color } },
  };
}

/** Running totals: the largest of a session is its last. */
const LAST_OF_SESSION = {
  id: 'groupBy',
  options: {
    fields: {
      'session.id': { operation: 'groupby', aggregations: [] },
      'session.cost_usd': { operation: 'aggregate', aggregations: ['max'] },
      'session.tasks': { operation: 'aggregate', aggregations: ['max'] },
      'session.successful_tasks': { operation: 'aggregate', aggregations: ['max'] },
      traceIdHidden: { operation: 'aggregate', aggregations: ['distinctCount'] },
    },
  },
};

const ended = total('task_outcomes_total', { of: OUTERMOST });
const stated = total('task_outcomes_total', { of: STATED });
const succeeded = total('task_outcomes_total', { of: `${OUTERMOST},task_outcome="success"` });
const byName = { of: OUTERMOST, by: ['task_name'] };
const endedByName = total('task_outcomes_total', byName);
const statedByName = total('task_outcomes_total', { ...byName, of: STATED });
const succeededByName = total('task_outcomes_total', {
  ...byName,
  of: `${OUTERMOST},task_outcome="success"`,
});
const costByName = total('task_cost_usd_sum', byName);
const inTable = { table: true };

export const tasks = dashboard({
  uid: 'agent-cost-tasks',
  title: 'Agent cost: tasks',
  description:
    'Each task with its steps, tokens and cost; how cost is distributed; names, steps and sessions.',
  from: 'now-24h',
  variables: [PROMETHEUS_VARIABLE, TEMPO_VARIABLE, SERVICE_VARIABLE, TASK_VARIABLE],
  rows: [
    {
      title: 'Cost distribution of the last 24 hours',
      lines: [
        [
          stat('Tasks ended', 'Tasks that ended, those inside others left out.', now(ended), {
            ...COUNT,
            ...LAST_DAY,
          }),
          stat(
            'Succeeded',
            'Share of tasks that succeeded.',
            now(`${orZeroOf(succeeded, stated)} / ${stated}`),
            {
              ...SHARE,
              ...LAST_DAY,
              thresholds: levels(['red'], [0.8, 'orange'], [0.95, 'green']),
            },
          ),
          stat(
            'Mean',
            'Cost of all tasks by their number.',
            now(
              `${total('task_cost_usd_sum', { of: OUTERMOST })} / ${total('task_cost_usd_count', { of: OUTERMOST })}`,
            ),
            { ...SMALL_USD, ...LAST_DAY },
          ),
          ...[0.5, 0.9, 0.99].map((quantile) =>
            stat(
              `P${quantile * 100}`,
              'Interpolated within the bucket that it is in.',
              now(taskCostQuantile(quantile)),
              { ...SMALL_USD, ...LAST_DAY },
            ),
          ),
        ],
        [
          bars(
            'Tasks by what they cost',
            'So many tasks cost at most this and more than the bar before.',
            now(total('task_cost_usd_bucket', { of: OUTERMOST, by: ['le'] }), {
              legend: '{{le}}',
              format: 'heatmap',
            }),
            { ...COUNT, ...LAST_DAY, size: { w: 8, h: 10 } },
          ),
          heatmap(
            'Tasks by what they cost, over time',
            'Darker where more tasks ended with that cost.',
            overTime(total('task_cost_usd_bucket', { of: OUTERMOST, by: ['le'], ...EACH_HOUR }), '{{le}}', {
              format: 'heatmap',
            }),
            { unit: 'currencyUSD', interval: '1h', size: { w: 8, h: 10 } },
          ),
          graph(
            'P50, P90 and P99',
            'Of the tasks that ended in each hour, or a longer interval.',
            [0.5, 0.9, 0.99].map((quantile) =>
              overTime(taskCostQuantile(quantile, EACH_HOUR), `P${quantile * 100}`),
            ),
            { ...SMALL_USD, interval: '1h', size: { w: 8, h: 10 } },
          ),
        ],
      ],
    },
    {
      title: 'Task by task',
      lines: [
        [
          table(
            'Tasks',
            'The tasks that Tempo has kept: sampling keeps dear, failed and over-budget ones, and a share of the rest. The total is red above twice the median of all tasks of the chosen names, kept or not, interpolated within its bucket. Unpriced calls are missing in it. A task that is listed twice was corrected: the larger total holds.',
            [
              spans(
                `{ ${TASK_SPANS} } | select(${TASK_ATTRIBUTES.map((name) => `span.${name}`).join(', ')}) with (most_recent=true)`,
              ),
              now(taskCostQuantile(0.5), { legend: MEDIAN }),
            ],
            {
              columns: TASK_COLUMNS,
              hidden: ['traceIdHidden', 'traceService', 'traceName', 'name', 'duration'],
              sortBy: 'Total',
              before: [asNumbers(TASK_NUMBERS), ...COLORED_BY_MEDIAN],
              size: { w: 24, h: 12 },
            },
          ),
        ],
        [
          table(
            'Names of tasks',
            'All tasks, sampled or not. Cost per action is all cost by the actions of successful tasks; empty where there was none.',
            [
              now(endedByName, inTable),
              now(`${orZeroOf(succeededByName, statedByName)} / ${statedByName}`, inTable),
              now(costByName, inTable),
              now(taskCostQuantile(0.5, { by: ['task_name'] }), inTable),
              now(taskCostQuantile(0.9, { by: ['task_name'] }), inTable),
              now(`${costByName} / (${total('task_actions_total', byName)} > 0)`, inTable),
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
              ],
              hidden: ['Time'],
              sortBy: 'Cost',
            },
          ),
        ],
      ],
    },
    {
      title: 'Steps and sessions',
      lines: [
        [
          bars(
            'Input tokens by step',
            'The mean of the steps of twelve hours that Tempo has kept. A loop that sends its history again grows from step to step; compression and caching flatten it.',
            ofSpans(
              '{ resource.service.name =~ "${job:pipe}" && span.step.number > 0 } | avg_over_time(span.step.input_tokens) by (span.step.number)',
            ),
            { ...COUNT, size: { w: 8, h: 9 }, ...TEMPO_SUMS },
          ),
          table(
            'Sessions',
            'What a session had cost when its last task ended, from the spans that Tempo has kept.',
            [
              spans(
                '{ resource.service.name =~ "${job:pipe}" && span.session.cost_nano_usd >= 0 } | select(span.session.id, span.session.cost_usd, span.session.tasks, span.session.successful_tasks) with (most_recent=true)',
              ),
            ],
            {
              before: [
                asNumbers(['session.cost_usd', 'session.tasks', 'session.successful_tasks']),
                LAST_OF_SESSION,
              ],
              columns: [
                { from: 'session.id', to: 'Session id' },
                { from: 'session.cost_usd (max)', to: 'Cost', ...SMALL_USD },
                { from: 'session.tasks (max)', to: 'Tasks', ...COUNT },
                { from: 'session.successful_tasks (max)', to: 'Succeeded', ...COUNT },
                { from: 'traceIdHidden (distinctCount)', to: 'Traces', ...COUNT },
              ],
              sortBy: 'Cost',
              size: { w: 16, h: 9 },
            },
          ),
        ],
      ],
    },
  ],
});
