import { SpanKind } from '@opentelemetry/api';
import { askForLlm } from '../budgets/demand.js';
import { type Admission, isLimited, learn, noteForm, willGivePromise } from '../budgets/gate.js';
import { CALL_MEASURES, readBudget } from '../ledger/budget-options.js';
import { MAX_EXACT_PICO, type Pico } from '../money.js';
import { isTold, leaveToCalls, repeatedRun } from '../pipeline/agent-run.js';
import { type Attempt, beginAttempt, endAttempt, type Work } from '../pipeline/attempts.js';
import { charge, chargeQuietly, tellAbove, writeNotBilled } from '../pipeline/charge.js';
import { chargeOnChild } from '../pipeline/child-cost.js';
import {
  claimLlm,
  drawSettled,
  type LlmClaim,
  leaveClaim,
  newWithin,
  usageAbove,
} from '../pipeline/claim.js';
import { contextUsedRatio } from '../pipeline/context-window.js';
import { type Counterfactual, settleCounterfactual } from '../pipeline/counterfactual.js';
import { requestAttributes, writeResponse } from '../pipeline/llm-attributes.js';
import { type LlmFacts, type PricedCall, priceCall } from '../pipeline/llm-price.js';
import { isRejection } from '../pipeline/rejection.js';
import { settleCovered } from '../pipeline/settle-covered.js';
import { Bill } from '../spans/bill.js';
import { Cover, type OpenLeaf, type UsageTaker } from '../spans/cover.js';
import { errorStatus } from '../spans/error-facts.js';
import { idsOf } from '../spans/responses.js';
import { addToSeen, newSeen, tokensAbove } from '../spans/seen.js';
import { type RequestFacts, readRequest } from '../usage/read-request.js';
import { readResponse } from '../usage/read-response.js';
import { StreamReader } from '../usage/stream-reader.js';
import { countToolTokens, toolOverhead } from '../usage/tool-overhead.js';
import type { CallFacts, TokenCounts, Usage } from '../usage/usage.js';
import { PACKAGE_NAME } from '../version.js';
import type { Ending } from './call.js';
import type { LlmOptions } from './llm-options.js';
import { UsageCall } from './usage-call.js';

/** One call of a model. */
export class LlmCall extends UsageCall implements OpenLeaf, UsageTaker, Work {
  readonly kind = 'llm';
  open = true;
  private readonly cover: Cover;
  private readonly request: RequestFacts;
  private readonly markedAttempt: number | undefined;
  private readonly attempt: Attempt | undefined;
  private readonly startMillis: number;
  private readonly counterfactual: Counterfactual | undefined;
  private readonly toolTokens: number | undefined;
  private reader: StreamReader | undefined;
  private stepIds: readonly string[] = [];
  private addedPico: Pico = 0;
  private wasUnpriced = false;
  private brokeOff = false;
  /** While the call runs: a request may be large, and a handle may be kept for long. */
  private options: LlmOptions | undefined;

  constructor(options: LlmOptions) {
    const terms = readBudget('withLlm', options, CALL_MEASURES);
    super();
    const { record } = this;
    this.request = readRequest(options.request);
    if (options.model !== undefined) this.request.model = options.model;
    if (options.provider !== undefined) this.request.provider = options.provider;
    if (terms !== undefined) this.limitTo(terms, this.request.model ?? 'llm');
    this.markedAttempt = options.attempt;
    this.startMillis = options.startTimeMillis ?? Date.now();
    this.counterfactual = options.counterfactual;
    if (options.countTokens !== undefined)
      this.toolTokens = countToolTokens(options.request, options.countTokens);
    this.options = options;
    this.cover = new Cover(record.cover);
    record.cover = this.cover;
    record.tool = undefined;
    record.leaf = this;
    record.usageTaker = this;
    const operation = options.operation ?? 'chat';
    const name = this.request.model === undefined ? operation : `${operation} ${this.request.model}`;
    this.begin(name, SpanKind.CLIENT, requestAttributes(operation, this.request), options.startTimeMillis);
    this.attempt = beginAttempt(this.runtime, record, this);
    this.notePlace();
    this.runtime.hasLlmWrapper = true;
  }

  get workName(): string {
    return `llm ${this.request.model}`;
  }

  get workInput(): unknown {
    return this.options?.request;
  }

