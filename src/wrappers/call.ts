import { type Attributes, type Context, type Span, type SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { BUDGET_MEASURE, BUDGET_SCOPE, ERROR_TYPE } from '../attributes.js';
import { signalAround } from '../budgets/around.js';
import type { Admission, GatedCall } from '../budgets/gate.js';
import type { BudgetExceededError } from '../errors.js';
import { Account } from '../ledger/account.js';
import { Budget } from '../ledger/budget.js';
import type { BudgetTerms } from '../ledger/budget-options.js';
import type { Reservation } from '../ledger/reservation.js';
import { activeContext, runInContext } from '../otel.js';
import { chargeToCaller } from '../pipeline/charged-to.js';
import { closeRecord, stateRollUps } from '../pipeline/close.js';
import { recordAround } from '../pipeline/start.js';
import { tellTaskEnd } from '../pipeline/task-end.js';
import type { CallHooks } from '../results/call-watch.js';
import { tellRefused } from '../runtime/listeners.js';
import { currentRuntime, type Runtime } from '../runtime/runtime.js';
import { errorMessage, errorType } from '../spans/error-facts.js';
import { repeatsSpanAround, startOwnSpan } from '../spans/own-span.js';
import { contextWithRecord } from '../spans/record-lookup.js';
import { SpanRecord } from '../spans/span-record.js';
import { isInDeclaredTask, Task } from '../spans/task.js';
import { warnOnce } from '../warnings.js';

/** How a wrapped call ended. */
export type Ending =
  | { how: 'returned'; value: unknown }
  | { how: 'threw'; error: unknown }
  | { how: 'streamed' }
  | { how: 'stopped' };

/** One wrapped piece of work: its span, its record, and what is done when it ends. */
export abstract class Call implements CallHooks, GatedCall {
  readonly runtime: Runtime = currentRuntime();
  protected readonly record: SpanRecord;
  // The one around until the span is there. It is not kept: it may hold a call that has ended, which holds another.
  protected context: Context = activeContext();
  private startedSpan: Span | undefined;
  private shiftMillis: number | undefined;
  private reservation: Reservation | undefined;
  private abortSignal: AbortSignal | undefined;
  /** What this call itself may use. */
  protected budget: Budget | undefined;

  constructor() {
    const around = recordAround(this.runtime, this.context);
    this.record = new SpanRecord(around);
    this.record.settled = true;
    if (around === undefined) chargeToCaller(this.runtime, this.record, this.context);
  }

  /** The span of this call, for attributes and events of the app's own. */
  get span(): Span {
    if (this.startedSpan === undefined) throw new Error('the span is there once the call has begun');
    return this.startedSpan;
  }

  /**
   * Aborts when a budget around, or of this call itself, is used up that has the mode `abort`. Its reason is a
   * `BudgetExceededError`.
   */
  get signal(): AbortSignal {
    this.abortSignal ??= signalAround(this.record);
    return this.abortSignal;
  }

  /** Starts the span; the record is set up by then. `startTimeMillis` is ms since 1970, now by default. */
  protected begin(name: string, kind: SpanKind, attributes: Attributes, startTimeMillis?: number): void {
    const { record } = this;
    if (record.parent === undefined && record.task === undefined) {
      record.task = new Task(undefined, undefined, record.sessions);
      record.ownTask = record.task;
    }
    const options = {
      kind,
      attributes,
      ...(startTimeMillis !== undefined && { startTime: startTimeMillis }),
    };
    const span = startOwnSpan(record, name, options, this.context);
    this.startedSpan = span;
    if (startTimeMillis !== undefined) this.shiftMillis = startTimeMillis - Date.now();
    record.ownTask?.bindSpan(span, name, repeatsSpanAround(span, this.context));
    this.context = contextWithRecord(this.context, span, record);
  }

  /** A call outside every declared task may be one's all the same, and one in a task that has ended another one's. */
  protected notePlace(): void {
    const { task, scope } = this.record;
    if (!isInDeclaredTask(task)) this.runtime.callsOutside += 1;
    else if (scope?.ended && scope.mayFail) {
      warnOnce(
        'a wrapped call began in a task that had ended, and is billed there. A queue may have run it for another task: ' +
          'wrap the function outside the queue, or run the queued work with task.run(fn)',
      );
    }
  }

  enter<R>(step: () => R): R {
    return runInContext(this.context, step);
  }

  /** Limits what this one call and all below it may use. */
  protected limitTo(terms: BudgetTerms, name: string): void {
    this.budget = new Budget({ kind: 'call', name }, new Account(), terms);
    this.record.budgets = [...(this.record.budgets ?? []), this.budget];
  }

  admission(_work: unknown): Admission | undefined {
    return undefined;
  }

  admitted(reservation: Reservation): void {
    this.reservation = reservation;
    this.record.reservation = reservation;
  }

  givesPromise(): boolean {
    return false;
  }

  noteForm(_value: unknown): void {}

  /** It was not made: nothing is billed, and its span says why. */
  refused(error: BudgetExceededError): void {
    const { runtime, span } = this;
    runtime.stats.budgetRefusals += 1;
    runtime.guard(() => {
      this.markFailed(error);
      span.setAttribute(BUDGET_SCOPE, error.scope);
      span.setAttribute(BUDGET_MEASURE, error.measure);
      tellRefused(error, this.record);
      this.withdraw();
    });
    this.close();
  }

  chunk(_chunk: unknown): void {}

  map(value: unknown): unknown {
    return value;
  }

  returned(value: unknown): void {
    this.end({ how: 'returned', value });
  }

  threw(error: unknown): void {
    this.end({ how: 'threw', error });
  }

  streamed(): void {
    this.end({ how: 'streamed' });
  }

  stopped(): void {
    this.end({ how: 'stopped' });
  }

  /** Settles what the call cost, just before its span ends. */
  protected abstract settle(ending: Ending): void;

  /** Takes back what the start of a call set up for its work. */
  protected withdraw(): void {}

  /** After the span has ended. */
  protected afterEnd(): void {}

  private end(ending: Ending): void {
    const { record, runtime, span } = this;
    try {
      if (ending.how === 'threw') this.markFailed(ending.error);
      this.settle(ending);
      stateRollUps(record, span);
    } catch (error) {
      runtime.caught(error);
    }
    this.close();
  }

  private close(): void {
    const { record, runtime, span } = this;
    try {
      // A replay that starts in the past ends there too.
      span.end(this.shiftMillis === undefined ? undefined : Date.now() + this.shiftMillis);
    } catch (error) {
      runtime.caught(error);
    }
    try {
      this.reservation?.release();
      closeRecord(runtime, record);
      this.budget?.close();
      this.afterEnd();
      if (record.ownTask?.isStated) tellTaskEnd(runtime, record.ownTask, record);
    } catch (error) {
      runtime.caught(error);
    }
  }

  protected markFailed(error: unknown): void {
    if (!this.span.isRecording()) return;
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) });
    this.span.setAttribute(ERROR_TYPE, errorType(error));
  }
}
