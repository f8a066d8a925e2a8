import { SpanKind } from '@opentelemetry/api';
import { isActionError, isActionResult, mistakeOf } from '../action.js';
import { OPERATION_NAME, TOOL_NAME } from '../attributes.js';
import {
  type Admission,
  askBudgets,
  isGenerator,
  isLimited,
  learn,
  noteForm,
  willGivePromise,
} from '../budgets/admission.js';
import { toolDemand } from '../budgets/demand.js';
import { askAmount } from '../callback.js';
import { type BudgetedOptions, CALL_MEASURES, readBudget } from '../ledger/budget-options.js';
import type { Demand } from '../ledger/measures.js';
import { Refusal } from '../ledger/reservation.js';
import { isPostableUsd, MAX_EXACT_PICO, type Pico, picoFromUsd } from '../money.js';
import { type Attempt, beginAttempt, endAttempt, type Work } from '../pipeline/attempts.js';
import { charge, chargeOnChild, settleMoney } from '../pipeline/charge.js';
import { postBill } from '../pipeline/post.js';
import { openTool } from '../pipeline/start.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import { shortText } from '../short-text.js';
import { type Amount, Bill, type BillSubject } from '../spans/bill.js';
import { errorMessage, errorType } from '../spans/error-facts.js';
import type { OpenCall } from '../spans/surroundings.js';
import { ToolSpan } from '../spans/tool-span.js';
import { isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { Call, type Ending } from './call.js';

export interface ToolOptions extends ToolPrice, BudgetedOptions {
  /** The tool's name: `gen_ai.tool.name`. */
  name: string;
  /** Returns `.data` of an `ActionResult` instead of the `ActionResult`. Default false. */
  unwrap?: boolean;
  /**
   * The attempt number of the same call, from 1. Default: detected by the arguments, if the same call failed before in
   * the same agent or task.
   */
  attempt?: number;
  /** The arguments of the tool in `withTool`, to detect repeated calls. `wrapTool` reads them itself. */
  args?: readonly unknown[];
  /** Estimated cost in USD, used by budgets to admit the call. Takes precedence over any other estimate. */
  estimateUsd?: number;
  /** Start time, ms since 1970. Default: now. */
  startTimeMillis?: number;
}

/** The cost of a tool call according to its result or its declared price. */
export type ToolCost =
  | { usd: unknown; source: 'returned' | 'declared'; mistake?: string | undefined }
  | 'unknown'
  | 'not billed';

const NO_COST: Amount = { pico: 0, source: 'none' };

/** One tool call. */
export class ToolCall extends Call implements OpenCall, BillSubject, Work {
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
    /** Undefined when they are not known. */
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
    if (record.isBillableCall) this.notePlace();
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
    const when = {
      name: `execute_tool ${this.options.name}`,
      mayWait: !isGenerator(work),
      canWait: willGivePromise(this, work),
      isFirst: this.givesPromise() === undefined,
    };
    return askBudgets(runtime, record, false, () => this.demand(), when);
  }

  /** Asks the budgets once more, for work that was not expected. Rejects if there is no room. */
  protected async askAgain(): Promise<void> {
    const { runtime, record } = this;
    this.endOwnReservation();
    const when = { name: `execute_tool ${this.options.name}`, mayWait: true, canWait: true };
    const outcome = await askBudgets(runtime, record, false, () => this.demand(), when);
    if (outcome instanceof Refusal) {
      const error = outcome.error();
      this.refused(error);
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
    const returnedError = ending.how === 'returned' && isActionError(ending.value) ? ending.value : undefined;
    if (returnedError !== undefined) this.markFailed(returnedError);
    const failed = ending.how === 'threw' || returnedError !== undefined;
    const cost = this.cost(ending);
    const isBilled = cost !== 'not billed' || this.added;
    const amount = isBilled ? this.amount(cost) : NO_COST;
    const bill = new Bill('tool', amount);
    bill.toolCalls = 1;
    bill.failed = failed;
    bill.attempt = this.options.attempt ?? this.attempt?.number;
    bill.subject = this;
    if (isBilled) this.moveAddedTo(bill);
    if (isBilled) settleMoney(record, bill, this.includesChildren(cost));
    this.complete(bill, ending);
    // A cached answer does not show the cost of the tool.
    if (this.isCacheHit !== true) learn(runtime.history, this.options.name, bill);
    if (!isBilled) postBill(record, bill);
    else charge(runtime, record, span, bill);
    this.noteOutcome(bill);
    this.billAdded(failed);
    if (ending.how !== 'stopped') endAttempt(this.record, this, this.attempt, failed, bill.attempt);
  }

  /** The cost from the result, or else the declared price, or else not billed unless the tool is billable. */
  protected cost(ending: Ending): ToolCost {
    const said = ending.how === 'threw' ? ending.error : ending.how === 'returned' ? ending.value : undefined;
    if ((isActionResult(said) || isActionError(said)) && said.costUsd !== undefined) {
      return { usd: said.costUsd, source: 'returned', mistake: mistakeOf(said) };
    }
    const { billable, costUsd } = this.price;
    const plain = billable && ending.how === 'returned' ? plainCost(said) : undefined;
    if (plain !== undefined && plain !== null) return { usd: plain, source: 'returned' };
    if (typeof costUsd === 'number') return { usd: costUsd, source: 'declared' };
    if (typeof costUsd === 'function') {
      return ending.how === 'returned' ? this.declaredBy(costUsd, ending.value) : 'unknown';
    }
    // A value of a wrong type: it is refused later.
    if (costUsd !== undefined) return { usd: costUsd, source: 'declared' };
    // A cost recorded on a billable call is the cost of the call.
    return billable && !this.added ? 'unknown' : 'not billed';
  }

  /** Adds facts to the bill before it is booked. */
  protected complete(_bill: Bill, _ending: Ending): void {}

  /** The cost of this call, including the spans below it. */
  protected wholePico({ pico = 0 }: Bill): Pico {
    return pico + this.addedPico + this.record.moneyBelow;
  }

  private declaredBy(
    costUsd: (result: unknown, args: readonly unknown[]) => number,
    result: unknown,
  ): ToolCost {
    const usd = askAmount(() => costUsd(isActionResult(result) ? result.data : result, this.args ?? []));
    return { usd, source: 'declared' };
  }

  private amount(cost: ToolCost): Amount {
    if (cost === 'not billed') {
      return { pico: 0, source: 'declared', status: this.addedPico === 0 ? 'free' : undefined };
    }
    if (cost === 'unknown') return { pico: undefined, status: 'unpriced', reason: 'no_result' };
    const { usd, source, mistake } = cost;
    if (!isPostableUsd(usd)) {
      this.runtime.stats.refusedAmounts += 1;
      const anomaly = `${source} cost refused: ${mistake ?? describe(usd)}`;
      warnOnce(`a cost of the tool "${this.options.name}" is refused`, anomaly);
      return { pico: undefined, status: 'unpriced', reason: 'bad_amount', anomaly };
    }
    return { pico: picoFromUsd(usd), source, status: usd === 0 ? 'free' : undefined };
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

/** Merges the call's own price with the price configured for the tool name. The call's own fields take precedence. */
function priceOver(declared: ToolPrice, own: ToolPrice): ToolPrice {
  const {
    costUsd = declared.costUsd,
    billable = declared.billable,
    costIncludesChildren = declared.costIncludesChildren,
  } = own;
  return {
    ...(costUsd !== undefined && { costUsd }),
    ...(billable !== undefined && { billable }),
    ...(costIncludesChildren !== undefined && { costIncludesChildren }),
  };
}

/** Reads `cost_usd` or `costUsd` of a plain result. */
function plainCost(result: unknown): unknown {
  try {
    return isRecord(result) ? (result.cost_usd ?? result.costUsd) : undefined;
  } catch {
    // A getter or proxy of the app threw, so the result shows no cost.
    return undefined;
  }
}

function describe(value: unknown): string {
  const kind = typeof value;
  if (kind === 'number' || value === undefined || value === null) return String(value);
  return isError(value)
    ? shortText(`the function threw ${errorType(value)}: ${errorMessage(value)}`)
    : `a${kind === 'object' ? 'n' : ''} ${kind}`;
}

/** False for a proxy of the app that throws. */
function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
