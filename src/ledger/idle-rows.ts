/** Makes room in tables that outlive a scope: those of sessions, and of the budgets of users and teams. */

/** The most rows to check for an idle one per eviction. Keeps an eviction O(1). */
const LOOKS = 32;

/**
 * Rows in use are kept beyond the size of a table, up to this many times its size. A larger number means scopes that
 * never end.
 */
const MAX_IN_USE_FACTOR = 10;

/**
 * Drops idle rows of a full table, the least recently used first. Those in use move to the end, so that the next search
 * finds others.
 */
export function dropIdle<T extends { readonly isInUse: boolean }>(
  rows: Map<string, T>,
  maxRows: number,
  drop: (key: string, row: T) => void,
): void {
  let looks = 0;
  for (const [key, row] of rows) {
    const isTooMany = rows.size >= maxRows * MAX_IN_USE_FACTOR;
    rows.delete(key);
    if (row.isInUse && !isTooMany) rows.set(key, row);
    else drop(key, row);
    looks += 1;
    if (rows.size < maxRows || looks === LOOKS) return;
  }
}
