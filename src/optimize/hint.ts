/** The hints that `costHints` returns. */

/** The kind of a hint. */
export type CostHintKind =
  /** A smaller model of the same family has a lower price. */
  | 'cheaper_model'
  /** Calls did not read tokens that the previous call had left in the prompt cache. */
  | 'cold_cache'
  /** The same, because the cache had expired: the loop paused for longer than the cache's lifetime. */
  | 'expired_cache'
  /**
   * A loop sends its history again at the full input price, although its model has a lower price for cached tokens.
   */
  | 'uncached_input'
  /** A tool without a cache was called with the arguments of an earlier call. */
  | 'repeated_tool_calls'
  /** A tool's cache answers few of its calls. */
  | 'low_cache_hit_rate'
  /** Calls failed but were billed. */
  | 'failed_calls'
  /** Tasks reached a limit of their budget. */
  | 'limit_reached'
  /** Tasks cost more than twice the median of their kind. */
  | 'costly_task';

/** A possible saving. Hints overlap, so do not add their amounts up. */
export interface CostHint {
  kind: CostHintKind;
  /** A model, a tool, or the name of a task. */
  subject: string;
  /** The amount in USD, above 0. */
  amountUsd: number;
  /**
   * `saving`: the cost of the calls minus their cost if the advice had been followed. `spend`: the cost of the
   * calls or tasks; the message explains how much of it could be saved.
   */
  amountIs: 'saving' | 'spend';
  /** The number of calls or tasks. */
  count: number;
  /** A readable explanation. */
  message: string;
}
