/** The cost and return of an action. */
import { COUNT, levels, MERGED, now, SHARE, SMALL_USD, stat, table, USD } from '../panels.mjs';
import { orZeroOf, total } from '../promql.mjs';
import { actions, CHARGED, CHARGED_OUTERMOST, cost } from './charged.mjs';

const byName = { of: CHARGED_OUTERMOST, by: ['task_name'] };
const costByName = total('task_cost_usd_sum', byName);
const actionsByName = `(${total('task_actions_total', byName)} > 0)`;
const earnedByName = `(${actionsByName} * $value_per_action_usd)`;
const wastedByName = total('cost_wasted_usd_total', {
  of: `${CHARGED},cost_waste_reason="failed_task"`,
  by: ['task_name'],
});

const inTable = { table: true };

const GAIN = {
  ...SHARE,
  max: undefined,
  min: undefined,
  thresholds: levels(['red'], [0, 'orange'], [0.5, 'green']),
};

export const returns = {
  title: 'Cost per action and return',
  lines: [
    [
      table(
        'Return by task',
        'Cost of ended tasks, what they delivered, and what that is worth at the value per action given above. Return is (value - cost) / cost. What tasks without success cost is in it.',
        [
          now(costByName, inTable),
          now(actionsByName, inTable),
          now(`${costByName} / ${actionsByName}`, inTable),
          now(earnedByName, inTable),
          now(`(${earnedByName} - ${costByName}) / (${costByName} > 0)`, inTable),
          now(`${orZeroOf(wastedByName, costByName)} / (${costByName} > 0)`, inTable),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'task_name', to: 'Task' },
            { from: 'Value #A', to: 'Cost', ...SMALL_USD },
            { from: 'Value #B', to: 'Actions', ...COUNT },
            { from: 'Value #C', to: 'Cost per action', ...SMALL_USD },
            { from: 'Value #D', to: 'Value', ...USD },
            { from: 'Value #E', to: 'Return', ...GAIN },
            { from: 'Value #F', to: 'Lost in failures', ...SHARE },
          ],
          hidden: ['Time'],
          sortBy: 'Cost',
        },
      ),
    ],
    [
      stat(
        'Value less cost',
        'Of all actions in the time range.',
        now(`${actions} * $value_per_action_usd - ${cost}`),
        { ...USD, size: { w: 12, h: 4 }, thresholds: levels(['red'], [0, 'green']) },
      ),
      stat(
        'Return',
        '(Value - cost) / cost.',
        now(`(${actions} * $value_per_action_usd - ${cost}) / ${cost}`),
        { ...GAIN, size: { w: 12, h: 4 } },
      ),
    ],
  ],
};
