import { SpanKind } from '@opentelemetry/api';
import {
  type Admission,
  askForLlm,
  isAsyncFunction,
  isGenerator,
  isLimited,
  learn,
  noteForm,
  willGivePromise,
} from '../budgets/admission.js';
import type { Counterfactual } from '../counterfactual.js';
import type { LlmHandle, RecordedModel } from '../handles.js';
import { CALL_MEASURES, readBudget } from '../ledger/budget-terms.js';
import { MAX_EXACT_PICO, type Pico } from '../money.js';
import { type Attempt, beginAttempt, endAttempt, type Work } from '../pipeline/attempts.js';
import { charge, chargeOnChild } from '../pipeline/charge.js';
import { settleCounterfactual } from '../pipeline/counterfactual.js';
import { requestAttributes, writeResponse } from '../pipeline/llm-attributes.js';
import { LlmFacts } from '../pipeline/llm-facts.js';
import { isRejection, isUnsent } from '../pipeline/rejection.js';
import { settleCall } from '../pipeline/settle.js';
import { settleWrapper } from '../pipeline/settle-wrapper.js';
import { Bill } from '../spans/bill.js';
import { errorCode, errorStatus } from '../spans/error-facts.js';
import type { OpenCall } from '../spans/surroundings.js';
import { isInputOnlyOperation, ofInputOnlyCall } from '../usage/input-only.js';
import { type RequestFacts, readRequest } from '../usage/read-request.js';
import { readResponse } from '../usage/read-response.js';
import type { CallNames, Recorded } from '../usage/recorded-usage.js';
import { StreamReader } from '../usage/stream-reader.js';
import { countToolTokens, toolOverhead } from '../usage/tool-overhead.js';
import type { CallFacts } from '../usage/usage.js';
import { PACKAGE_NAME } from '../version.js';
import type { Ending } from './call.js';
import { notePlace } from './call-place.js';
import type { LlmOptions } from './options.js';
import { UsageCall } from './usage-call.js';

/** One LLM call. */
export class LlmCall extends UsageCall implements LlmHandle, OpenCall, Work {
  readonly kind = 'llm';
  open = true;
  private readonly request: RequestFacts;
  private readonly spanName: string;
  private readonly markedAttempt: number | undefined;
  private readonly attempt: Attempt | undefined;
  private readonly startMillis: number;
  private readonly counterfactual: Counterfactual | undefined;
  private readonly toolTokens: number | undefined;
  /** True inside an open wrapper: the call is part of that wrapper's call. */
  private readonly isInsideCall: boolean;
  /** True for operations like `embeddings`. */
  private readonly hasNoOutput: boolean;
  private reader: StreamReader | undefined;
  private addedPico: Pico = 0;
  private brokeOff = false;
  /** A side of the call was missing when it ended, so that it is counted as unpriced. */
  private lacksSide = false;
  /** Released when the call ends, because a request may be large and the app may keep the handle for long. */
  private options: LlmOptions | undefined;

  constructor(options: LlmOptions) {
    const terms = readBudget('withLlm', options, CALL_MEASURES);
    super();
    const { record } = this;
    this.request = readRequest(options.request);
    const { model, provider } = options;
    // A getter may return a different value than when the options were checked.
    if (typeof model === 'string') this.request.model = model;
    if (typeof provider === 'string') this.request.provider = provider;
    if (terms !== undefined) this.limitTo(terms, this.request.model ?? 'llm');
    this.markedAttempt = options.attempt;
    this.startMillis = options.startTimeMillis ?? Date.now();
    this.counterfactual = options.counterfactual;
    if (options.countTokens !== undefined)
      this.toolTokens = countToolTokens(options.request, options.countTokens);
    this.options = options;
    this.isInsideCall = record.collector() !== undefined;
    record.kind = 'wrapper';
    record.isBillableCall = true;
    record.becomeCall(undefined, this);
    const operation = options.operation ?? 'chat';
    this.hasNoOutput = isInputOnlyOperation(operation);
    const name = this.request.model === undefined ? operation : `${operation} ${this.request.model}`;
    this.spanName = name;
    this.begin(name, SpanKind.CLIENT, requestAttributes(operation, this.request), options.startTimeMillis);
    // If the call never ends, its collected bills are written on a child of this span.
    record.span = this.span;
    this.attempt = beginAttempt(this.runtime, record, this);
    notePlace(this.runtime, record);
    this.runtime.hasLlmWrapper = true;
  }

