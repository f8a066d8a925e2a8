/** Who pays for what, what an action costs and earns, and what is to be planned for. */
import {
  dashboard,
  labelValues,
  PROMETHEUS_VARIABLE,
  SERVICE_VARIABLE,
  TASK_VARIABLE,
  typedIn,
} from './model.mjs';
import {
  BAD_IF_ANY,
  COUNT,
  levels,
  MERGED,
  now,
  overTime,
  pie,
  SHARE,
  SMALL_USD,
  stacked,
  stat,
  table,
  USD,
} from './panels.mjs';
import { EACH_INTERVAL, OF_TASK, orZero, orZeroOf, total } from './promql.mjs';

const CHARGED = `${OF_TASK},cost_team=~"$team",cost_feature=~"$feature",cost_customer=~"$customer"`;
const CHARGED_OUTERMOST = `${CHARGED},task_nested!="true"`;

const cost = total('cost_usd_total', { of: CHARGED });
const actions = `(${total('task_actions_total', { of: CHARGED_OUTERMOST })} > 0)`;
const plannedPerDay = `(${cost} / ${actions} * $planned_actions_per_day)`;
const DAYS_A_MONTH = '365 / 12';

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

/** The spend of a label's values, and the share of those that say none. */
function costBy(label) {
  return now(total('cost_usd_total', { of: CHARGED, by: [label] }), { legend: `{{${label}}}` });
}

/** What planned actions of a day cost, by what the money goes to. */
function plannedBy(by, of) {
  return `${total('cost_usd_total', { of: `${CHARGED},${of}`, by })} / on () group_left () ${actions} * $planned_actions_per_day`;
}

const chargeBack = {
  title: 'Who pays',
  lines: [
    [
      stat('Cost', 'All that was spent in the time range, sampled or not.', now(cost), USD),
      stat(
        'Without a team',
        'Share of the cost that no team is charged with.',
        now(`${orZero(total('cost_usd_total', { of: `${CHARGED},cost_team=""` }))} / ${cost}`),
        {
          ...SHARE,
          thresholds: levels(['green'], [0.05, 'orange'], [0.2, 'red']),
        },
      ),
      stat(
        'Unpriced calls',
        'Calls without a known price: missing in the cost.',
        now(orZero(total('cost_unpriced_calls_total', { of: CHARGED }))),
        { ...COUNT, thresholds: BAD_IF_ANY },
      ),
      stat(
        'Tokens',
        'All types; no token is counted twice.',
        now(total('cost_tokens_total', { of: CHARGED })),
        COUNT,
      ),
      stat('Actions', 'What successful tasks delivered.', now(actions), COUNT),
      stat(
        'Cost per action',
        'All cost, that of failures too, by the actions.',
        now(`${cost} / ${actions}`),
        SMALL_USD,
      ),
    ],
    [
      pie(
        'By team',
        'Apps name it where the option metricAttributes has it; what has none is charged to nobody.',
        costBy('cost_team'),
        USD,
      ),
      pie(
        'By feature',
        'Apps name it where the option metricAttributes has it.',
        costBy('cost_feature'),
        USD,
      ),
      pie(
        'By customer',
        'Apps name it where the option metricAttributes has it.',
        costBy('cost_customer'),
        USD,
      ),
    ],
    [
      stacked(
        'By team, over time',
        'Each bar is what was spent in its interval: the bars add up to the cost.',
        overTime(
          total('cost_usd_total', { of: CHARGED, by: ['cost_team'], ...EACH_INTERVAL }),
          '{{cost_team}}',
        ),
        {
          ...USD,
          interval: '5m',
          size: { w: 8, h: 9 },
        },
      ),
      table(
        'Charge-back',
        'One row a team, feature and customer; to be exported as CSV by the panel menu, Inspect, Data.',
        [
          now(
            total('cost_usd_total', { of: CHARGED, by: ['cost_team', 'cost_feature', 'cost_customer'] }),
            inTable,
          ),
          now(
            total('cost_calls_total', { of: CHARGED, by: ['cost_team', 'cost_feature', 'cost_customer'] }),
            inTable,
          ),
          now(
            total('cost_tokens_total', { of: CHARGED, by: ['cost_team', 'cost_feature', 'cost_customer'] }),
            inTable,
          ),
          now(
            total('cost_wasted_usd_total', {
              of: CHARGED,
              by: ['cost_team', 'cost_feature', 'cost_customer'],
            }),
            inTable,
          ),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'cost_team', to: 'Team' },
            { from: 'cost_feature', to: 'Feature' },
            { from: 'cost_customer', to: 'Customer' },
            { from: 'Value #A', to: 'Cost', ...SMALL_USD },
            { from: 'Value #B', to: 'Calls', ...COUNT },
            { from: 'Value #C', to: 'Tokens', ...COUNT },
            { from: 'Value #D', to: 'Wasted', ...SMALL_USD },
          ],
          hidden: ['Time'],
          sortBy: 'Cost',
          size: { w: 16, h: 9 },
        },
      ),
    ],
  ],
};

const returns = {
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

const planning = {
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

export const finops = dashboard({
  uid: 'agent-cost-finops',
  title: 'Agent cost: FinOps',
  description: 'Charge-back by team, feature and customer, cost per action and its return, and planning.',
  from: 'now-30d',
  variables: [
    PROMETHEUS_VARIABLE,
    SERVICE_VARIABLE,
    TASK_VARIABLE,
    ...['team', 'feature', 'customer'].map((key) =>
      labelValues(
        key,
        key[0].toUpperCase() + key.slice(1),
        `What is charged to: \`cost.${key}\`.`,
        `label_values(cost_usd_total{job=~"$job"}, cost_${key})`,
      ),
    ),
    typedIn('value_per_action_usd', 'Value per action, USD', 'What one action is worth.', '1'),
    typedIn('planned_actions_per_day', 'Planned actions a day', 'How many are to be delivered.', '1000'),
  ],
  rows: [chargeBack, returns, planning],
});
