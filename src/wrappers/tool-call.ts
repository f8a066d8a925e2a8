import { SpanKind } from '@opentelemetry/api';
import { isActionError, isActionResult, mistakeOf } from '../action.js';
import { OPERATION_NAME, TOOL_NAME } from '../attributes.js';
import { toolDemand } from '../budgets/demand.js';
import { type Admission, askBudgets, isLimited, learn, noteForm, willGivePromise } from '../budgets/gate.js';
import { askAmount } from '../callback.js';
import { type BudgetedOptions, CALL_MEASURES, readBudget } from '../ledger/budget-options.js';
import type { Demand } from '../ledger/measures.js';
import { isPostableUsd, MAX_EXACT_PICO, type Pico, picoFromUsd } from '../money.js';
import { type Attempt, beginAttempt, endAttempt, type Work } from '../pipeline/attempts.js';
import { book, charge } from '../pipeline/charge.js';
import { chargeOnChild } from '../pipeline/child-cost.js';
import { openTool } from '../pipeline/start.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import { type Amount, Bill, type BillSubject } from '../spans/bill.js';
import { type OpenLeaf, ToolCover } from '../spans/cover.js';
import { Creditor } from '../spans/span-record.js';
import { noTokens } from '../usage/usage.js';
import { isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { Call, type Ending } from './call.js';

export interface ToolOptions extends ToolPrice, BudgetedOptions {
  /** The tool's name: `gen_ai.tool.name`. */
  name: string;
  /** Hands on `.data` of an `ActionResult` in place of it. Default false. */
  unwrap?: boolean;
  /**
   * Which attempt of the same call this is, from 1. Default: found by the arguments, where the same call failed before
   * in the same agent or task.
   */
  attempt?: number;
  /** What `withTool` calls the tool with, so that a repetition is found; `wrapTool` sees it. */
  args?: readonly unknown[];
  /** What it is expected to cost, in USD, where budgets hold calls back; before any other estimate. */
  estimateUsd?: number;
  /** When it started, ms since 1970. Default: now. */
  startTimeMillis?: number;
}

/** What a tool call costs, as far as its result or its declaration says. */
export type ToolCost =
  | { usd: unknown; source: 'returned' | 'declared'; mistake?: string | undefined }
  | 'unknown'
  | 'not billed';

const NOT_BILLED: Amount = { pico: 0, source: 'none' };

/** One call of a tool. */
export class ToolCall extends Call implements OpenLeaf, BillSubject, Work {
  readonly kind = 'tool';
  readonly timeMillis: number;
  isCacheHit?: boolean;
  private readonly price: ToolPrice;
  private readonly cover: ToolCover;
  private addedPico: Pico = 0;
  private added = false;
  private readonly attempt: Attempt | undefined;

  constructor(
    private readonly options: ToolOptions,
    /** Undefined where they are not known. */
    readonly args: readonly unknown[] | undefined,
  ) {
    const terms = readBudget('withTool', options, CALL_MEASURES);
    super();
    const { record } = this;
    this.timeMillis = options.startTimeMillis ?? Date.now();
    if (terms !== undefined) this.limitTo(terms, options.name);
    const declared = this.runtime.tools[options.name];
    this.price = declared === undefined ? options : priceOver(declared, options);
    this.cover = new ToolCover(options.name, true);
    openTool(record, this.cover);
    record.leaf = this;
    // A framework's own span of this very call is around: the bill stands here.
    const outer = record.outerTool;
    if (outer?.open && !outer.ours && outer.name() === options.name) outer.billedInside = true;
    const attributes = { [OPERATION_NAME]: 'execute_tool', [TOOL_NAME]: options.name };
    this.begin(`execute_tool ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
    this.attempt = beginAttempt(this.runtime, record, this);
    if (this.price.billable || this.price.costUsd !== undefined) this.notePlace();
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
    const givesPromise = willGivePromise(this, work);
    return askBudgets(runtime, record, false, () => this.demand(), { canWait: true, givesPromise });
  }

  protected demand(): Demand {
    const { runtime, options, price } = this;
    return toolDemand(runtime, options.name, price, options.estimateUsd);
  }

  override givesPromise(): boolean {
    return this.runtime.history.find('tool', this.options.name)?.givesPromise === true;
  }

  override noteForm(value: unknown): void {
    noteForm(this.runtime.history, 'tool', this.options.name, value);
  }

  protected override withdraw(): void {
    this.cover.open = false;
  }

  addCost(pico: Pico): boolean {
    if (!this.cover.open || this.addedPico + pico > MAX_EXACT_PICO) return false;
    this.addedPico += pico;
    this.added = true;
    return true;
  }

  /** What is handed on: the data alone where the result is to be unwrapped. */
  override map(value: unknown): unknown {
    return this.options.unwrap && isActionResult(value) ? value.data : value;
  }

  protected settle(ending: Ending): void {
    this.cover.open = false;
    const returnedError = ending.how === 'returned' && isActionError(ending.value) ? ending.value : undefined;
    if (returnedError !== undefined) this.markFailed(returnedError);
    const failed = ending.how === 'threw' || returnedError !== undefined;
    const cost = this.cost(ending);
    const isBilled = cost !== 'not billed' || this.added;
    const amount = isBilled ? this.amount(cost) : NOT_BILLED;
    const bill = new Bill('tool', amount);
    bill.toolCalls = 1;
    bill.failed = failed;
    bill.attempt = this.options.attempt ?? this.attempt?.number;
    bill.subject = this;
    if (isBilled) this.moveAddedTo(bill);
    this.complete(bill, ending);
    // What was answered from a cache says nothing of what the tool costs.
    if (this.isCacheHit !== true) learn(this.runtime.history, this.options.name, bill);
    if (isBilled) {
      charge(this.runtime, this.record, this.span, bill);
      if (this.includesChildren(cost) && amount.pico !== undefined) this.payForLate(amount.pico);
      this.billAdded(failed);
    } else {
      book(this.record, bill);
    }
    if (ending.how !== 'stopped') endAttempt(this.record, this, this.attempt, failed, bill.attempt);
  }

  /** Result first, then declaration, then not billed unless the tool is billable. */
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
    // A value of a type that the declaration does not have.
    if (costUsd !== undefined) return { usd: costUsd, source: 'declared' };
    // What was recorded on a billable call is its cost, as it is for any other.
    return billable && !this.added ? 'unknown' : 'not billed';
  }

  /** What is known of a bill before it is booked. */
  protected complete(_bill: Bill, _ending: Ending): void {}

  /** Everything that this call cost, the spans below it included. */
  protected wholePico({ pico = 0 }: Bill): Pico {
    return pico + this.addedPico + (this.record.allBelow()?.allPico ?? 0);
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
    if (cost === 'unknown') return { pico: undefined, source: 'unpriced:no-cost', status: 'unpriced' };
    const { usd, source, mistake } = cost;
    if (!isPostableUsd(usd)) {
      this.runtime.stats.refusedAmounts += 1;
      const anomaly = `${source} cost refused: ${mistake ?? describe(usd)}`;
      warnOnce(`a cost of the tool "${this.options.name}" is refused`, anomaly);
      return { pico: undefined, source: 'unpriced:refused-amount', status: 'unpriced', anomaly };
    }
    const pico = this.withoutChildren(picoFromUsd(usd), cost);
    return { pico, source, status: usd === 0 ? 'free' : undefined };
  }

  private withoutChildren(pico: Pico, cost: ToolCost): Pico {
    if (!this.includesChildren(cost)) return pico;
    return Math.max(0, pico - (this.record.allBelow()?.allPico ?? 0));
  }

  private includesChildren(cost: ToolCost): boolean {
    return typeof cost === 'object' && cost.source === 'returned' && this.price.costIncludesChildren === true;
  }

  /** What ends below it only later is part of what it was billed. */
  private payForLate(pico: Pico): void {
    if (pico > 0) new Creditor(this.record, noTokens(), pico, 'tool');
  }

  private moveAddedTo(bill: Bill): void {
    if (bill.pico === undefined || bill.pico + this.addedPico > MAX_EXACT_PICO) return;
    bill.pico += this.addedPico;
    this.addedPico = 0;
  }

  /** What was recorded on this call and has no place on its own bill: that has no number, or too large a one. */
  private billAdded(isOfFailedCall: boolean): void {
    const { runtime, record, span, addedPico: pico } = this;
    if (pico === 0) return;
    const bill = new Bill('tool', { pico, source: 'declared' });
    bill.isOfFailedCall = isOfFailedCall;
    bill.subject = { toolName: this.options.name };
    chargeOnChild(runtime, record, span, 'tool', bill);
  }
}

/** The call's own price over the one that is configured for its name. What it leaves undefined is as configured. */
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

/** What a plain result says under the names of a cost. */
function plainCost(result: unknown): unknown {
  try {
    return isRecord(result) ? (result.cost_usd ?? result.costUsd) : undefined;
  } catch {
    // A getter or proxy of the app's that throws: then it says nothing.
    return undefined;
  }
}

/** Of a message of the app's. */
const MAX_REASON_CHARS = 200;

function describe(value: unknown): string {
  if (value instanceof Error)
    return `the function threw ${value.name}: ${value.message}`.slice(0, MAX_REASON_CHARS);
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  return typeof value === 'number' || value === undefined ? String(value) : `a ${typeof value}`;
}
