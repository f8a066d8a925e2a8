/** Who pays, down to the user and the session. */
import { COUNT, rows, SMALL_USD, table } from '../panels.mjs';
import { BILLED, SPENT, spentBy, usd } from '../sql.mjs';

const AMOUNT = { from: 'usd', to: 'Cost', ...SMALL_USD };
const SIDE_BY_SIDE = { sortBy: 'Cost', size: { w: 8, h: 9 } };

export const spansByWho = {
  title: 'Who pays',
  lines: [
    [
      table(
        'Charge-back',
        'One row a team, feature and customer; to be exported as CSV by the panel menu, Inspect, Data.',
        rows(`SELECT
  SpanAttributes['cost.tag.team'] AS team,
  SpanAttributes['cost.tag.feature'] AS feature,
  SpanAttributes['cost.tag.customer'] AS customer,
  ${SPENT} AS usd
FROM otel_traces
WHERE ${BILLED}
GROUP BY team, feature, customer
ORDER BY usd DESC`),
        {
          columns: [
            { from: 'team', to: 'Team' },
            { from: 'feature', to: 'Feature' },
            { from: 'customer', to: 'Customer' },
            AMOUNT,
          ],
          ...SIDE_BY_SIDE,
        },
      ),
      table(
        'Users',
        'The most expensive users, of the spans that name one.',
        rows(spentBy('user.id', 'user', "user != ''")),
        {
          columns: [{ from: 'user', to: 'User' }, AMOUNT],
          ...SIDE_BY_SIDE,
        },
      ),
      table(
        'Sessions',
        'The most expensive sessions, over all their traces and processes, whether their tasks have ended or not.',
        rows(`SELECT
  SpanAttributes['session.id'] AS session,
  count() AS calls,
  ${SPENT} AS usd,
  sum(${usd('cost.saved_usd')}) AS saved
FROM otel_traces
WHERE ${BILLED} AND session != ''
GROUP BY session
ORDER BY usd DESC
LIMIT 100`),
        {
          columns: [
            { from: 'session', to: 'Session' },
            { from: 'calls', to: 'Billed', ...COUNT },
            AMOUNT,
            { from: 'saved', to: 'Saved', ...SMALL_USD },
          ],
          ...SIDE_BY_SIDE,
        },
      ),
    ],
  ],
};
