/** The projected total of the month, and the cost of planned actions. */
import { MERGED, now, stat, table, USD } from '../panels.mjs';
import { orZero, total } from '../promql.mjs';
import { actions, CHARGED, cost } from './charged.mjs';

const plannedPerDay = `(${cost} / ${actions} * $planned_actions_per_day)`;
const spentLastDay = orZero(total('cost_usd_total', { of: CHARGED, window: '1d' }));
const projectedMonth = `${cost} + ${spentLastDay} / 86400 * (vector(86400) * days_in_month() - $__range_s)`;
const THIS_MONTH = { during: 'now/M' };
const WIDE = { size: { w: 6, h: 4 } };
const DAYS_A_MONTH = '365 / 12';

const inTable = { table: true };

/** The cost of a day's planned actions, by purpose. */
function plannedBy(by, of) {
  return `${total('cost_usd_total', { of: `${CHARGED},${of}`, by })} / on () group_left () ${actions} * $planned_actions_per_day`;
}

export const planning = {
  title: 'Planning: the month, and planned actions at the cost per action of the time range',
  lines: [
    [
      stat('Spent this month', 'Since the first of the month.', now(cost), {
        ...USD,
        ...WIDE,
        ...THIS_MONTH,
      }),
      stat(
        'Projected this month',
        'Spent since the first, and the rest of the month at the pace of the last 24 hours.',
        now(projectedMonth),
        { ...USD, ...WIDE, ...THIS_MONTH },
      ),
      stat('A day', 'Planned actions x cost per action.', now(plannedPerDay), {
        ...USD,
        ...WIDE,
      }),
      stat('A month', 'Of 365 / 12 days.', now(`${plannedPerDay} * ${DAYS_A_MONTH}`), {
        ...USD,
        ...WIDE,
      }),
    ],
    [
      table(
        'By model and tool',
        'What the planned actions of a day and of a month cost, by what the money goes to.',
        [
          now(
            plannedBy(['cost_kind', 'gen_ai_response_model', 'gen_ai_tool_name'], 'cost_kind!=""'),
            inTable,
          ),
          now(
            `${plannedBy(['cost_kind', 'gen_ai_response_model', 'gen_ai_tool_name'], 'cost_kind!=""')} * ${DAYS_A_MONTH}`,
            inTable,
          ),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'cost_kind', to: 'Kind' },
            { from: 'gen_ai_response_model', to: 'Model' },
            { from: 'gen_ai_tool_name', to: 'Tool' },
            { from: 'Value #A', to: 'A day', ...USD },
            { from: 'Value #B', to: 'A month', ...USD },
          ],
          hidden: ['Time'],
          sortBy: 'A day',
        },
      ),
    ],
  ],
};
