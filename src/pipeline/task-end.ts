import { giveUpBodiesIn } from '../runtime/body-wait.js';
import { tellTaskEnded } from '../runtime/listeners.js';
import type { Runtime } from '../runtime/runtime.js';
import type { TaskSummary } from '../runtime/summary.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';

/** Tells the app about a task that has ended. */
export function tellTaskEnd(runtime: Runtime, task: Task, record: SpanRecord): void {
  giveUpBodiesIn(task);
  runtime.tellTaskEnd(() => summaryOf(task));
  tellTaskEnded(task, record);
}

/** What can be said of a task by now. */
export function summaryOf(task: Task): TaskSummary {
  const totals = task.ensureScope().account.totals();
  return {
    taskId: task.id,
    taskName: task.name,
    outcome: task.outcome,
    actions: task.delivered,
    sessionId: task.sessions?.session.id,
    costUsd: totals.costUsd,
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
