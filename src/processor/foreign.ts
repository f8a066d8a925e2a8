import { type AttributeValue, SpanStatusCode } from '@opentelemetry/api';
import { COST_SOURCE, ERROR_TYPE } from '../attributes.js';
import { picoFromUsd } from '../money.js';
import type { SdkSpan } from '../otel.js';
import { beginAttempt, endAttempt, SpanWork } from '../pipeline/attempts.js';
import { book, charge, writeNotBilled } from '../pipeline/charge.js';
import { chargeOnChild } from '../pipeline/child-cost.js';
import { claimLlm, type LlmClaim, leaveClaim } from '../pipeline/claim.js';
import { contextUsedRatio } from '../pipeline/context-window.js';
import { holdCall } from '../pipeline/hold.js';
import { type LlmFacts, priceCall } from '../pipeline/llm-price.js';
import { isRejection } from '../pipeline/rejection.js';
import { joinSession } from '../pipeline/start.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Amount, Bill } from '../spans/bill.js';
import { openCover } from '../spans/cover.js';
import { hasTokens } from '../spans/seen.js';
import type { SpanRecord } from '../spans/span-record.js';
import { readSpan, readToolName, type SpanFacts } from '../usage/read-span.js';
import { readRole } from '../usage/span-role.js';
import type { Usage } from '../usage/usage.js';

type Attributes = Record<string, AttributeValue | undefined>;

const NO_ATTRIBUTES: Attributes = {};
const NOT_BILLED: Amount = { pico: 0, source: 'none' };
const NO_RESULT: Amount = { pico: undefined, source: 'unpriced:no-result', status: 'unpriced' };

/** Settles a span that another instrumentation made, when it ends. What is settled already is left alone. */
export function settleForeign(runtime: Runtime, record: SpanRecord, span: SdkSpan): void {
  if (record.settled) return;
  record.settled = true;
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  if (attributes[COST_SOURCE] !== undefined) return;
  if (record.role === 'plain') record.role = readRole(attributes);
  if (record.role === 'plain') return;
  if (record.sessions === undefined) joinSession(runtime, record, attributes);
  if (record.role === 'tool') settleTool(runtime, record, span, attributes);
  else settleLlm(runtime, record, span, attributes);
}

/** Another version billed this span in a ledger of its own: the task here is not whole without it. */
export function settleOtherVersion(record: SpanRecord, span: SdkSpan): void {
  record.settled = true;
  const { attributes } = span;
  if (attributes?.[COST_SOURCE] === undefined || (record.scope === undefined && record.task === undefined))
    return;
  const unseen = new Bill('llm', { pico: undefined, source: 'unpriced:unseen', status: 'unpriced' });
  unseen.name = 'of another version of this package';
  book(record, unseen);
}

function settleLlm(runtime: Runtime, record: SpanRecord, span: SdkSpan, attributes: Attributes): void {
  const read = readSpan(attributes);
  const facts = factsOf(span, attributes, read);
  const { usage } = facts;
  if (record.modelBeside !== undefined && record.modelBeside === facts.requestModel) {
    if (usage !== undefined) writeNotBilled(runtime, span, 'duplicate', usage.anomaly);
    return;
  }
  const cover = openCover(record.cover);
  if (cover !== undefined && (record.role === 'llm' || usage !== undefined)) {
    if (usage !== undefined) {
      holdCall(runtime, record, cover, facts, usage, attributes);
      writeNotBilled(runtime, span, 'covered', usage.anomaly);
    }
    return;
  }
  const work = new SpanWork('llm', facts.requestModel ?? facts.model, attributes);
  if (usage === undefined) {
    // Below a wrapper that ended first it is part of the call that was settled there.
    if (record.cover === undefined) settleWithoutUsage(runtime, record, span, facts, work);
    return;
  }
  const claim = claimLlm(runtime, record, facts, usage, record.allBelow(), record.task?.responses());
  if (typeof claim === 'string') writeNotBilled(runtime, span, claim, usage.anomaly);
  else if (claim.paidAbove === undefined) billLlm(runtime, record, span, facts, claim, work);
  else writeNotBilled(runtime, span, claim.paidAbove, usage.anomaly);
  if (typeof claim !== 'string') leaveClaim(record, payable(claim), 'foreign');
}

/** A claim of unknown cost that nobody above paid is worth no dollars: what ends below it later is billed all the same. */
function payable({ claimed, priced, passed }: LlmClaim): Usage {
  return priced.pico === undefined && passed.length === 0 ? { ...claimed, reportedCostUsd: 0 } : claimed;
}

