/** PromQL expressions that the panels use. */

/** Series of the services and tasks that the reader has chosen. All also includes series without the label. */
export const OF_SERVICE = 'job=~"$job"';
export const OF_TASK = 'job=~"$job",task_name=~"$task"';
/** Excludes tasks inside another one, whose cost and actions already include theirs. */
export const OUTERMOST = `${OF_TASK},task_nested!="true"`;
/** A task that a span of another instrumentation stands in for has no outcome. */
export const STATED = `${OUTERMOST},task_outcome!=""`;

/**
 * The exact increase of counters within a window. `increase()` loses the first value of a series, which is all
 * there is for a short job, and it extrapolates. A series of the ledger begins at 0 and never resets, so its last
 * value minus its value at the start of the window is exact. The latter is searched for as far back as `lookback`:
 * an app that has not reported for longer counts as a new one.
 */
function grown(series, { window = '$__range', lookback = '6h' } = {}) {
  const now = `last_over_time(${series}[${window}])`;
  return `(${now} - (last_over_time(${series}[${lookback}] offset ${window}) or ${now} * 0))`;
}

/** The increase within each interval of a graph, which looks back once per point. */
export const EACH_INTERVAL = { window: '$__interval', lookback: '1h' };

export function sum(vector, by = []) {
  return by.length === 0 ? `sum(${vector})` : `sum by (${by.join(', ')}) (${vector})`;
}

export function max(vector, by) {
  return `max by (${by.join(', ')}) (${vector})`;
}

/** Dollars, calls or tasks in the window, by labels. */
export function total(metric, { of = OF_TASK, by, ...during } = {}) {
  return sum(grown(`${metric}{${of}}`, during), by);
}

/** For sums with a part that may be missing: PromQL returns nothing if one side is empty. */
export function orZero(scalar) {
  return `(${scalar} or vector(0))`;
}

/** For a part that may lack some of the whole's series: a task without a failure, a tool without a hit. */
export function orZeroOf(part, whole) {
  return `(${part} or ${whole} * 0)`;
}

/** A quantile of the cost of tasks, interpolated within its bucket. */
export function taskCostQuantile(quantile, { by = [], ...during } = {}) {
  const buckets = total('task_cost_usd_bucket', { of: OUTERMOST, by: ['le', ...by], ...during });
  return `histogram_quantile(${quantile}, ${buckets})`;
}
