/** The dashboard on spans in ClickHouse: exact figures of all spans, down to one task, session or user. */
import { CLICKHOUSE_VARIABLE, columnValues, dashboard } from './model.mjs';
import { spansByWho } from './rows/spans-by-who.mjs';
import { spansInTasks } from './rows/spans-in-tasks.mjs';
import { spansInTotal } from './rows/spans-in-total.mjs';

const DURING = 'Timestamp > now() - INTERVAL 1 DAY';

export const clickhouse = dashboard({
  uid: 'agent-cost-clickhouse',
  title: 'Agent cost: ClickHouse',
  description:
    'From all spans, with exact sums and quantiles: total, who pays, each task, sessions, users, steps.',
  from: 'now-24h',
  refresh: '1m',
  variables: [
    CLICKHOUSE_VARIABLE,
    columnValues(
      'job',
      'Service',
      '`service.name` of the apps.',
      `SELECT DISTINCT ServiceName FROM otel_traces WHERE ${DURING} ORDER BY ServiceName`,
    ),
    columnValues(
      'task',
      'Task',
      'Names of tasks.',
      `SELECT DISTINCT SpanAttributes['task.name'] AS name FROM otel_traces WHERE ${DURING} AND name != '' ORDER BY name`,
    ),
  ],
  rows: [spansInTotal, spansByWho, spansInTasks],
});
