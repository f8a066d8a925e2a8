import { receiptText } from '../ledger/receipt-text.js';
import { summaryOf } from '../pipeline/task-end.js';
import type { LedgerListener } from '../runtime/listeners.js';
import { currentRuntime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import type { Task } from '../spans/task.js';
import type { Summary } from './environment.js';
import { writeLine } from './notice.js';
import { type SummarizedTask, summaryLine } from './summary.js';

/** Tasks that are printed when they are interrupted: more at once are a server's, and more than anybody reads. */
const MAX_OPEN = 1_000;

/** Follows the tasks of the process: prints the summary, and knows at the end what was seen. */
export class TaskWatch implements LedgerListener {
  /** A bill was booked, or a task began. */
  seen = false;
  private anyLlmBilled = false;
  private readonly open = new Set<Task>();

  constructor(private readonly summary: Summary) {}

  billed(bill: Bill): void {
    this.seen = true;
    if (bill.llmCalls > 0) this.anyLlmBilled = true;
  }

  /** An LLM call was billed, or at least begun in a wrapper. */
  get llmSeen(): boolean {
    return this.anyLlmBilled || currentRuntime().hasLlmWrapper;
  }

  taskStarted(task: Task): void {
    this.seen = true;
    if (this.summary !== 'none' && task.isOutermost && this.open.size < MAX_OPEN) this.open.add(task);
  }

  taskEnded(task: Task): void {
    this.seen = true;
    this.open.delete(task);
    if (this.summary !== 'none') this.print(task, summaryOf(task), true);
  }

  /** Prints what tasks that never ended have cost: the process ends before them. */
  reportOpen(): void {
    for (const task of this.open) {
      // A call that was under way is missing.
      this.print(task, { ...summaryOf(task), outcome: 'interrupted', costComplete: false }, false);
    }
    this.open.clear();
  }

  private print(task: Task, summary: SummarizedTask, isOver: boolean): void {
    writeLine(summaryLine(summary));
    // A task inside another one stands in that one's tree.
    if (this.summary === 'tree' && task.isOutermost) writeLine(receiptText(task.ensureScope(), isOver));
  }
}
