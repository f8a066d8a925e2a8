import type { CallRecord } from './call-log.js';

export type CostHintKind =
  | 'cheaper_model'
  | 'low_cache_hit_rate'
  | 'repeated_tool_calls'
  | 'resent_tokens'
  | 'retries'
  | 'limit_reached'
  | 'costly_task';

/** Something that costs money and may not have to. Hints overlap: their dollars are not to be added up. */
export interface CostHint {
  kind: CostHintKind;
  /** What it is about: a model, a tool, the name of a task. */
  subject: string;
  /** The dollars of it, above 0. */
  amountUsd: number;
  /** `saving`: what could have been left out. `spend`: what was spent on it, of which a part may be saved. */
  amountIs: 'saving' | 'spend';
  /** How many calls or tasks it is about. */
  count: number;
  /** In a sentence, for people. */
  message: string;
}

/** Dollars as people read them: to a hundredth of a cent, or to two digits where they are less. */
export function formatUsd(usd: number): string {
  return `$${usd >= 0.001 ? Number(usd.toFixed(4)) : Number(usd.toPrecision(2))}`;
}

/** Items by a key, in the order of the first of each. */
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
