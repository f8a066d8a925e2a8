import { SpanKind } from '@opentelemetry/api';
import { isActionError, isActionResult } from '../action.js';
import { OPERATION_NAME, TOOL_NAME } from '../attributes.js';
import {
  type Admission,
  askBudgets,
  isAsyncFunction,
  isGenerator,
  isLimited,
  learn,
  noteForm,
  willGivePromise,
} from '../budgets/admission.js';
import { toolDemand } from '../budgets/demand.js';
import type { ToolHandle } from '../handles.js';
import { CALL_MEASURES, readBudget } from '../ledger/budget-terms.js';
import type { Demand } from '../ledger/measures.js';
import { Refusal } from '../ledger/reservation.js';
import { MAX_EXACT_PICO, type Pico } from '../money.js';
import { type Attempt, beginAttempt, endAttempt, type Work } from '../pipeline/attempts.js';
import { charge, chargeOnChild, settleMoney } from '../pipeline/charge.js';
import { markError } from '../pipeline/mark-error.js';
import { postBill } from '../pipeline/post.js';
import { openTool } from '../pipeline/start.js';
import { NO_COST, type ToolAmount, toolBill } from '../pipeline/tool-amount.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import { Bill, type BillSubject } from '../spans/bill.js';
import type { OpenCall } from '../spans/surroundings.js';
import { ToolSpan } from '../spans/tool-span.js';
import { isFailedResult } from '../usage/tool-bills.js';
import { Call, type Ending } from './call.js';
import { notePlace } from './call-place.js';
import type { ToolOptions } from './options.js';
import { amountOf, priceOver, readToolCost, type ToolCost } from './tool-cost.js';

/** The `error.type` of a tool whose result states a failure, as in OpenTelemetry's MCP conventions. */
const TOOL_ERROR = 'tool_error';

/** One tool call. */
export class ToolCall extends Call implements ToolHandle, OpenCall, BillSubject, Work {
  readonly kind = 'tool';
  readonly timeMillis: number;
  isCacheHit?: boolean;
  private readonly price: ToolPrice;
  private readonly tool: ToolSpan;
  private addedPico: Pico = 0;
  private added = false;
  private readonly attempt: Attempt | undefined;

