import type { Attributes, Context, Span, SpanKind, SpanOptions } from '@opentelemetry/api';
import { BUDGET_MEASURE, BUDGET_ON_STORE_DOWN, BUDGET_SCOPE } from '../attributes.js';
import { type Admission, endReservation, type GatedCall, noteMayStayUnread } from '../budgets/admission.js';
import { signalAround } from '../budgets/around.js';
import { giveUpUnread, postedOf } from '../budgets/unread-calls.js';
import type { BudgetExceededError } from '../errors.js';
import { Account } from '../ledger/account.js';
import { Budget } from '../ledger/budget.js';
import type { OnStoreDown } from '../ledger/budget-options.js';
import type { BudgetTerms } from '../ledger/budget-terms.js';
import { Use } from '../ledger/measures.js';
import type { Reservation } from '../ledger/reservation.js';
import { activeContext, runInContext } from '../otel.js';
import { closeRecord, endScope, reportEnd, writeStated } from '../pipeline/close.js';
import { markError } from '../pipeline/mark-error.js';
import { chargeToCaller, recordAround } from '../pipeline/record-around.js';
import type { CallHooks } from '../results/call-watch.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { notifyRefused } from '../runtime/listeners.js';
import type { Runtime } from '../runtime/runtime.js';
import { currentSharing } from '../runtime/sharing.js';
import { shortText } from '../short-text.js';
import type { Bill } from '../spans/bill.js';
import { errorMessage, errorType } from '../spans/error-facts.js';
import { cutLong, repeatsSpanAround, startOwnSpan } from '../spans/own-span.js';
import { contextWithRecord } from '../spans/record-lookup.js';
import { SpanRecord } from '../spans/span-record.js';
import { Task } from '../spans/task.js';

/** How a wrapped call ended. */
export type Ending =
  | { how: 'returned'; value: unknown }
  | { how: 'threw'; error: unknown }
  | { how: 'streamed' }
  | { how: 'stopped' };

/** One wrapped piece of work, with its span and its record. Subclasses settle its cost when it ends. */
export abstract class Call implements CallHooks, GatedCall {
  readonly runtime: Runtime = currentRuntime();
  protected readonly record: SpanRecord;
  // The enclosing context. It is replaced when the span starts, because it may keep a chain of ended calls in memory.
  protected context: Context = activeContext();
  private startedSpan: Span | undefined;
  private shiftMillis: number | undefined;
  private reservation: Reservation | undefined;
  /** The state of its cost after the end: known, or the posted part. Undefined: nothing was posted. */
  private outcome: 'known' | Use | undefined;
  private abortSignal: AbortSignal | undefined;
  private isCostUnknown = false;
  private wasRefused = false;
  /** The call's own budget. */
  protected budget: Budget | undefined;

  constructor() {
    const around = recordAround(this.runtime, this.context);
    this.record = new SpanRecord(around);
    this.record.settled = true;
    if (around === undefined) chargeToCaller(this.runtime, this.record, this.context);
  }

  /** The span of this call, for the app's own attributes and events. */
  get span(): Span {
    if (this.startedSpan === undefined) throw new Error('the span does not exist before the call has begun');
    return this.startedSpan;
  }

  /**
   * Aborts when a budget with the mode `abort`, of this call or around it, is used up. Its reason is a
   * `BudgetExceededError`.
   */
  get signal(): AbortSignal {
    this.abortSignal ??= signalAround(this.record);
    return this.abortSignal;
  }

  /** Starts the span, once the record is set up. `startTimeMillis` is ms since 1970; default: now. */
  protected begin(name: string, kind: SpanKind, attributes: Attributes, startTimeMillis?: number): void {
    const { record } = this;
    if (record.parent === undefined && record.task === undefined) {
      record.ownTask = new Task(undefined, undefined, record.sessions);
      record.change().task = record.ownTask;
    }
    const options: SpanOptions = { kind, attributes: this.runtime.dialects.addKind(attributes) };
    if (startTimeMillis !== undefined) options.startTime = startTimeMillis;
    const spanName = shortText(name);
    cutLong(attributes);
    const span = startOwnSpan(record, spanName, options, this.context);
    this.startedSpan = span;
    if (startTimeMillis !== undefined) this.shiftMillis = startTimeMillis - Date.now();
    record.ownTask?.bindSpan(span, spanName, repeatsSpanAround(span, this.context));
    this.context = contextWithRecord(this.context, span, record);
  }

  enter<R>(step: () => R): R {
    return runInContext(this.context, step);
  }

  /** Sets a budget for this call and everything below it. */
  protected limitTo(terms: BudgetTerms, name: string): void {
    this.budget = new Budget({ kind: 'call', name }, new Account(), terms);
    this.record.change().budgets = [...(this.record.budgets ?? []), this.budget];
  }

  admission(_work: unknown): Admission | undefined {
    return undefined;
  }

  admitted(reservation: Reservation): void {
    this.reservation = reservation;
    this.record.change().reservation = reservation;
    const { onStoreDown } = reservation;
    if (onStoreDown !== undefined) this.span.setAttribute(BUDGET_ON_STORE_DOWN, onStoreDown);
  }