  override admission(work: unknown): Admission | undefined {
    const { runtime, record, cover, request: facts, startMillis } = this;
    if (!isLimited(runtime, record)) return undefined;
    const { request, operation = 'chat', estimateUsd } = this.options ?? {};
    const asked = { facts, operation, estimateUsd, startMillis };
    return askForLlm(runtime, record, cover.outer !== undefined, asked, request, willGivePromise(this, work));
  }

  override givesPromise(): boolean {
    return this.runtime.history.find('llm', this.request.model ?? '')?.givesPromise === true;
  }

  override noteForm(value: unknown): void {
    const { model } = this.request;
    if (model !== undefined) noteForm(this.runtime.history, 'llm', model, value);
  }

  protected override withdraw(): void {
    this.open = false;
    this.cover.open = false;
    this.options = undefined;
  }

  addCost(pico: Pico): boolean {
    if (!this.open || this.addedPico + pico > MAX_EXACT_PICO) return false;
    this.addedPico += pico;
    return true;
  }

  override chunk(chunk: unknown): void {
    this.reader ??= new StreamReader();
    this.reader.push(chunk);
  }

  protected settle(ending: Ending): void {
    this.open = false;
    this.cover.open = false;
    for (let at = this.cover.outer; at !== undefined; at = at.outer) at.hasCallInside = true;
    const response = this.response(ending);
    if (this.recorded === undefined) this.stepIds = response?.stepIds ?? [];
    const rejected = ending.how === 'threw' && isRejection(errorStatus(ending.error));
    const facts = this.facts(this.recorded ?? response?.usage, response, rejected);
    const failed = ending.how === 'threw';
    if (this.cover.calls.length > 0) this.billCovered(facts, failed);
    else this.billOwn(facts, failed);
    if (this.wasUnpriced) this.advise(ending, this.reader !== undefined);
    this.billAdded(failed);
    writeResponse(this.span, response, facts.usage, this.cover.tokenKeys);
    if (ending.how !== 'stopped') endAttempt(this.record, this, this.attempt, failed, this.markedAttempt);
    this.options = undefined;
  }

  private response(ending: Ending): CallFacts | undefined {
    if (this.reader === undefined) return ending.how === 'returned' ? readResponse(ending.value) : undefined;
    // Broken off: what had been counted by then is the least that was used.
    this.brokeOff = !this.reader.complete && ending.how !== 'streamed' && this.recorded === undefined;
    return this.reader.facts();
  }

  private facts(usage: Usage | undefined, response: CallFacts | undefined, rejected: boolean): LlmFacts {
    return {
      usage,
      provider: this.recordedProvider ?? this.request.provider,
      model: this.recordedModel ?? response?.responseModel ?? this.request.model,
      requestModel: this.request.model,
      serviceTier: response?.serviceTier,
      timeMillis: this.startMillis,
      responseId: this.recorded === undefined ? response?.responseId : undefined,
      recorder: PACKAGE_NAME,
      rejected,
    };
  }

  private bill(facts: LlmFacts, priced: PricedCall, usage: Usage | undefined, failed: boolean): Bill {
    const bill = new Bill('llm', priced);
    bill.tokens = usage?.tokens;
    bill.subject = facts;
    if (this.counterfactual !== undefined && usage !== undefined) {
      bill.savedPico = settleCounterfactual(this.runtime.prices, facts, usage, this.counterfactual);
    }
    bill.toolOverheadTokens = toolOverhead(bill.tokens, facts.usage, this.toolTokens);
    bill.llmCalls = 1;
    bill.failed = failed;
    bill.attempt = this.markedAttempt ?? this.attempt?.number;
    if (this.brokeOff) bill.status ??= 'estimated';
    bill.anomaly ??= this.unread;
    if (bill.pico !== undefined && bill.pico + this.addedPico <= MAX_EXACT_PICO) {
      bill.pico += this.addedPico;
      this.addedPico = 0;
    }
    learn(this.runtime.history, this.request.model, bill);
    return bill;
  }

