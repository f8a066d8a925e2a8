/** SQL that the panels use, for the table that the Collector's ClickHouse exporter creates. */

/** An amount in whole pico-dollars; NULL where there is none. */
export function usd(key, attributes = 'SpanAttributes') {
  return `toDecimal128OrNull(${attributes}['${key}'], 12)`;
}

/** A count; 0 where there is none, because a count of 0 is not on the span. */
export function count(key, attributes = 'SpanAttributes') {
  return `toUInt64OrZero(${attributes}['${key}'])`;
}

export const SPENT = `sum(${usd('cost_usd')})`;

/** Spans of the chosen services in the time range, and those of the chosen tasks. All also includes spans without a task. */
export const CHOSEN_SERVICE = "match(ServiceName, '^(?:${job:regex})$')";
export const OF_SERVICE = `$__timeFilter(Timestamp) AND ${CHOSEN_SERVICE}`;
export const OF_TASK = `${OF_SERVICE}
  AND match(SpanAttributes['task.name'], '^(?:\${task:regex})$')`;

/** Spans that were billed. */
export const BILLED = `${OF_TASK} AND mapContains(SpanAttributes, 'cost_usd')`;

/** Begins a query: each ended task once, with what was stated last, as the map `task`. */
export const WITH_TASKS = `WITH tasks AS (
  SELECT argMax(SpanAttributes, Timestamp) AS task, min(Timestamp) AS start
  FROM otel_traces
  WHERE ${OF_TASK} AND mapContains(SpanAttributes, 'task.cost_usd')
  GROUP BY SpanAttributes['task.id']
)`;

/** Tasks inside others are part of them. */
export const OUTERMOST = "task['task.root_id'] = ''";

/** The spending by the value of an attribute, the largest first, of the spans that match. */
export function spentBy(key, column, condition = 'true') {
  return `SELECT SpanAttributes['${key}'] AS ${column}, ${SPENT} AS usd
FROM otel_traces
WHERE ${BILLED} AND ${condition}
GROUP BY ${column}
ORDER BY usd DESC
LIMIT 100`;
}
