import type { CallRecord } from './call-log.js';

export type CostHintKind =
  /** A smaller model of the same family has a lower price. */
  | 'cheaper_model'
  /** Calls did not read tokens from the prompt cache that the call before them had left there. */
  | 'cold_cache'
  /** The same, but the cache had expired: the loop had paused for longer than it lives. */
  | 'expired_cache'
  /** A loop sends its history again at the full input price, and its model has a lower one for cached tokens. */
  | 'uncached_input'
  /** A tool without a cache was called with the arguments of an earlier call. */
  | 'repeated_tool_calls'
  /** The cache of a tool answers few of its calls. */
  | 'low_cache_hit_rate'
  /** Calls failed, and were billed all the same. */
  | 'failed_calls'
  /** Tasks came to a limit of their budget. */
  | 'limit_reached'
  /** Tasks cost more than twice the median of their kind. */
  | 'costly_task';

/** Something that costs money and may not have to. Hints overlap: do not add their dollars up. */
export interface CostHint {
  kind: CostHintKind;
  /** A model, a tool, or the name of a task. */
  subject: string;
  /** The dollars of it, above 0. */
  amountUsd: number;
  /**
   * `saving`: the difference between the cost of the calls and the cost of the same calls with the advice followed.
   * `spend`: the cost of the calls or tasks, of which the message says how much may be saved.
   */
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