  /** Releases what was reserved so far, before the budgets are asked again. */
  protected endOwnReservation(): void {
    this.reservation?.release();
    this.reservation = undefined;
  }

  mayStayUnread(): void {
    const { record, reservation } = this;
    if (reservation === undefined) return;
    noteMayStayUnread(this, reservation);
    // Its task has already ended, so the task's end does not give this call up.
    if (record.scope?.ended) giveUpUnread(this.runtime, record);
  }

  /** Called when a cost that was recorded inside this call was refused: the cost of the call is then unknown. */
  costRefused(): void {
    this.isCostUnknown = true;
  }

  /** Reports to the budgets whether the cost of this call is known, after its bill has been posted. `isCut`: a stream was left
   * before its end, so that only a part of it was billed. */
  protected noteOutcome(bill: Bill, isCut = false): void {
    if (this.reservation === undefined) return;
    // The cost of an LLM call without its own usage is unknown if that of a call inside it is.
    const knowsLess = this.isCostUnknown || (this.reservation.isUnknownInside && bill.llmCalls === 0);
    const isKnown = bill.unpricedCalls === 0 && !isCut && !knowsLess;
    this.outcome = isKnown ? 'known' : postedOf(bill, isCut);
  }

  /**
   * Posts a bill that arrives after the end of the call. It replaces the amounts that the budgets booked for the call.
   */
  protected postLate(bill: Bill, isComplete: boolean, post: () => void): void {
    const { reservation } = this;
    if (bill.status === 'unpriced' || bill.isLowerBound || !isComplete) {
      reservation?.dropKept();
      post();
      const posted = postedOf(bill, false);
      if (this.outcome instanceof Use) posted.add(this.outcome);
      this.outcome = posted;
      if (reservation !== undefined) endReservation(this.runtime, this.record, reservation, posted);
      return;
    }
    reservation?.dropKept();
    post();
    reservation?.release();
  }

  givesPromise(): boolean | undefined {
    return false;
  }

  noteForm(_value: unknown): void {}

  /** Ends a call that was not made. Nothing is billed, and the span has the reason. */
  refused(error: BudgetExceededError, onStoreDown?: OnStoreDown): void {
    const { runtime, span } = this;
    this.wasRefused = true;
    runtime.stats.budgetRefusals += 1;
    for (let at = this.record.task; at !== undefined; at = at.around) at.wasRefused = true;
    runtime.guard(() => {
      this.markFailed(error);
      notifyRefused(error, this.record);
      this.withdraw();
      span.setAttribute(BUDGET_SCOPE, error.scope);
      span.setAttribute(BUDGET_MEASURE, error.measure);
      if (onStoreDown !== undefined) span.setAttribute(BUDGET_ON_STORE_DOWN, onStoreDown);
    });
    this.close();
  }

  chunk(_chunk: unknown): void {}

  map(value: unknown): unknown {
    return value;
  }

  returned(value: unknown): void {
    this.finish({ how: 'returned', value });
  }

  threw(error: unknown): void {
    this.finish({ how: 'threw', error });
  }

  streamed(): void {
    this.finish({ how: 'streamed' });
  }

  stopped(): void {
    this.finish({ how: 'stopped' });
  }

  /** Settles the cost of the call just before its span ends. */
  protected abstract settle(ending: Ending): void;

  /** Reverts the setup for the work of a call that was refused. */
  protected withdraw(): void {}

  /** Called after the span has ended. */
  protected afterEnd(): void {}

  private finish(ending: Ending): void {
    const { record, runtime } = this;
    // The work threw the refusal.
    if (this.wasRefused) return;
    let isLater = false;
    try {
      if (ending.how === 'threw') this.markFailed(ending.error);
      this.reservation?.dropKept();
      this.settle(ending);
      endScope(runtime, record);
      isLater = this.waitsForOthers();
      if (!isLater) writeStated(record, this.span);
    } catch (error) {
      runtime.caught(error);
    }
    if (isLater) this.closeRecord();
    else this.close();
  }

  /** True when the span ends later, because its totals include the parts of other processes. */
  private waitsForOthers(): boolean {
    const { record, runtime } = this;
    const views = record.ownsScope ? currentSharing()?.views : undefined;
    if (views === undefined) return false;
    const end = this.endTime ?? performance.now();
    return views.wait(record, () => {
      runtime.guard(() => writeStated(record, this.span));
      this.endSpan(end);
      runtime.guard(() => reportEnd(runtime, record));
    });
  }

  private close(): void {
    this.endSpan(this.endTime);
    this.closeRecord();
  }

  /** In ms since 1970. A replay that starts in the past also ends in the past. Undefined: now. */
  private get endTime(): number | undefined {
    return this.shiftMillis === undefined ? undefined : Date.now() + this.shiftMillis;
  }

  private endSpan(end: number | undefined): void {
    try {
      this.span.end(end);
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  private closeRecord(): void {
    const { record, runtime } = this;
    try {
      if (this.reservation !== undefined) endReservation(runtime, record, this.reservation, this.outcome);
      closeRecord(runtime, record);
      this.budget?.close();
      this.afterEnd();
    } catch (error) {
      runtime.caught(error);
    }
  }

  protected markFailed(error: unknown): void {
    markError(this.runtime, this.span, errorType(error), errorMessage(error));
  }
}