/** An LLM span without usage is a call of unknown cost, unless it only frames calls that are billed below it. */
function settleWithoutUsage(
  runtime: Runtime,
  record: SpanRecord,
  span: SdkSpan,
  facts: LlmFacts,
  work: SpanWork,
): void {
  if (record.role !== 'llm' || (record.allBelow()?.calls ?? 0) > 0) return;
  const bill = new Bill('llm', priceCall(runtime, facts, undefined));
  bill.llmCalls = 1;
  bill.failed = hasFailed(span);
  bill.subject = facts;
  chargeAttempt(runtime, record, span, bill, work);
}

/** Charges an LLM call, and finds out which attempt it was. */
function chargeAttempt(
  runtime: Runtime,
  record: SpanRecord,
  span: SdkSpan,
  bill: Bill,
  work: SpanWork,
): void {
  const attempt = beginAttempt(runtime, record, work, bill.subject?.timeMillis);
  bill.attempt = attempt?.number;
  charge(runtime, record, span, bill);
  endAttempt(record, work, attempt, bill.failed);
}

function billLlm(
  runtime: Runtime,
  record: SpanRecord,
  span: SdkSpan,
  facts: LlmFacts,
  claim: LlmClaim,
  work: SpanWork,
): void {
  const bill = new Bill('llm', claim.priced);
  bill.tokens = claim.usage.tokens;
  bill.isLowerBound = claim.usage.incomplete === true;
  bill.llmCalls = claim.isLeaf ? 1 : 0;
  bill.subject = facts;
  bill.failed = hasFailed(span);
  if (claim.isLeaf && record.role === 'llm') {
    bill.contextUsedRatio = contextUsedRatio(claim.priced, facts.usage);
    chargeAttempt(runtime, record, span, bill, work);
  } else {
    // A span that frames others, or has a roll-up, is not a leaf: its own part goes out as one.
    writeNotBilled(runtime, span, 'aggregate');
    chargeOnChild(runtime, record, span, span.name ?? 'llm', bill);
  }
}

function settleTool(runtime: Runtime, record: SpanRecord, span: SdkSpan, attributes: Attributes): void {
  const cover = record.tool;
  if (cover?.billedInside) return;
  const name = readToolName(attributes);
  const outer = record.outerTool;
  if (outer?.open === true && outer.ours && outer.name() === name) return;
  const price = name === undefined ? undefined : runtime.tools[name];
  const amount = toolAmount(price);
  const bill = new Bill('tool', amount);
  bill.toolCalls = 1;
  const timeMillis = startMillisOf(span);
  bill.subject = { toolName: name, timeMillis };
  bill.failed = hasFailed(span);
  const work = new SpanWork('tool', name, attributes);
  const attempt = beginAttempt(runtime, record, work, timeMillis);
  bill.attempt = attempt?.number;
  if (amount === NOT_BILLED) book(record, bill);
  else charge(runtime, record, span, bill);
  endAttempt(record, work, attempt, bill.failed);
}

function toolAmount(price: ToolPrice | undefined): Amount {
  if (typeof price?.costUsd === 'number') {
    const pico = picoFromUsd(price.costUsd);
    return { pico, source: 'declared', status: pico === 0 ? 'free' : undefined };
  }
  return price?.billable || price?.costUsd !== undefined ? NO_RESULT : NOT_BILLED;
}

function factsOf(span: SdkSpan, attributes: Attributes, read: SpanFacts | undefined): LlmFacts {
  return {
    usage: emptyAfterFailure(span, read) ? undefined : read?.usage,
    provider: read?.provider,
    model: read?.responseModel ?? read?.requestModel,
    requestModel: read?.requestModel,
    serviceTier: read?.serviceTier,
    timeMillis: startMillisOf(span),
    responseId: read?.responseId,
    recorder: span.instrumentationScope?.name ?? '',
    rejected: wasRejected(attributes),
  };
}

function startMillisOf({ startTime }: SdkSpan): number {
  return startTime === undefined ? Date.now() : startTime[0] * 1000 + startTime[1] / 1e6;
}

function hasFailed(span: SdkSpan): boolean {
  return span.status?.code === SpanStatusCode.ERROR;
}

/** A failed call that shows zeros shows counters that were never filled, not a free call. */
function emptyAfterFailure(span: SdkSpan, read: SpanFacts | undefined): boolean {
  const usage = read?.usage;
  if (usage === undefined || !hasFailed(span)) return false;
  return !hasTokens(usage.tokens) && usage.reportedCostUsd === undefined && usage.unsplitTokens === undefined;
}

/** Refused before the model ran: bad request, no permission, too many requests. Such calls are not charged. */
function wasRejected(attributes: Attributes): boolean {
  return isRejection(attributes[ERROR_TYPE]) || isRejection(attributes['http.response.status_code']);
}