  get workName(): string {
    return `llm ${this.request.model}`;
  }

  get workInput(): unknown {
    return this.options?.request;
  }

  override admission(work: unknown): Admission | undefined {
    const { runtime, record, isInsideCall, request: facts, startMillis } = this;
    if (!isLimited(runtime, record)) return undefined;
    const { request, operation = 'chat', estimateUsd } = this.options ?? {};
    const asked = { facts, operation, estimateUsd, startMillis };
    // Every client's call returns a promise or a stream, so the first call of a model may wait as well.
    const isFirst = this.givesPromise() === undefined && !isGenerator(work);
    const isAsync = willGivePromise(this, work);
    const when = {
      name: this.spanName,
      mayWait: !isGenerator(work),
      canWait: isFirst || isAsync,
      asksStore: isAsyncFunction(work),
    };
    return askForLlm(runtime, record, isInsideCall, asked, request, when);
  }

  override givesPromise(): boolean | undefined {
    return this.runtime.history.find('llm', this.request.model ?? '')?.givesPromise;
  }

  override noteForm(value: unknown): void {
    const { model } = this.request;
    if (model !== undefined) noteForm(this.runtime.history, 'llm', model, value);
  }

  protected override withdraw(): void {
    this.open = false;
    this.options = undefined;
  }

  addCost(pico: Pico): boolean {
    if (!this.open || this.addedPico + pico > MAX_EXACT_PICO) return false;
    this.addedPico += pico;
    return true;
  }

  takeUsage(usage: object, names?: RecordedModel): boolean {
    if (this.open) this.noteUsage(names === undefined ? 'recordUsage' : 'recordProviderUsage', usage, names);
    return this.open;
  }

  override chunk(chunk: unknown): void {
    this.reader ??= new StreamReader();
    this.reader.push(chunk);
  }

  protected override streamedFacts(): CallFacts | undefined {
    return this.reader?.facts();
  }

  protected override get requestNames(): CallNames {
    return this.request;
  }

  protected settle(ending: Ending): void {
    this.open = false;
    const { runtime, record, span } = this;
    const response = this.withRecords(this.response(ending));
    // After the first chunk, the model has run.
    const rejected = ending.how === 'threw' && this.reader === undefined && wasRejected(ending.error);
    const facts = this.facts(response, rejected);
    const failed = ending.how === 'threw';
    const tokenKeys = record.pocket?.tokenKeys;
    const bill = settleWrapper(runtime, record, facts);
    bill.failed = failed;
    this.lacksSide = facts.usage?.incomplete === true && bill.isLowerBound;
    if (bill.notBilled === undefined) this.complete(bill, facts);
    if (facts.usage === undefined && bill.status === 'unpriced')
      this.advise(ending, this.reader !== undefined);
    this.billAdded(failed);
    charge(runtime, record, span, bill);
    this.noteOutcome(bill, this.brokeOff);
    if (ending.how !== 'stopped') endAttempt(record, this, this.attempt, failed, this.markedAttempt);
    this.options = undefined;
    // Last, because the app may have made its span throw.
    writeResponse(span, response, facts.usage, tokenKeys);
  }

  private response(ending: Ending): CallFacts | undefined {
    const whole = ending.how === 'returned' ? readResponse(ending.value, this.options?.request) : undefined;
    const streamed = this.reader?.facts();
    // The response that was collected from the chunks, or the value of a generator.
    if (streamed?.usage === undefined && whole?.usage !== undefined) return { ...streamed, ...whole };
    if (this.reader === undefined) return whole;
    // The stream was cut off: the counts so far are a lower bound.
    this.brokeOff = !this.reader.complete && ending.how !== 'streamed' && this.records === undefined;
    return streamed;
  }

  /** Records of the app replace the response, except for facts that no record states. */
  private withRecords(response: CallFacts | undefined): CallFacts | Recorded | undefined {
    if (this.records === undefined) return response;
    const { usage: _usage, responseId: _id, stepIds: _ids, calls: _calls, ...more } = response ?? {};
    return { ...more, ...this.records.total(this.request) };
  }

