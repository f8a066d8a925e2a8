/** The totals of a scope that handles expose. */

/**
 * The kind of a cost: the attribute `cost.kind`. `storage` and `network` are counted in the totals as `other`.
 */
export type CostKind = 'llm' | 'tool' | 'compute' | 'storage' | 'network' | 'other';

/** The outcome of a task: the attribute `task.outcome`. The whole cost of a task without `success` is wasted. */
export type TaskOutcome = 'success' | 'failure' | 'cancelled';

/** The totals of one tool in a scope. */
export interface ToolTotals {
  /** USD, the known part. See `unpricedCalls`. */
  readonly costUsd: number;
  /** Every attempt counts as a call. */
  readonly calls: number;
  /** Calls of this row without a known cost. While there are any, `costUsd` is a lower bound. */
  readonly unpricedCalls: number;
}

/** The totals of one model in a scope. */
export interface ModelTotals extends ToolTotals {
  /** Cache reads and writes included. */
  readonly inputTokens: number;
  /** Reasoning included. */
  readonly outputTokens: number;
}

/**
 * The totals of a scope at the time of the access: a plain object that does not change later. Sums of dollars are exact to
 * the pico-dollar and given as the nearest double. All numbers are 0 or more; counts are whole.
 */
export interface Totals {
  /** All cost of the scope, in USD: `llmCostUsd + toolCostUsd + computeCostUsd + otherCostUsd`. */
  readonly costUsd: number;
  /**
   * Part of `costUsd`: booked by other processes in the same session or task, as last read from the store that
   * `shareCosts` sets. Absent while nothing is known of other processes.
   */
  readonly remoteCostUsd?: number;
  /** The cost of LLM calls, in USD. */
  readonly llmCostUsd: number;
  /** The cost of tool calls, in USD. */
  readonly toolCostUsd: number;
  /** The cost of compute, in USD. */
  readonly computeCostUsd: number;
  /** Billed compute time, in seconds: wall time, or CPU time if that was measured. */
  readonly computeSeconds: number;
  /** All other cost, in USD, storage and network included. */
  readonly otherCostUsd: number;
  /** Cache reads and writes included. */
  readonly inputTokens: number;
  /** Reasoning included. */
  readonly outputTokens: number;
  /** `inputTokens + outputTokens`. */
  readonly totalTokens: number;
  /** Part of `inputTokens`. */
  readonly cacheReadTokens: number;
  /** Part of `inputTokens`. */
  readonly cacheWriteTokens: number;
  /** Part of `outputTokens`. */
  readonly reasoningTokens: number;
  /** Part of `inputTokens`: tool definitions and results, if reported. */
  readonly toolOverheadTokens: number;
  /** Every attempt counts as a call. */
  readonly llmCalls: number;
  /** Every attempt counts as a call. */
  readonly toolCalls: number;
  /** LLM and tool calls that failed. */
  readonly failedCalls: number;
  /** Calls that repeat one that failed before. */
  readonly retries: number;
  /** Turns of agent loops. A task or agent without a `withStep` has one for each LLM call made directly in it. */
  readonly steps: number;
  /** Part of `costUsd`: spent on failed calls and on tasks without success. */
  readonly wastedCostUsd: number;
  /** Not part of `costUsd`: cost that was avoided. */
  readonly savedCostUsd: number;
  /** Part of `costUsd`: amounts that are estimated, such as a bill far from the list price. `cost.reason` says why. */
  readonly estimatedCostUsd: number;
  /**
   * False as soon as one LLM call or billable tool call has no known cost. A call that is still open when the scope ends
   * has none until it ends.
   */
  readonly costComplete: boolean;
  /**
   * LLM calls and billable tool calls without a known cost, and costs given to `recordCost` that were refused. The latter
   * have no row below.
   */
  readonly unpricedCalls: number;
  /**
   * The LLM calls by the model that answered, in the order of first use. The rows add up to `llmCostUsd`, `llmCalls`,
   * `inputTokens` and `outputTokens`. The first 32 models of a scope have rows of their own; all others are in the row
   * `(other)`, and calls of an unknown model in `(unknown)`. Names are cut at 200 characters: those that differ only
   * after that share a row.
   */
  readonly byModel: Readonly<Record<string, ModelTotals>>;
  /** The tool calls by the name of the tool, likewise. The rows add up to `toolCostUsd` and `toolCalls`. */
  readonly byTool: Readonly<Record<string, ToolTotals>>;
}
