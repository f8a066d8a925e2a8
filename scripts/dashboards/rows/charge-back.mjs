/** Who pays for what. */
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
} from '../panels.mjs';
import { EACH_INTERVAL, orZero, total } from '../promql.mjs';
import { actions, CHARGED, cost } from './charged.mjs';

const inTable = { table: true };

/** The spending by the values of a label, and the share without the label. */
function costBy(label) {
  return now(total('cost_usd_total', { of: CHARGED, by: [label] }), { legend: `{{${label}}}` });
}

export const chargeBack = {
  title: 'Who pays',
  lines: [
    [
      stat('Cost', 'All that was spent in the time range, sampled or not.', now(cost), USD),
      stat(
        'Without a team',
        'Share of the cost that no team is charged with.',
        now(`${orZero(total('cost_usd_total', { of: `${CHARGED},cost_tag_team=""` }))} / ${cost}`),
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
        costBy('cost_tag_team'),
        USD,
      ),
      pie(
        'By feature',
        'Apps name it where the option metricAttributes has it.',
        costBy('cost_tag_feature'),
        USD,
      ),
      pie(
        'By customer',
        'Apps name it where the option metricAttributes has it.',
        costBy('cost_tag_customer'),
        USD,
      ),
    ],
    [
      stacked(
        'By team, over time',
        'Each bar is what was spent in its interval: the bars add up to the cost.',
        overTime(
          total('cost_usd_total', { of: CHARGED, by: ['cost_tag_team'], ...EACH_INTERVAL }),
          '{{cost_tag_team}}',
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
            total('cost_usd_total', {
              of: CHARGED,
              by: ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'],
            }),
            inTable,
          ),
          now(
            total('cost_calls_total', {
              of: CHARGED,
              by: ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'],
            }),
            inTable,
          ),
          now(
            total('cost_tokens_total', {
              of: CHARGED,
              by: ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'],
            }),
            inTable,
          ),
          now(
            total('cost_wasted_usd_total', {
              of: CHARGED,
              by: ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'],
            }),
            inTable,
          ),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'cost_tag_team', to: 'Team' },
            { from: 'cost_tag_feature', to: 'Feature' },
            { from: 'cost_tag_customer', to: 'Customer' },
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
