import type { TaskOutcome } from '../totals.js';

/** The summary of a task at its end, for `onTaskEnd`. */
export interface TaskSummary {
  taskId: string;
  taskName: string;
  /** Undefined for an implicit task. */
  outcome: TaskOutcome | undefined;
  /** Number of actions delivered; 0 without success. */
  actions: number;
  sessionId: string | undefined;
  costUsd: number;
  llmCostUsd: number;
  toolCostUsd: number;
  /** The estimated part of `costUsd`. */
  estimatedCostUsd: number;
  wastedCostUsd: number;
  inputTokens: number;
  outputTokens: number;
  llmCalls: number;
  toolCalls: number;
  failedCalls: number;
  /** False when a call has no known cost, or is still open. */
  costComplete: boolean;
  /** LLM calls and billable tool calls without a known cost. */
  unpricedCalls: number;
  durationMillis: number;
}