  private facts(response: CallFacts | Recorded | undefined, rejected: boolean): LlmFacts {
    const stated = response?.usage;
    const usage = this.hasNoOutput && stated !== undefined ? ofInputOnlyCall(stated) : stated;
    const responseIds = idsOf(response);
    const facts = new LlmFacts(usage, PACKAGE_NAME, responseIds);
    const recordedProvider = response !== undefined && 'provider' in response ? response.provider : undefined;
    facts.provider = recordedProvider ?? this.request.provider ?? response?.responseProvider;
    facts.model = response?.responseModel ?? this.request.model;
    facts.requestModel = this.request.model;
    facts.serviceTier = response?.serviceTier;
    facts.timeMillis = this.startMillis;
    facts.rejected = rejected;
    const calls = response?.calls ?? usage?.requests ?? 1;
    if (calls > 1 || responseIds.length > 1) {
      facts.of = 'sum';
      facts.calls = Math.max(calls, responseIds.length);
    }
    return facts;
  }

  /** Adds the facts to the bill that only the wrapper knows. */
  private complete(bill: Bill, facts: LlmFacts): void {
    const { runtime, record, counterfactual } = this;
    const { usage } = facts;
    if (counterfactual !== undefined && usage !== undefined && bill.tokens !== undefined) {
      const billed = { ...usage, tokens: bill.tokens };
      bill.savedPico = settleCounterfactual(runtime.prices, facts, billed, counterfactual);
    }
    const overheadTokens = toolOverhead(bill.tokens, usage, this.toolTokens);
    if (overheadTokens > 0) bill.toolOverheadTokens = overheadTokens;
    const attempt = this.markedAttempt ?? this.attempt?.number;
    if (attempt !== undefined) bill.attempt = attempt;
    if (this.brokeOff) bill.estimate('stream_cut');
    if (this.unread !== undefined) bill.anomaly ??= this.unread;
    if (bill.pico !== undefined && bill.pico + this.addedPico <= MAX_EXACT_PICO) {
      bill.pico += record.settleMoney(this.addedPico, false);
      this.addedPico = 0;
    }
    // A partial cost would lower the mean.
    if (!this.brokeOff) learn(runtime.history, this.request.model, bill);
  }

  /** Bills costs that were recorded on this call and could not be added to its own bill. */
  private billAdded(isOfFailedCall: boolean): void {
    const { runtime, record, span, addedPico: pico } = this;
    if (pico === 0) return;
    const bill = new Bill('llm', { pico, source: 'declared' });
    bill.isOfFailedCall = isOfFailedCall;
    bill.subject = { provider: this.request.provider, model: this.request.model };
    chargeOnChild(runtime, record, span, 'llm', bill);
  }

  /**
   * Bills usage after the span has ended. The bill is written on a child span, and resolves a call that was counted as
   * unpriced.
   */
  protected billLate(late: Recorded): void {
    const { runtime, record, span } = this;
    const facts = this.facts(late, false);
    const bill = settleCall(runtime, record, facts);
    const isWhole = facts.usage?.incomplete !== true;
    if (isWhole && this.lacksSide && bill.notBilled === undefined) {
      this.lacksSide = false;
      bill.settlesUnpriced = true;
      bill.unpricedRow = record.unpricedRow;
    }
    this.postLate(bill, isWhole, () => {
      if (bill.notBilled === undefined)
        chargeOnChild(runtime, record, span, this.request.model ?? 'llm', bill, true);
    });
  }
}

/** True when the model never ran, so that nothing is charged. */
function wasRejected(error: unknown): boolean {
  return isRejection(errorStatus(error)) || isUnsent(errorCode(error));
}

const NO_IDS: readonly string[] = [];

/** The ids of all steps that a response sums up, or else its own id. */
function idsOf(response: CallFacts | undefined): readonly string[] {
  if (response?.stepIds !== undefined && response.stepIds.length > 0) return response.stepIds;
  return response?.responseId === undefined ? NO_IDS : [response.responseId];
}
