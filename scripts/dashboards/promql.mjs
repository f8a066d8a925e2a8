/** Forms of PromQL that the panels are made of. */

/** Series of the services and tasks that the reader has chosen; All also takes those without the label. */
export const OF_SERVICE = 'job=~"$job"';
export const OF_TASK = 'job=~"$job",task_name=~"$task"';
/** A task inside another one is part of that one's cost and actions. */
export const OUTERMOST = `${OF_TASK},task_nested!="true"`;
/** Nobody says how a task ended that a span of another instrumentation stands in for. */
export const STATED = `${OUTERMOST},task_outcome!=""`;

/**
 * What counters grew by within a window, to the last digit. `increase()` loses the first value of a series, which for a
 * short job is all there is, and extrapolates; a series of the ledger begins at 0 and never resets, so its last value less
 * the one it had when the window began is exact. That one is looked for as far back as `lookback`: an app that was not
 * heard of for longer is taken for a new one.
 */
function grown(series, { window = '$__range', lookback = '6h' } = {}) {
  const now = `last_over_time(${series}[${window}])`;
  return `(${now} - (last_over_time(${series}[${lookback}] offset ${window}) or ${now} * 0))`;
}

/** Within each interval of a graph, which looks back once a point. */
export const EACH_INTERVAL = { window: '$__interval', lookback: '1h' };

export function sum(vector, by = []) {
  return by.length === 0 ? `sum(${vector})` : `sum by (${by.join(', ')}) (${vector})`;
}

export function max(vector, by) {
  return `max by (${by.join(', ')}) (${vector})`;
}

/** Dollars, calls, tasks of the window, by labels. */
export function total(metric, { of = OF_TASK, by, ...during } = {}) {
  return sum(grown(`${metric}{${of}}`, during), by);
}

/** For sums with a part that may not be there: PromQL gives nothing if one side is nothing. */
export function orZero(scalar) {
  return `(${scalar} or vector(0))`;
}

/** Where a rest of a division may have no counterpart: a task without a failure, a tool without a hit. */
export function orZeroOf(part, whole) {
  return `(${part} or ${whole} * 0)`;
}

/** A quantile of what tasks cost, interpolated within the bucket that it is in. */
export function taskCostQuantile(quantile, { by = [], ...during } = {}) {
  const buckets = total('task_cost_usd_bucket', { of: OUTERMOST, by: ['le', ...by], ...during });
  return `histogram_quantile(${quantile}, ${buckets})`;
}
