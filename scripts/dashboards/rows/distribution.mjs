/** The cost of tasks and its distribution. */
import { bars, COUNT, graph, heatmap, levels, now, overTime, SHARE, SMALL_USD, stat } from '../panels.mjs';
import { OUTERMOST, orZeroOf, STATED, taskCostQuantile, total } from '../promql.mjs';

const LAST_DAY = { during: '24h' };
/** Quantiles over less than an hour's tasks fluctuate too much. */
const EACH_HOUR = { window: '$__interval' };

const ended = total('task_outcomes_total', { of: OUTERMOST });
const stated = total('task_outcomes_total', { of: STATED });
const succeeded = total('task_outcomes_total', { of: `${OUTERMOST},task_outcome="success"` });
export const distribution = {
  title: 'Cost distribution of the last 24 hours',
  lines: [
    [
      stat('Tasks ended', 'Tasks that ended, those inside others left out.', now(ended), {
        ...COUNT,
        ...LAST_DAY,
      }),
      stat('Succeeded', 'Share of tasks that succeeded.', now(`${orZeroOf(succeeded, stated)} / ${stated}`), {
        ...SHARE,
        ...LAST_DAY,
        thresholds: levels(['red'], [0.8, 'orange'], [0.95, 'green']),
      }),
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
};
