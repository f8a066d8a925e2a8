import type { Meter } from './meter.js';
import type { TaskSummary } from './summary.js';
import type { Task } from './task.js';

/** Tells the app about a task that has ended. */
export function tellTaskEnd(meter: Meter, task: Task): void {
  meter.tellTaskEnd(() => summaryOf(task));
}

function summaryOf(task: Task): TaskSummary {
  const { account } = task.ensureScope();
  return {
    taskId: task.id,
    taskName: task.name,
    outcome: task.outcome,
    actions: task.delivered,
    sessionId: task.sessions?.session.id,
    costUsd: account.costUsd,
    llmCostUsd: account.llmCostUsd,
    toolCostUsd: account.toolCostUsd,
    wastedCostUsd: account.wastedCostUsd,
    inputTokens: account.inputTokens,
    outputTokens: account.outputTokens,
    llmCalls: account.llmCalls,
    toolCalls: account.toolCalls,
    costComplete: account.costComplete,
    unpricedCalls: account.unpricedCalls,
    durationMillis: Math.max(0, Date.now() - task.startMillis),
  };
}
