import { receiptText } from '../ledger/receipt-text.js';
import { summaryOf } from '../pipeline/task-end.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import type { LedgerListener } from '../runtime/listeners.js';
import type { Bill } from '../spans/bill.js';
import type { Task } from '../spans/task.js';
import type { Summary } from './environment.js';
import { writeLine } from './notice.js';
import { type SummarizedTask, summaryLine } from './summary.js';

/** The most interrupted tasks that are printed. More at once occur only in a server, where they would not be read. */
const MAX_OPEN = 1_000;

/** Follows the tasks of the process: prints the summary, and records whether it has seen tasks and calls. */
export class TaskWatch implements LedgerListener {
  /** True if a bill was posted or a task began. */
  seen = false;
  private anyLlmBilled = false;
  private readonly open = new Set<Task>();

  constructor(private readonly summary: Summary) {}

  billed(bill: Bill): void {
    this.seen = true;
    if (bill.llmCalls > 0) this.anyLlmBilled = true;
  }

  /** True if an LLM call was billed, or at least started in a wrapper. */
  get llmSeen(): boolean {
    return this.anyLlmBilled || currentRuntime().hasLlmWrapper;
  }

  taskStarted(task: Task): void {
    this.seen = true;
    if (this.summary !== 'none' && isOutermostHere(task) && this.open.size < MAX_OPEN) this.open.add(task);
  }

  taskEnded(task: Task): void {
    this.seen = true;
    this.open.delete(task);
    if (this.summary !== 'none') this.print(task, summaryOf(task), true);
  }

  /** Prints the cost of tasks that had not ended when the process ends. */
  reportOpen(): void {
    for (const task of this.open) {
      // Calls in progress are not included.
      this.print(task, { ...summaryOf(task), outcome: 'interrupted', costComplete: false }, false);
    }
    this.open.clear();
  }

  private print(task: Task, summary: SummarizedTask, isOver: boolean): void {
    writeLine(summaryLine(summary, task.caller === undefined ? undefined : task.rootId));
    // A task inside another one of this process is part of that one's tree.
    if (this.summary === 'tree' && isOutermostHere(task)) writeLine(receiptText(task.ensureScope(), isOver));
  }
}

function isOutermostHere(task: Task): boolean {
  return task.outermost === task;
}
