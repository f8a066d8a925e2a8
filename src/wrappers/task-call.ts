import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { COST_ANOMALY, OPERATION_NAME, TASK_NAME, WORKFLOW_NAME } from '../attributes.js';
import type { Totals } from '../ledger/account.js';
import { type BudgetedOptions, readBudget } from '../ledger/budget-options.js';
import { receiptText } from '../ledger/receipt-text.js';
import { Scope, type SessionEntry, type TaskOutcome } from '../ledger/scope.js';
import { book } from '../pipeline/charge.js';
import { leaveCovers } from '../pipeline/start.js';
import { giveUpBodiesIn } from '../runtime/body-wait.js';
import { tellTaskStarted } from '../runtime/listeners.js';
import { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import { Task } from '../spans/task.js';
import { warnOnce } from '../warnings.js';
import type { Ending } from './call.js';
import { usable } from './call-options.js';
import { isAround, ScopeCall, type ScopeOptions } from './scope-call.js';

export interface TaskOptions extends ScopeOptions, BudgetedOptions {
  /** What kind of task this is: low-cardinality, for it groups costs. */
  name: string;
  /** The session it belongs to, where no `withSession` is around it. */
  sessionId?: string;
}

export class TaskCall extends ScopeCall {
  private readonly task: Task;
  private failReason: string | undefined;
  private readonly scope: Scope;
  /** Calls outside every task when it began. */
  private readonly outsideBefore: number;

  constructor(options: TaskOptions) {
    const terms = readBudget('withTask', options);
    super();
    const { record, runtime } = this;
    this.takeAttribution(options);
    if (options.sessionId !== undefined) {
      const entry = runtime.enterSession(options.sessionId, record.sessions);
      // A session that is further out already goes on counting from there, and so do those in between.
      if (!isAround(record.sessions, entry)) record.sessions = entry;
    }
    this.task = new Task(options.name, record.task, record.sessions);
    this.scope = new Scope('task', record.scope ?? this.task.statedAround(), record.sessions);
    this.scope.mayFail = true;
    this.scope.name = options.name;
    this.task.scope = this.scope;
    if (this.task.isOutermost) this.scope.tally = runtime.taskTallies.of(options.name);
    this.outsideBefore = runtime.callsOutside;
    this.limit(this.scope, options.name, terms);
    record.task = this.task;
    record.ownTask = this.task;
    record.scope = this.scope;
    leaveCovers(record);
    if (record.sessions !== undefined) record.sessions.session.openScopes += 1;
    const attributes = {
      [OPERATION_NAME]: 'invoke_workflow',
      [WORKFLOW_NAME]: options.name,
      [TASK_NAME]: options.name,
    };
    this.begin(`task ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
    tellTaskStarted(this.task);
  }

  get id(): string {
    return this.task.id;
  }

  /** Its tree as text: what is in it and what each part cost so far. At most ten lines a scope, whatever is in it. */
  get receipt(): () => string {
    return () => receiptText(this.scope);
  }

  /** What this task has cost so far, read again each time; after its end, the figures of its span. */
  get totals(): Totals {
    return this.scope.account.totals();
  }

  // Many take what they need off a handle, `({ fail }) => …`, where a method would have lost its `this`.

  /** Says that the task succeeded, and how many actions it delivered: above 0, default 1. */
  get succeed(): (options?: { actions?: number }) => void {
    return (options = {}) => {
      const { actions = 1 } = usable(options);
      this.decide('success', actions);
    };
  }

  /** Says that the task failed, whatever its function returns: all it spent is wasted. */
  get fail(): (reason?: string) => void {
    return (reason) => {
      this.decide('failure');
      this.failReason = typeof reason === 'string' ? reason : undefined;
    };
  }

  /** Says that the task was given up: all it spent is wasted. */
  get cancel(): () => void {
    return () => this.decide('cancelled');
  }

  private decide(outcome: TaskOutcome, actions = this.task.actions): void {
    if (this.record.ended) {
      warnOnce('an outcome came after the task had ended; it is ignored', outcome);
      return;
    }
    this.task.outcome = outcome;
    this.task.actions = actions;
  }

  protected override settle(ending: Ending): void {
    const { task } = this;
    giveUpBodiesIn(task);
    this.flagCallsOutside();
    task.outcome ??= outcomeOf(ending);
    this.scope.cancelled = task.outcome === 'cancelled';
    if (task.outcome !== 'success') task.becameWaste = this.scope.failWhole();
    // An error that was thrown is on the span already, and tells more.
    if (task.outcome === 'failure' && ending.how !== 'threw') this.markStatus();
    this.scope.tally?.end(task.outcome === 'success', task.delivered);
    if (task.sessions === undefined || !task.isOutermost) return;
    // Its cost counts in the sessions around, too.
    for (let entry: SessionEntry | undefined = task.sessions; entry !== undefined; entry = entry.outer) {
      entry.session.tasks += 1;
      if (task.outcome === 'success') entry.session.successfulTasks += 1;
      entry.session.actions += task.delivered;
    }
  }

  /**
   * Where nothing was billed in here and something outside every task meanwhile, that may have been this task's work: its
   * total is not sure.
   */
  private flagCallsOutside(): void {
    const { task, scope, runtime, record, span } = this;
    const made = runtime.callsOutside - this.outsideBefore;
    if (made === 0 || !task.isOutermost || scope.account.hasBills || hasOpenWrapper(record)) return;
    warnOnce(
      'a task ended without a call while wrapped calls ran outside every task: its work may be there. ' +
        'Wrap the function outside the queue, or run the queued work with task.run(fn)',
    );
    const unseen = new Bill('llm', { pico: undefined, source: 'unpriced:unseen', status: 'unpriced' });
    unseen.name = 'of calls outside this task';
    book(record, unseen);
    const calls = `${made} wrapped ${made === 1 ? 'call' : 'calls'}`;
    span.setAttribute(COST_ANOMALY, `no call in this task while ${calls} ran outside every task`);
  }

  private markStatus(): void {
    const message = this.failReason;
    this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  }

  protected override afterEnd(): void {
    if (this.task.sessions !== undefined) this.task.sessions.session.openScopes -= 1;
  }
}

/** True while a wrapper inside runs on. Not a span of others: those are there with an SDK alone. */
function hasOpenWrapper(record: SpanRecord): boolean {
  let found = false;
  record.forEachOpenBelow((open) => {
    // A wrapper's record has nothing to be read from its span, from the start.
    found ||= open.settled && !open.ended;
  });
  return found;
}

function outcomeOf(ending: Ending): TaskOutcome {
  if (ending.how === 'threw') return 'failure';
  return ending.how === 'stopped' ? 'cancelled' : 'success';
}
