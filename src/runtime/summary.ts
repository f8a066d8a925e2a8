import type { TaskOutcome } from '../ledger/scope.js';

/** What `onTaskEnd` is told about a task, at its end. */
export interface TaskSummary {
  taskId: string;
  taskName: string;
  /** Absent for an implicit task: the app declared none. */
  outcome: TaskOutcome | undefined;
  /** What it delivered; 0 without success. */
  actions: number;
  sessionId: string | undefined;
  costUsd: number;
  llmCostUsd: number;
  toolCostUsd: number;
  wastedCostUsd: number;
  inputTokens: number;
  outputTokens: number;
  llmCalls: number;
  toolCalls: number;
  failedCalls: number;
  costComplete: boolean;
  unpricedCalls: number;
  durationMillis: number;
}
