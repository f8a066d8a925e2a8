/**
 * Rows that start a process each take most of the time of a test run. `npm test` takes some of them, in CI always the same
 * and elsewhere others each time; `npm run test:long -- processes`, a step of CI, takes all.
 */
export const areAllWanted = process.env.PROCESS_ROWS === 'all';
const first = Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 1000));

export function someRows<T>(rows: readonly T[], count = 1): T[] {
  if (areAllWanted || count >= rows.length) return [...rows];
  return Array.from({ length: count }, (_, index) => rows[(first + index) % rows.length] as T);
}
