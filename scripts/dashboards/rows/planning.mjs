/** What planned actions will cost. */
import { MERGED, now, stat, table, USD } from '../panels.mjs';
import { total } from '../promql.mjs';
import { actions, CHARGED, cost } from './charged.mjs';

const plannedPerDay = `(${cost} / ${actions} * $planned_actions_per_day)`;
const DAYS_A_MONTH = '365 / 12';

const inTable = { table: true };

/** What planned actions of a day cost, by what the money goes to. */
function plannedBy(by, of) {
  return `${total('cost_usd_total', { of: `${CHARGED},${of}`, by })} / on () group_left () ${actions} * $planned_actions_per_day`;
}

export const planning = {
  title: 'Planning: planned actions a day at the cost per action of the time range',
  lines: [
    [
      stat('A day', 'Planned actions x cost per action.', now(plannedPerDay), {
        ...USD,
        size: { w: 6, h: 9 },
      }),
      stat('A month', 'Of 365 / 12 days.', now(`${plannedPerDay} * ${DAYS_A_MONTH}`), {
        ...USD,
        size: { w: 6, h: 9 },
      }),
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
          size: { w: 12, h: 9 },
        },
      ),
    ],
  ],
};
