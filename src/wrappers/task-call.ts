import { SpanKind } from '@opentelemetry/api';
import { COST_ANOMALY, OPERATION_NAME, TASK_NAME, WORKFLOW_NAME } from '../attributes.js';
import type { TaskHandle } from '../handles.js';
import { readBudget } from '../ledger/budget-terms.js';
import { receiptText } from '../ledger/receipt-text.js';
import { Scope, type SessionEntry } from '../ledger/scope.js';
import { markError } from '../pipeline/mark-error.js';
import { postBill } from '../pipeline/post.js';
import { notifyTaskStarted } from '../runtime/listeners.js';
import { currentSharing } from '../runtime/sharing.js';
import { Bill } from '../spans/bill.js';
import { errorMessage } from '../spans/error-facts.js';
import { isSpanRecord, type SpanRecord } from '../spans/span-record.js';
import { isInDeclaredTask, Task } from '../spans/task.js';
import type { TaskOutcome, Totals } from '../totals.js';
import { shownMessage } from '../url-secrets.js';
import { warnOnce } from '../warnings.js';
import type { Ending } from './call.js';
import { usable } from './call-options.js';
import type { TaskOptions } from './options.js';
import { isAround, ScopeCall } from './scope-call.js';

export class TaskCall extends ScopeCall implements TaskHandle {
  private readonly task: Task;
  private failReason: string | undefined;
  private readonly scope: Scope;
  /** Number of calls outside every task when this task began. */
  private readonly outsideBefore: number;

  constructor(options: TaskOptions, wrapper = 'withTask') {
    const terms = readBudget(wrapper, options);
    super();
    const { record } = this;
    const caller = isInDeclaredTask(record.task) ? undefined : options.caller;
    if (caller === undefined) {
      this.context = currentSharing()?.contextInside(this.context) ?? this.context;
    } else {
      this.context = caller.contextIn(this.context);
      this.takeAttribution(caller);
    }
    this.takeAttribution(options);
    this.enterSession(options.sessionId ?? caller?.sessionId);
    this.task = new Task(options.name, record.task, record.sessions);
    this.task.caller = caller;
    const callerScope = caller === undefined ? undefined : currentSharing()?.views?.join(caller);
    const around = record.scope ?? this.task.statedAround() ?? callerScope;
    this.scope = new Scope('task', around, record.sessions);
    this.scope.mayFail = true;
    this.scope.name = options.name;
    this.task.scope = this.scope;
    const { runtime } = this;
    if (this.task.isOutermost) this.scope.tally = runtime.taskTallies.of(options.name);
    this.outsideBefore = runtime.callsOutside;
    this.limit(this.scope, options.name, terms);
    record.ownTask = this.task;
    record.kind = 'scope';
    const inside = record.change();
    inside.leaveCall();
    inside.task = this.task;
    inside.scope = this.scope;
    if (record.sessions !== undefined) record.sessions.session.openScopes += 1;
    const attributes = {
      [OPERATION_NAME]: 'invoke_workflow',
      [WORKFLOW_NAME]: options.name,
      [TASK_NAME]: options.name,
    };
    this.begin(`task ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
    notifyTaskStarted(this.task);
  }

  private enterSession(id: string | undefined): void {
    const { record } = this;
    if (id === undefined) return;
    const entry = this.runtime.enterSession(id, record.sessions);
    // A session that was entered further out continues there, and so do the sessions in between.
    if (!isAround(record.sessions, entry)) record.change().sessions = entry;
  }

  get id(): string {
    return this.task.id;
  }

  /**
   * Returns the receipt as a string: the task's tree with the cost of each part so far, at most ten lines per scope.
   */
  get receipt(): () => string {
    return () => receiptText(this.scope);
  }

  /** The totals of this task so far, computed on each access. After the end, the figures of the span. */
  get totals(): Totals {
    return this.scope.account.totals();
  }

  // Getters and not methods: apps destructure the handle, as in `({ fail }) => …`, where a method would lose its
  // `this`.

  /** Marks the task as successful, with the number of delivered actions: above 0, default 1. */
  get succeed(): TaskHandle['succeed'] {
    return (options = {}) => {
      const { actions = 1 } = usable(options);
      this.decide('success', actions);
    };
  }

  /** Marks the task as failed, whatever its function returns. Its whole cost is wasted. */
  get fail(): (reason?: string) => void {
    return (reason) => {
      this.decide('failure');
      this.failReason = reasonOf(reason);
    };
  }

  /** Marks the task as cancelled. Its whole cost is wasted. */
  get cancel(): () => void {
    return () => this.decide('cancelled');
  }

  /** True once the app has marked the task as successful. */
  protected get isSuccess(): boolean {
    return this.task.outcome === 'success';
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
    this.flagCallsOutside();
    task.outcome ??= outcomeOf(ending);
    this.scope.cancelled = task.outcome === 'cancelled';
    if (task.outcome !== 'success') task.becameWaste = this.scope.failWhole();
    // An error that was thrown is already on the span, with more detail.
    if (task.outcome === 'failure' && ending.how !== 'threw')
      markError(this.runtime, this.span, undefined, this.failReason && shownMessage(this.failReason));
    this.scope.tally?.end(task.outcome === 'success', task.delivered);
    if (task.sessions === undefined || !task.isOutermost) return;
    // Its cost also counts in the enclosing sessions.
    for (let entry: SessionEntry | undefined = task.sessions; entry !== undefined; entry = entry.outer) {
      entry.session.tasks += 1;
      if (task.outcome === 'success') entry.session.successfulTasks += 1;
      entry.session.actions += task.delivered;
    }
  }

  /**
   * Marks the task as incomplete if nothing was billed in it while calls were made outside every task: those may be its
   * own.
   */
  private flagCallsOutside(): void {
    const { task, scope, runtime, record, span } = this;
    const made = runtime.callsOutside - this.outsideBefore;
    if (made === 0 || !task.isOutermost || scope.account.hasBills || hasOpenWrapper(record)) return;
    warnOnce(
      'a task ended without a call while wrapped calls ran outside every task: they may be its work. ' +
        'Wrap the function outside the queue, or run the queued work with task.run(fn)',
    );
    const unseen = new Bill('llm', { pico: undefined, status: 'unpriced' });
    unseen.name = 'of calls outside this task';
    postBill(record, unseen);
    const calls = `${made} wrapped ${made === 1 ? 'call' : 'calls'}`;
    runtime.guard(() =>
      span.setAttribute(COST_ANOMALY, `no call in this task while ${calls} ran outside every task`),
    );
  }

  protected override afterEnd(): void {
    if (this.task.sessions !== undefined) this.task.sessions.session.openScopes -= 1;
  }
}

/**
 * True while a wrapper inside is open. Other instrumentations' spans do not count, because they exist only with an SDK.
 */
function hasOpenWrapper(record: SpanRecord): boolean {
  let found = false;
  record.forEachOpenBelow((open) => {
    // The record of a wrapper is settled from the start, because nothing is read from its span.
    found ||= isSpanRecord(open) && open.settled && !open.ended;
  });
  return found;
}

/** The message of the span's status. Apps without types pass the error itself. */
function reasonOf(reason: unknown): string | undefined {
  if (typeof reason === 'string') return reason;
  return reason === undefined || reason === null ? undefined : errorMessage(reason);
}

function outcomeOf(ending: Ending): TaskOutcome {
  if (ending.how === 'threw') return 'failure';
  return ending.how === 'stopped' ? 'cancelled' : 'success';
}
