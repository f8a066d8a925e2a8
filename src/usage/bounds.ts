/**
 * Bounds for reading the app's data. Data beyond a bound is not read in part, because a part would be an undercount:
 * the reader gives up, and the call has no known cost.
 */

/** The most entries of a list: the steps of an agent's run, the items of an output. Runs have up to a few hundred. */
export const MAX_LISTED = 5_000;

/** The most keys of an object that is read key by key: counts, models, providers. The largest known has about 40. */
export const MAX_KEYS = 200;

/** The elements of a list; none for another value. Throws beyond {@link MAX_LISTED}, before an element is read. */
export function listed(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  if (value.length > MAX_LISTED) throw new RangeError('too many');
  return value;
}

/** The keys of an object. Throws beyond {@link MAX_KEYS}, before a value is read. */
export function keysOf(record: object): readonly string[] {
  const keys = Object.keys(record);
  if (keys.length > MAX_KEYS) throw new RangeError('too many');
  return keys;
}