  constructor(
    private readonly options: ToolOptions,
    /** Undefined when they are unknown. */
    readonly args: readonly unknown[] | undefined,
  ) {
    const terms = readBudget('withTool', options, CALL_MEASURES);
    super();
    const { record } = this;
    this.timeMillis = options.startTimeMillis ?? Date.now();
    if (terms !== undefined) this.limitTo(terms, options.name);
    const declared = this.runtime.tools[options.name];
    this.price = declared === undefined ? options : priceOver(declared, options);
    this.tool = new ToolSpan(options.name, true);
    openTool(record, this.tool, this);
    // The enclosing span is a framework's own span of the same call. The bill is written here.
    const outer = record.outerTool;
    if (outer?.open && !outer.ours && outer.name() === options.name) outer.billedInside = true;
    const attributes = { [OPERATION_NAME]: 'execute_tool', [TOOL_NAME]: options.name };
    this.begin(`execute_tool ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
    this.attempt = beginAttempt(this.runtime, record, this);
    record.isBillableCall = this.price.billable === true || this.price.costUsd !== undefined;
    if (record.isBillableCall) notePlace(this.runtime, record);
  }

  get toolName(): string {
    return this.options.name;
  }

  get workName(): string {
    return `tool ${this.options.name}`;
  }

  get workInput(): unknown {
    return this.args;
  }

  override admission(work: unknown): Admission | undefined {
    const { runtime, record } = this;
    if (!isLimited(runtime, record)) return undefined;
    const isAsync = willGivePromise(this, work);
    const when = {
      name: `execute_tool ${this.options.name}`,
      mayWait: !isGenerator(work),
      canWait: isAsync,
      asksStore: isAsyncFunction(work),
      isFirst: this.givesPromise() === undefined,
    };
    return askBudgets(runtime, record, false, () => this.demand(), when);
  }

  /** Asks the budgets again, for unexpected work. Rejects if there is no room. */
  protected async askAgain(): Promise<void> {
    const { runtime, record } = this;
    this.endOwnReservation();
    const when = { name: `execute_tool ${this.options.name}`, mayWait: true, canWait: true, asksStore: true };
    const outcome = await askBudgets(runtime, record, false, () => this.demand(), when);
    if (outcome instanceof Refusal) {
      const error = outcome.error();
      this.refused(error, outcome.isStoreDown ? 'refuse' : undefined);
      throw error;
    }
    if (outcome !== undefined) this.admitted(outcome);
  }

  protected demand(): Demand {
    const { runtime, options, price } = this;
    return toolDemand(runtime, options.name, price, options.estimateUsd);
  }

  override givesPromise(): boolean | undefined {
    return this.runtime.history.find('tool', this.options.name)?.givesPromise;
  }

  override noteForm(value: unknown): void {
    noteForm(this.runtime.history, 'tool', this.options.name, value);
  }

  protected override withdraw(): void {
    this.tool.open = false;
  }

  addCost(pico: Pico): boolean {
    if (!this.tool.open || this.addedPico + pico > MAX_EXACT_PICO) return false;
    this.addedPico += pico;
    this.added = true;
    return true;
  }

  /** The value returned to the app: only the data if the result is to be unwrapped. */
  override map(value: unknown): unknown {
    return this.options.unwrap && isActionResult(value) ? value.data : value;
  }

  protected settle(ending: Ending): void {
    const { runtime, record, span } = this;
    this.tool.open = false;
    const failed = this.hasFailed(ending);
    const cost = this.cost(ending);
    const isBilled = cost !== 'not billed' || this.added;
    const bill = toolBill(isBilled ? this.amount(cost) : NO_COST);
    bill.failed = failed;
    const attempt = this.options.attempt ?? this.attempt?.number;
    if (attempt !== undefined) bill.attempt = attempt;
    bill.subject = this;
    if (isBilled) this.moveAddedTo(bill);
    const includesBelow = this.includesChildren(cost);
    if (isBilled) settleMoney(record, bill, includesBelow);
    // Another process has billed a part of the amount, or not: only its store knows.
    if (includesBelow && this.tool.hasCalledOthers) bill.estimate('ambiguous_usage');
    this.complete(bill, ending);
    // A cached answer does not show the cost of the tool.
    if (this.isCacheHit !== true) learn(runtime.history, this.options.name, bill);
    if (!isBilled) postBill(record, bill);
    else charge(runtime, record, span, bill);
    this.noteOutcome(bill);
    this.billAdded(failed);
    if (ending.how !== 'stopped') endAttempt(this.record, this, this.attempt, failed, attempt);
  }

  /** A failure that the tool returned, as an `ActionError` or an MCP result, is marked on the span. */
  private hasFailed(ending: Ending): boolean {
    if (ending.how !== 'returned') return ending.how === 'threw';
    if (isActionError(ending.value)) this.markFailed(ending.value);
    // The text of the result is for the model and may have any content, so it is not written on the span.
    else if (isFailedResult(ending.value)) markError(this.runtime, this.span, TOOL_ERROR, undefined);
    else return false;
    return true;
  }

  private amount(cost: ToolCost): ToolAmount {
    if (cost !== 'not billed') return amountOf(this.runtime, this.options.name, cost);
    return { pico: 0, source: 'declared', status: this.addedPico === 0 ? 'free' : undefined };
  }

  /** The cost of this call by its result or price. */
  protected cost(ending: Ending): ToolCost {
    return readToolCost(ending, this.price, this.args ?? [], this.added);
  }

  /** Adds facts to the bill before it is booked. */
  protected complete(_bill: Bill, _ending: Ending): void {}

  /** The cost of this call, including the spans below it. */
  protected wholePico({ pico = 0 }: Bill): Pico {
    return pico + this.addedPico + this.record.moneyBelow;
  }

  private includesChildren(cost: ToolCost): boolean {
    return typeof cost === 'object' && cost.source === 'returned' && this.price.costIncludesChildren === true;
  }

  private moveAddedTo(bill: Bill): void {
    if (bill.pico === undefined || bill.pico + this.addedPico > MAX_EXACT_PICO) return;
    bill.pico += this.addedPico;
    this.addedPico = 0;
  }

  /** Bills a cost that was recorded on this call when its own bill has no amount, or too large a one to add to. */
  private billAdded(isOfFailedCall: boolean): void {
    const { runtime, record, span, addedPico: pico } = this;
    if (pico === 0) return;
    const bill = new Bill('tool', { pico, source: 'declared' });
    bill.isOfFailedCall = isOfFailedCall;
    bill.subject = { toolName: this.options.name };
    chargeOnChild(runtime, record, span, 'tool', bill);
  }
}
