/** Current spending, and the projected total of the day. */
import { BAD_IF_ANY, COUNT, levels, now, SHARE, SMALL_USD, stat, USD } from '../panels.mjs';
import { max, OF_SERVICE, OF_TASK, OUTERMOST, orZero, sum, total } from '../promql.mjs';

/** Apps report once a minute, so the last five minutes count as now. */
const LATELY = { window: '5m' };
const TODAY = { during: 'now/d' };
const WIDE = { size: { w: 6, h: 4 } };

const lastHour = orZero(total('cost_usd_total', { window: '1h' }));
const projectedToday = `${total('cost_usd_total')} + ${lastHour} / 3600 * (86400 - $__range_s)`;
const maxOpen = max(`task_max_open_cost_usd{${OF_TASK}}`, ['task_name']);

export const ticker = {
  title: 'Ticker',
  lines: [
    [
      stat(
        'Spend per hour',
        'What the last five minutes cost, as dollars an hour. All work counts, sampled or not.',
        now(`12 * ${total('cost_usd_total', LATELY)}`),
        { ...USD, ...WIDE },
      ),
      stat('Spent today', 'Since midnight.', now(total('cost_usd_total')), { ...USD, ...WIDE, ...TODAY }),
      stat(
        'Projected today',
        'Spent since midnight, and the rest of the day at the pace of the last hour.',
        now(projectedToday),
        { ...USD, ...WIDE, ...TODAY },
      ),
      stat(
        'Of the daily budget',
        'Projected today, as a share of the daily budget above.',
        now(`(${projectedToday}) / $daily_budget_usd`),
        {
          ...SHARE,
          max: undefined,
          ...WIDE,
          ...TODAY,
          thresholds: levels(['green'], [0.8, 'orange'], [1, 'red']),
        },
      ),
    ],
    [
      stat('Active tasks', 'Tasks that run now.', now(sum(`task_active{${OF_TASK}}`)), COUNT),
      stat(
        'Most expensive open task',
        'What it has cost so far. It has no span before it ends.',
        now(`max(${maxOpen})`),
        SMALL_USD,
      ),
      stat(
        'Most expensive open session',
        'What it has cost so far. Sessions have no task name: only the service chosen above counts.',
        now(`max(session_max_open_cost_usd{${OF_SERVICE}})`),
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
};
