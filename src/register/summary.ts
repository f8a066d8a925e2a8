import { counted, countText, usdText } from '../text.js';

/** The fields of the `onTaskEnd` summary that one line about a task needs. */
export interface SummarizedTask {
  taskName: string;
  /** Undefined for an undeclared task. */
  outcome?: string | undefined;
  costUsd: number;
  /** False when a call below had no known cost: the true cost is higher. */
  costComplete: boolean;
  unpricedCalls: number;
  inputTokens: number;
  outputTokens: number;
  llmCalls: number;
  toolCalls: number;
  /** The part of the calls that failed. */
  failedCalls: number;
  durationMillis: number;
}

const seconds = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/**
 * `task "research" success: $0.142, 38,800 tokens in, 3,200 out, 10 LLM calls, 5 tool calls, 12.3 s`. `callerId`: the id of the
 * task of another process that it is a part of.
 */
export function summaryLine(task: SummarizedTask, callerId?: string): string {
  const outcome = task.outcome === undefined ? '' : ` ${task.outcome}`;
  const part = callerId === undefined ? '' : `, part of task ${callerId}`;
  const name = `task ${JSON.stringify(task.taskName)}${outcome}${part}`;
  return `${name}: ${[
    costText(task),
    `${countText(task.inputTokens)} tokens in`,
    `${countText(task.outputTokens)} out`,
    counted(task.llmCalls, 'LLM call'),
    counted(task.toolCalls, 'tool call'),
    ...(task.failedCalls > 0 ? [`${countText(task.failedCalls)} failed`] : []),
    `${seconds.format(task.durationMillis / 1000)} s`,
  ].join(', ')}`;
}

function costText({ costUsd, costComplete, unpricedCalls }: SummarizedTask): string {
  if (costComplete) return usdText(costUsd);
  if (unpricedCalls === 0) return `>= ${usdText(costUsd)}`;
  const unpriced = `(${counted(unpricedCalls, 'call')} unpriced)`;
  return costUsd === 0 ? `$? ${unpriced}` : `>= ${usdText(costUsd)} ${unpriced}`;
}
