/** The FinOps dashboard: who pays for what, the cost and return of an action, and planning. */
import {
  dashboard,
  labelValues,
  PROMETHEUS_VARIABLE,
  SERVICE_VARIABLE,
  TASK_VARIABLE,
  typedIn,
} from './model.mjs';
import { chargeBack } from './rows/charge-back.mjs';
import { planning } from './rows/planning.mjs';
import { returns } from './rows/returns.mjs';

export const finops = dashboard({
  uid: 'agent-cost-finops',
  title: 'Agent cost: FinOps',
  description: 'Charge-back by team, feature and customer, cost per action and its return, and planning.',
  // Longer ranges can be selected, but each reads every sample in them.
  from: 'now-7d',
  refresh: '15m',
  variables: [
    PROMETHEUS_VARIABLE,
    SERVICE_VARIABLE,
    TASK_VARIABLE,
    ...['team', 'feature', 'customer'].map((key) =>
      labelValues(
        key,
        key[0].toUpperCase() + key.slice(1),
        `What is charged to: \`cost.tag.${key}\`.`,
        `label_values(cost_usd_total{job=~"$job"}, cost_tag_${key})`,
      ),
    ),
    typedIn('value_per_action_usd', 'Value per action, USD', 'What one action is worth.', '1'),
    typedIn('planned_actions_per_day', 'Planned actions a day', 'How many are to be delivered.', '1000'),
  ],
  rows: [chargeBack, returns, planning],
});
