import { notifyTaskEnded } from '../runtime/listeners.js';
import type { Runtime } from '../runtime/runtime.js';
import type { TaskSummary } from '../runtime/summary.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';

/** Reports a task that has ended to the app. */
export function reportTaskEnd(runtime: Runtime, task: Task, record: SpanRecord): void {
  runtime.reportTaskEnd(() => summaryOf(task));
  notifyTaskEnded(task, record);
}

/** The summary of a task as it stands now. */
export function summaryOf(task: Task): TaskSummary {
  const totals = task.ensureScope().account.totals();
  return {
    taskId: task.id,
    taskName: task.name,
    outcome: task.outcome,
    actions: task.delivered,
    sessionId: task.sessions?.session.id,
    costUsd: totals.costUsd,
    estimatedCostUsd: totals.estimatedCostUsd,
    llmCostUsd: totals.llmCostUsd,
    toolCostUsd: totals.toolCostUsd,
    wastedCostUsd: totals.wastedCostUsd,
    inputTokens: totals.inputTokens,
    outputTokens: totals.outputTokens,
    llmCalls: totals.llmCalls,
    toolCalls: totals.toolCalls,
    failedCalls: totals.failedCalls,
    costComplete: totals.costComplete,
    unpricedCalls: totals.unpricedCalls,
    durationMillis: Math.max(0, Date.now() - task.startMillis),
  };
}
