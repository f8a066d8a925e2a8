/** Sums and groups of recorded calls, for hints. */
import type { CallRecord, TaskRecord } from './call-record.js';
import type { CostHint } from './hint.js';

/** A hint with its evidence: the calls or tasks that it counts. */
export interface FoundHint extends CostHint {
  readonly of: readonly (CallRecord | TaskRecord)[];
}

/** Formats dollars for readers: to a hundredth of a cent, or two significant digits for smaller amounts. */
export function formatUsd(usd: number): string {
  return `$${usd >= 0.001 ? Number(usd.toFixed(4)) : Number(usd.toPrecision(2))}`;
}

/** Groups items by a key, in the order of first occurrence. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export function sumPico(calls: readonly CallRecord[]): number {
  return calls.reduce((sum, { pico = 0 }) => sum + pico, 0);
}

/** `3 calls`, `1 call`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
