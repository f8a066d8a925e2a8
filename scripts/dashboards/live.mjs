/** What is being spent right now: for the person on call. */
import { dashboard, PROMETHEUS_VARIABLE, SERVICE_VARIABLE, TASK_VARIABLE, typedIn } from './model.mjs';
import {
  BAD_IF_ANY,
  bars,
  COUNT,
  graph,
  levels,
  now,
  overTime,
  SHARE,
  SMALL_USD,
  stacked,
  stat,
  USD,
} from './panels.mjs';
import {
  EACH_INTERVAL,
  max,
  OF_SERVICE,
  OF_TASK,
  OUTERMOST,
  orZero,
  sum,
  taskCostQuantile,
  total,
} from './promql.mjs';

/** An app reports once a minute: the last five are what can be called now. */
const LATELY = { window: '5m' };
const TODAY = { during: 'now/d' };
const THIS_MONTH = { during: 'now/M' };

const lastHour = orZero(total('cost_usd_total', { window: '1h' }));
const lastDay = orZero(total('cost_usd_total', { window: '1d' }));
const projectedToday = `${total('cost_usd_total')} + ${lastHour} / 3600 * (86400 - $__range_s)`;
const projectedMonth = `${total('cost_usd_total')} + ${lastDay} / 86400 * (vector(86400) * days_in_month() - $__range_s)`;
const dearestOpen = max(`task_dearest_open_cost_usd{${OF_TASK}}`, ['task_name']);

/** Dollars an hour, as the mean of each bar. */
function perHour(by, of = OF_TASK) {
  return `${total('cost_usd_total', { of, by: [by], ...EACH_INTERVAL })} * 3600000 / $__interval_ms`;
}

/** Below five minutes a bar would hold one report of an app or none. */
const BARS = { ...USD, interval: '5m' };

export const live = dashboard({
  uid: 'agent-cost-live',
  title: 'Agent cost: live',
  description:
    'What agents spend now, what that comes to today and this month, and which open task is the dearest.',
  from: 'now-6h',
  variables: [
    PROMETHEUS_VARIABLE,
    SERVICE_VARIABLE,
    TASK_VARIABLE,
    typedIn('daily_budget_usd', 'Daily budget, USD', 'What may be spent in a day.', '50'),
  ],
  rows: [
    {
      title: 'Ticker',
      lines: [
        [
          stat(
            'Spend per hour',
            'What the last five minutes cost, as dollars an hour. All work counts, sampled or not.',
            now(`12 * ${total('cost_usd_total', LATELY)}`),
            USD,
          ),
          stat('Spent today', 'Since midnight.', now(total('cost_usd_total')), { ...USD, ...TODAY }),
          stat(
            'Projected today',
            'Spent since midnight, and the rest of the day at the pace of the last hour.',
            now(projectedToday),
            { ...USD, ...TODAY },
          ),
          stat(
            'Of the daily budget',
            'Projected today, as a share of the daily budget above.',
            now(`(${projectedToday}) / $daily_budget_usd`),
            {
              ...SHARE,
              max: undefined,
              ...TODAY,
              thresholds: levels(['green'], [0.8, 'orange'], [1, 'red']),
            },
          ),
          stat('Spent this month', 'Since the first of the month.', now(total('cost_usd_total')), {
            ...USD,
            ...THIS_MONTH,
          }),
          stat(
            'Projected this month',
            'Spent since the first, and the rest of the month at the pace of the last 24 hours.',
            now(projectedMonth),
            { ...USD, ...THIS_MONTH },
          ),
        ],
        [
          stat('Active tasks', 'Tasks that run now.', now(sum(`task_active{${OF_TASK}}`)), COUNT),
          stat(
            'Dearest open task',
            'What it has cost so far. It has no span before it ends.',
            now(`max(${dearestOpen})`),
            SMALL_USD,
          ),
          stat(
            'Dearest open session',
            'What it has cost so far. Sessions have no task name: only the service chosen above counts.',
            now(`max(session_dearest_open_cost_usd{${OF_SERVICE}})`),
            SMALL_USD,
          ),
          stat(
            'Tasks per hour',
            'Tasks that ended within the last hour, those inside others left out.',
            now(total('task_outcomes_total', { of: OUTERMOST, window: '1h' })),
            COUNT,
          ),
          stat(
            'Runaway tasks',
            'In the time range: tasks that crossed their budget, or five times the median of their name.',
            now(orZero(total('task_runaways_total'))),
            {
              ...COUNT,
              thresholds: BAD_IF_ANY,
            },
          ),
          stat(
            'Unpriced calls',
            'In the time range: calls without a known price. They are missing in every figure here.',
            now(orZero(total('cost_unpriced_calls_total'))),
            {
              ...COUNT,
              thresholds: levels(['green'], [1, 'orange']),
            },
          ),
        ],
      ],
    },
    {
      title: 'Where it goes, in dollars an hour',
      lines: [
        [
          stacked(
            'By model',
            'LLM calls by the model that answered.',
            overTime(
              perHour('gen_ai_response_model', `${OF_TASK},cost_kind="llm"`),
              '{{gen_ai_response_model}}',
            ),
            BARS,
          ),
          stacked(
            'By agent',
            'Everything that was spent inside an agent, its tools included.',
            overTime(
              perHour('gen_ai_agent_name', `${OF_TASK},gen_ai_agent_name!=""`),
              '{{gen_ai_agent_name}}',
            ),
            BARS,
          ),
        ],
        [
          stacked(
            'By tool',
            'Tool calls that cost something.',
            overTime(perHour('gen_ai_tool_name', `${OF_TASK},cost_kind="tool"`), '{{gen_ai_tool_name}}'),
            BARS,
          ),
          stacked(
            'By kind',
            'Models, tools, compute, storage, network, other: all that was spent.',
            overTime(perHour('cost_kind'), '{{cost_kind}}'),
            BARS,
          ),
        ],
      ],
    },
    {
      title: 'Open tasks',
      lines: [
        [
          graph(
            'Active tasks by name',
            'Tasks that run now.',
            overTime(sum(`task_active{${OF_TASK}}`, ['task_name']), '{{task_name}}'),
            { ...COUNT, size: { w: 8, h: 8 } },
          ),
          graph(
            'Dearest open task by name',
            'What the dearest task of a name has cost so far.',
            overTime(dearestOpen, '{{task_name}}'),
            { ...SMALL_USD, size: { w: 8, h: 8 } },
          ),
          bars(
            'Dearest open task, in medians of its name',
            'Red from five medians on: there a task counts as a runaway. The median is that of the time range, interpolated within its bucket.',
            now(`${dearestOpen} / on (task_name) ${taskCostQuantile(0.5, { by: ['task_name'] })}`, {
              legend: '{{task_name}}',
            }),
            { unit: 'none', decimals: 1, min: 0, thresholds: levels(['green'], [2, 'orange'], [5, 'red']) },
          ),
        ],
      ],
    },
  ],
});
