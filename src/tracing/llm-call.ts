import { SpanKind } from '@opentelemetry/api';
import { MAX_EXACT_PICO, type Pico } from '../money.js';
import { addUsage } from '../usage/combine.js';
import { type RequestFacts, readRequest } from '../usage/read-request.js';
import { readResponse } from '../usage/read-response.js';
import { readUsage } from '../usage/read-usage.js';
import { StreamReader } from '../usage/stream-reader.js';
import type { CallFacts, Usage } from '../usage/usage.js';
import { PACKAGE_NAME } from '../version.js';
import { Call, type Ending } from './call.js';
import { type Bill, charge, chargeQuietly, tellAbove, writeNotBilled } from './charge.js';
import { chargeOnChild } from './child-cost.js';
import { claimLlm, type LlmFacts, leaveClaim, type PricedCall, priceCall } from './claim.js';
import { Cover, type OpenLeaf, type UsageTaker } from './cover.js';
import { errorStatus } from './error-facts.js';
import { requestAttributes, writeResponse } from './llm-attributes.js';
import { isRejection } from './rejection.js';
import { addToSeen, tokensAbove } from './seen.js';
import { settleCovered } from './settle-covered.js';

export interface LlmOptions {
  /** The model asked for: `gen_ai.request.model`. Read from `request` when it is not given. */
  model?: string;
  /** Who serves it: `gen_ai.provider.name`, like `openai` or `aws.bedrock`. */
  provider?: string;
  /** `gen_ai.operation.name`. Default `chat`. */
  operation?: string;
  /** The request as the provider's SDK takes it: model, temperature, max tokens and top-p are read from it. */
  request?: unknown;
  /** Which attempt of the same request this is, from 1. */
  attempt?: number;
  /** When it started, ms since 1970. Default: now. Prices are dated. */
  startTimeMillis?: number;
}

/** Usage that the app has itself. A provider's usage object can be recorded as it came, too. */
export interface RecordedUsage {
  /** Cache included. */
  inputTokens?: number;
  /** Reasoning included. */
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  /** What the provider said it cost, in USD; then no price is looked up. */
  costUsd?: number;
  model?: string;
  provider?: string;
}

/** One call of a model. */
export class LlmCall extends Call implements OpenLeaf, UsageTaker {
  readonly kind = 'llm';
  open = true;
  private readonly cover = new Cover();
  private readonly outerCover: Cover | undefined;
  private readonly request: RequestFacts;
  private readonly attempt: number | undefined;
  private readonly startMillis: number;
  private reader: StreamReader | undefined;
  private recorded: Usage | undefined;
  private recordedModel: string | undefined;
  private recordedProvider: string | undefined;
  private addedPico: Pico = 0;
  private wasUnpriced = false;
  private brokeOff = false;

  constructor(options: LlmOptions) {
    super();
    const { link } = this;
    this.request = readRequest(options.request);
    if (options.model !== undefined) this.request.model = options.model;
    if (options.provider !== undefined) this.request.provider = options.provider;
    this.attempt = options.attempt;
    this.startMillis = options.startTimeMillis ?? Date.now();
    this.outerCover = link.cover?.open ? link.cover : undefined;
    link.cover = this.cover;
    link.tool = undefined;
    link.leaf = this;
    link.usageTaker = this;
    const operation = options.operation ?? 'chat';
    const name = this.request.model === undefined ? operation : `${operation} ${this.request.model}`;
    this.begin(name, SpanKind.CLIENT, requestAttributes(operation, this.request), options.startTimeMillis);
  }

