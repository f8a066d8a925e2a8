/** What one line about a task needs: the fields of the summary that `onTaskEnd` is given. */
export interface SummarizedTask {
  taskName: string;
  /** Undefined for a task that nobody declared. */
  outcome?: string | undefined;
  costUsd: number;
  /** False when a call below had no known cost: the true cost is higher. */
  costComplete: boolean;
  unpricedCalls: number;
  inputTokens: number;
  outputTokens: number;
  llmCalls: number;
  toolCalls: number;
  durationMillis: number;
}

const count = new Intl.NumberFormat('en-US');
const seconds = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `task "research" success: $0.142, 38,800 tokens in, 3,200 out, 10 LLM calls, 5 tool calls, 12.3 s` */
export function summaryLine(task: SummarizedTask): string {
  const name = `task ${JSON.stringify(task.taskName)}${task.outcome === undefined ? '' : ` ${task.outcome}`}`;
  return `${name}: ${[
    costText(task),
    `${count.format(task.inputTokens)} tokens in`,
    `${count.format(task.outputTokens)} out`,
    plural(task.llmCalls, 'LLM call'),
    plural(task.toolCalls, 'tool call'),
    `${seconds.format(task.durationMillis / 1000)} s`,
  ].join(', ')}`;
}

function costText({ costUsd, costComplete, unpricedCalls }: SummarizedTask): string {
  if (costComplete) return usd(costUsd);
  const unpriced = `(${plural(unpricedCalls, 'call')} unpriced)`;
  return costUsd === 0 ? `$? ${unpriced}` : `>= ${usd(costUsd)} ${unpriced}`;
}

/** To the last pico-dollar, cents at least, never in exponents. */
function usd(amount: number): string {
  const [whole, fraction = ''] = amount.toFixed(12).split('.');
  return `$${count.format(Number(whole))}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

function plural(amount: number, noun: string): string {
  return `${count.format(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
