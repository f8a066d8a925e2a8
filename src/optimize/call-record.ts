/** The calls and tasks that `recordCalls` keeps. */
import type { Pico } from '../money.js';
import type { TaskOutcome } from '../totals.js';
import type { TokenCounts } from '../usage/usage.js';

/** One LLM or tool call, as it was billed. */
export interface CallRecord {
  readonly kind: 'llm' | 'tool';
  /** The model or the tool. Undefined when unknown. */
  readonly name: string | undefined;
  readonly provider: string | undefined;
  readonly serviceTier: string | undefined;
  /** The start time, or else the time of the bill, in epoch milliseconds. */
  readonly timeMillis: number;
  /** Undefined when the cost is unknown. */
  readonly pico: Pico | undefined;
  /**
   * True if the cost is only likely: cached tokens may be hidden, the price may be another one, or the stream was
   * cut short.
   */
  readonly isEstimate: boolean;
  readonly tokens: TokenCounts | undefined;
  readonly failed: boolean;
  /** From 1. Undefined when unknown. */
  readonly attempt: number | undefined;
  /** The hash of a tool's arguments. Undefined when they are unknown or have no canonical form. */
  readonly argumentsHash: string | undefined;
  /** Undefined for a tool without a cache. */
  readonly isCacheHit: boolean | undefined;
  readonly cacheTtlSeconds: number | undefined;
  readonly sessionIds: readonly string[];
  /** The tasks it is part of, innermost first. */
  readonly taskIds: readonly string[];
  /** The agent run or task whose loop contains the call. Equal for the calls of one loop. */
  readonly loop: number;
  /** From 1, in the order in which the calls were billed. */
  readonly number: number;
  /**
   * The number of the last call that had been billed when this one began. This call did not overlap with calls up
   * to that one.
   */
  readonly beganAfter: number;
}

/** One task that has ended. */
export interface TaskRecord {
  readonly id: string;
  readonly name: string;
  readonly sessionIds: readonly string[];
  readonly isOutermost: boolean;
  /** The tasks that contain it. */
  readonly aroundIds: readonly string[];
  readonly outcome: TaskOutcome | undefined;
  readonly costUsd: number;
  readonly steps: number;
  /** The limits that were exceeded or used up: `usd`, `steps`, …. */
  readonly limitsReached: readonly string[];
}