  /** Usage that no response shows; added to what was recorded before. It wins over the response. */
  recordUsage(usage: RecordedUsage | object): void {
    this.meter.guard(() => {
      const read = readUsage(usage);
      if (read === undefined) return;
      const { model, provider }: RecordedUsage = usage;
      if (typeof model === 'string') this.recordedModel = model;
      if (typeof provider === 'string') this.recordedProvider = provider;
      if (this.open) this.recorded = addUsage(this.recorded, read);
      else this.billLate(read);
    });
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
    const response = this.response(ending);
    const rejected = ending.how === 'threw' && isRejection(errorStatus(ending.error));
    const facts = this.facts(this.recorded ?? response?.usage, response, rejected);
    const failed = ending.how === 'threw';
    if (this.cover.calls.length > 0) this.billCovered(facts, failed);
    else this.billOwn(facts, failed);
    this.billAdded(failed);
    writeResponse(this.span, response, facts.usage, this.cover.tokenKeys);
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

  private bill(priced: PricedCall, failed: boolean): Bill {
    const bill: Bill = { kind: 'llm', ...priced, llmCalls: 1, failed, attempt: this.attempt };
    if (this.brokeOff) bill.status ??= 'estimated';
    if (bill.pico !== undefined && bill.pico + this.addedPico <= MAX_EXACT_PICO) {
      bill.pico += this.addedPico;
      this.addedPico = 0;
    }
    return bill;
  }

  private billOwn(facts: LlmFacts, failed: boolean): void {
    const { meter, link, span } = this;
    if (facts.usage === undefined) {
      const priced = priceCall(meter, facts, undefined);
      this.wasUnpriced = priced.status === 'unpriced';
      charge(meter, link, span, this.bill(priced, failed));
      return;
    }
    const responses = link.task?.responses();
    const claim = claimLlm(meter, link, facts, facts.usage, this.cover.billedInside, responses);
    if (typeof claim === 'string') {
      writeNotBilled(meter, span, claim, facts.usage.anomaly);
    } else {
      const isLowerBound = claim.usage.incomplete === true;
      const bill = { ...this.bill(claim.priced, failed), tokens: claim.usage.tokens, isLowerBound };
      charge(meter, link, span, bill);
      this.tellOuterCover(bill);
      leaveClaim(link, claim, true);
    }
  }

  private billCovered(facts: LlmFacts, failed: boolean): void {
    const { meter, link, span, cover } = this;
    const { priced, tokens } = settleCovered(meter, cover, facts);
    const bill = { ...this.bill(priced, failed), tokens };
    // What is held reaches the spans above when this one ends; only what is above it is news to them.
    const rest = tokensAbove(tokens, cover.held.tokens);
    tellAbove(link, 'llm', rest, Math.max(0, (bill.pico ?? 0) - cover.held.llmPico), 0);
    chargeQuietly(meter, link, span, bill);
    // An uncovered span of the same call may still come.
    if (facts.responseId !== undefined)
      link.task?.responses().take(facts.responseId, { tokens }, facts.recorder);
    this.tellOuterCover(bill);
    leaveClaim(link, { usage: { tokens: rest }, priced, isLeaf: true }, true);
  }

  /** What was recorded on this call and has no place on its own bill. */
  private billAdded(isOfFailedCall: boolean): void {
    const { meter, link, span, addedPico: pico } = this;
    if (pico === 0) return;
    chargeOnChild(meter, link, span, 'llm', { kind: 'llm', pico, source: 'declared', isOfFailedCall });
  }

  private tellOuterCover(bill: Bill): void {
    const outer = this.outerCover;
    if (outer?.open) addToSeen(outer.billedInside, bill.tokens, bill.pico ?? 0, bill.pico ?? 0, 1);
  }

  /** The span is out already: the cost goes out below it, and mends what was counted as unpriced. */
  private billLate(usage: Usage): void {
    const { meter, link, span } = this;
    const priced = priceCall(meter, this.facts(usage, undefined, false), usage);
    const settlesUnpriced = this.wasUnpriced;
    this.wasUnpriced = false;
    chargeOnChild(meter, link, span, this.request.model ?? 'llm', {
      kind: 'llm',
      ...priced,
      tokens: usage.tokens,
      isLowerBound: usage.incomplete === true,
      settlesUnpriced,
    });
  }
}