  private billOwn(facts: LlmFacts, failed: boolean): void {
    const { runtime, record, span } = this;
    if (facts.usage === undefined) {
      this.billUnknown(facts, failed);
      return;
    }
    const responses = record.task?.responses();
    const billedInside = repeatedRun(this.cover, facts) ?? this.cover.billedInside;
    // Agents and steps inside leave the cover, but a response that sums up their calls is still the same calls.
    const below = responses?.billedOf(this.stepIds, facts.recorder, billedInside) ?? billedInside;
    const claim = claimLlm(runtime, record, facts, facts.usage, below, responses);
    if (typeof claim === 'string') {
      writeNotBilled(runtime, span, claim, facts.usage.anomaly);
      return;
    }
    if (claim.paidAbove !== undefined) {
      writeNotBilled(runtime, span, claim.paidAbove, facts.usage.anomaly);
    } else {
      const bill = this.bill(facts, claim.priced, claim.usage, failed);
      bill.isLowerBound = claim.usage.incomplete === true;
      if (claim.isLeaf) bill.contextUsedRatio = contextUsedRatio(claim.priced, facts.usage);
      charge(runtime, record, span, bill);
    }
    this.tellOuterCovers(claim.claimed.tokens, claim);
    leaveClaim(record, claim.claimed, 'wrapper', idsOf(facts, this.stepIds));
  }

  private billUnknown(facts: LlmFacts, failed: boolean): void {
    const { runtime, record, span, cover } = this;
    if (isTold(cover)) {
      writeNotBilled(runtime, span, 'aggregate');
      return;
    }
    const priced = priceCall(runtime, facts, undefined);
    this.wasUnpriced = priced.status === 'unpriced';
    const bill = this.bill(facts, priced, undefined, failed);
    leaveToCalls(record, cover, bill, () => this.takeUnpriced());
    charge(runtime, record, span, bill);
  }

  private billCovered(facts: LlmFacts, failed: boolean): void {
    const { runtime, record, span, cover } = this;
    // What wrappers further in billed is part of the response, too.
    const { billedInside: inside } = cover;
    const usage =
      facts.usage === undefined || inside === undefined ? facts.usage : usageAbove(facts.usage, inside);
    const settled = settleCovered(runtime, cover, { ...facts, usage });
    tellAbove(record, 'llm', settled.tokens, settled.priced.pico ?? 0, 1);
    const drawn = drawSettled(record, settled);
    const { priced, tokens, paidAbove } = drawn;
    if (paidAbove === undefined) {
      const bill = this.bill(facts, priced, { tokens }, failed);
      if (cover.calls.length === 1) bill.contextUsedRatio = contextUsedRatio(priced, settled);
      bill.isLowerBound = settled.isLowerBound;
      chargeQuietly(runtime, record, span, bill);
    } else {
      writeNotBilled(runtime, span, paidAbove);
    }
    // An uncovered span of the same call may still come.
    if (facts.responseId !== undefined)
      record.task?.responses().take(facts.responseId, { tokens: settled.tokens }, facts.recorder);
    this.tellOuterCovers(settled.tokens, drawn);
    // Spans of the same call that end later may show what none has shown yet.
    const unseen = tokensAbove(settled.tokens, cover.held.tokens);
    leaveClaim(record, { tokens: unseen }, 'wrapper', idsOf(facts, this.stepIds));
  }

  /** What was recorded on this call and has no place on its own bill. */
  private billAdded(isOfFailedCall: boolean): void {
    const { runtime, record, span, addedPico: pico } = this;
    if (pico === 0) return;
    const bill = new Bill('llm', { pico, source: 'declared' });
    bill.isOfFailedCall = isOfFailedCall;
    bill.subject = { provider: this.request.provider, model: this.request.model };
    chargeOnChild(runtime, record, span, 'llm', bill);
  }

  private tellOuterCovers(claimed: TokenCounts, billed: Pick<LlmClaim, 'priced' | 'passed'>): void {
    const pico = billed.priced.pico ?? 0;
    for (let at = this.cover.outer; at !== undefined; at = at.outer) {
      if (!at.open) continue;
      at.billedInside ??= newSeen();
      addToSeen(at.billedInside, newWithin(at, claimed, billed.passed), pico, pico, 1);
    }
  }

  /** The span is out already: the cost goes out below it, and mends what was counted as unpriced. */
  protected billLate(usage: Usage): void {
    const { runtime, record, span } = this;
    const facts = this.facts(usage, undefined, false);
    const bill = new Bill('llm', priceCall(runtime, facts, usage));
    bill.subject = facts;
    bill.tokens = usage.tokens;
    bill.isLowerBound = usage.incomplete === true;
    bill.settlesUnpriced = this.takeUnpriced();
    chargeOnChild(runtime, record, span, this.request.model ?? 'llm', bill);
  }

  /** True once, if it was counted as unpriced. */
  private takeUnpriced(): boolean {
    const { wasUnpriced } = this;
    this.wasUnpriced = false;
    return wasUnpriced;
  }
}
