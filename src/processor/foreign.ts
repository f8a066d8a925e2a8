import type { AttributeValue } from '@opentelemetry/api';
import {
  COST_SOURCE,
  COST_STATUS,
  ERROR_TYPE,
  USAGE_CACHE_READ_TOKENS,
  USAGE_CACHE_WRITE_TOKENS,
  USAGE_INPUT_TOKENS,
  USAGE_OUTPUT_TOKENS,
  USAGE_REASONING_TOKENS,
} from '../attributes.js';
import { beginAttempt, endAttempt, mayRepeat, SpanWork } from '../pipeline/attempts.js';
import { charge, chargeMoney, chargeOnChild } from '../pipeline/charge.js';
import { LlmFacts } from '../pipeline/llm-facts.js';
import { writeNotBilled } from '../pipeline/own-cost-attributes.js';
import { noteUnknownCall, pocketOf } from '../pipeline/pockets.js';
import { postBill } from '../pipeline/post.js';
import { isRejection } from '../pipeline/rejection.js';
import { settleCall } from '../pipeline/settle.js';
import { joinSession } from '../pipeline/start.js';
import {
  declaredAmount,
  NO_COST,
  NO_RESULT,
  openAmount,
  returnedAmount,
  type ToolAmount,
  toolBill,
} from '../pipeline/tool-amount.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SdkSpan } from '../sdk-span.js';
import { warnOfFormerTags } from '../spans/attribution.js';
import { Bill } from '../spans/bill.js';
import type { Pocket } from '../spans/pocket.js';
import { isSpanRecord, type SpanRecord } from '../spans/span-record.js';
import { readSpan, readToolName, type SpanFacts } from '../usage/read-span.js';
import { isTurn, readRole } from '../usage/span-role.js';
import { isFailedJson, readToolBill, readToolResult } from '../usage/tool-bills.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
} from '../usage/usage.js';

type Attributes = Record<string, AttributeValue | undefined>;

const NO_ATTRIBUTES: Attributes = {};
const NO_IDS: readonly string[] = [];

/** `SpanStatusCode.ERROR`, without loading the API. */
const ERROR_STATUS = 2;

/** Settles another instrumentation's span when it ends. Does nothing if the span is already settled. */
export function settleForeign(runtime: Runtime, record: SpanRecord, span: SdkSpan): void {
  if (record.settled) return;
  record.settled = true;
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  if (attributes[COST_SOURCE] !== undefined || attributes[COST_STATUS] !== undefined) return;
  if (record.role === 'plain' || record.isToolByName) takeLateRole(record, attributes);
  if (record.role === 'plain') return;
  warnOfFormerTags(attributes);
  if (record.sessions === undefined) joinSession(runtime, record, attributes);
  if (record.role === 'tool') settleTool(runtime, record, span, attributes);
  else settleLlm(runtime, record, span, attributes);
}

/**
 * Reads the role of a span that did not show it before its end. Work inside a late tool becomes known at this span but
 * not above it, so it is added to an enclosing call, as if the span had been a tool from its start.
 */
function takeLateRole(record: SpanRecord, attributes: Attributes): void {
  const role = readRole(attributes);
  if (role !== 'plain') record.role = role;
  if (record.role === 'tool' && record.kind === 'span') record.kind = 'tool';
  const { parent } = record;
  if (parent?.role === 'plain' && isTurn(attributes)) parent.turnsInside += 1;
}

/**
 * Another version of this package billed this span in its own ledger. The task's total here is incomplete without it.
 */
export function settleOtherVersion(record: SpanRecord, span: SdkSpan): void {
  record.settled = true;
  const { attributes } = span;
  const isBilled = attributes?.[COST_SOURCE] !== undefined || attributes?.[COST_STATUS] === 'unpriced';
  if (!isBilled || (record.scope === undefined && record.task === undefined)) return;
  const unseen = new Bill('llm', { pico: undefined, status: 'unpriced' });
  unseen.name = 'of another version of this package';
  postBill(record, unseen);
}

function settleLlm(runtime: Runtime, record: SpanRecord, span: SdkSpan, attributes: Attributes): void {
  const facts = statementOf(record, span);
  const { usage } = facts;
  const isCall = record.role === 'llm';
  if (record.modelBeside !== undefined && record.modelBeside === facts.requestModel) {
    if (usage !== undefined) writeNotBilled(runtime, span, 'duplicate', usage.anomaly);
    return;
  }
  if (usage === undefined && !isCall) return;
  const wrapper = record.collector();
  if (wrapper !== undefined) {
    if (!isSpanRecord(wrapper)) return;
    if (usage === undefined) {
      if (isCall && !facts.rejected && !hasFailed(span)) noteUnknownCall(runtime, wrapper, record);
      return;
    }
    const pocket = pocketOf(runtime, wrapper);
    noteTokenKeys(pocket, usage.tokens, attributes);
    const bill = settleCall(runtime, record, facts, wrapper);
    if (!bill.isEmpty) pocket.add(bill);
    writeNotBilled(runtime, span, 'covered', usage.anomaly);
    return;
  }
  const bill = settleCall(runtime, record, facts);
  if (usage !== undefined || bill.notBilled === undefined) chargeLlm(runtime, record, span, attributes, bill);
}

/**
 * Settles a span whose cost is stated on it already: the spans around it take its usage into account, and nothing is
 * billed.
 */
export function settleStated(runtime: Runtime, record: SpanRecord, span: SdkSpan): void {
  record.settled = true;
  if (record.role === 'plain' || record.role === 'tool') return;
  const facts = statementOf(record, span);
  if (facts.isKnown || record.role === 'llm') settleCall(runtime, record, facts);
}

/** Reads the call that a span shows. The zeros of a failed call are no usage. */
export function readCall(span: SdkSpan): LlmFacts {
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  return factsOf(span, attributes, readSpan(attributes, span.instrumentationScope?.name));
}

function statementOf(record: SpanRecord, span: SdkSpan): LlmFacts {
  const facts = readCall(span);
  if (record.role !== 'llm') facts.of = 'sum';
  // The span covers the calls of one loop. Its usage excludes the work of its tools, including their agents.
  else if (record.turnsInside > 1) facts.calls = record.turnsInside;
  return facts;
}

function chargeLlm(
  runtime: Runtime,
  record: SpanRecord,
  span: SdkSpan,
  attributes: Attributes,
  bill: Bill,
): void {
  const { subject } = bill;
  bill.failed = hasFailed(span);
  if (bill.notBilled !== undefined) {
    charge(runtime, record, span, bill);
  } else if (record.role === 'llm' && !bill.isRest) {
    if (!bill.failed && !mayRepeat(record)) {
      charge(runtime, record, span, bill);
      return;
    }
    const work = new SpanWork('llm', subject?.requestModel ?? subject?.model, attributes, endMillisOf(span));
    const attempt = beginAttempt(runtime, record, work, subject?.timeMillis);
    if (attempt !== undefined) bill.attempt = attempt.number;
    charge(runtime, record, span, bill);
    endAttempt(record, work, attempt, bill.failed);
  } else {
    // The span is not a leaf: it contains other calls or has a roll-up. Its own part is written on a child.
    const below = runtime.dialects.writesSubtree ? record.billedBelow + (bill.pico ?? 0) : 0;
    writeNotBilled(runtime, span, 'aggregate', bill.anomaly, below);
    chargeOnChild(runtime, record, span, span.name ?? 'llm', bill, true);
  }
}

const TOKEN_KEYS: readonly (readonly [string, (tokens: TokenCounts) => number])[] = [
  [USAGE_INPUT_TOKENS, inputTokens],
  [USAGE_OUTPUT_TOKENS, outputTokens],
  [USAGE_CACHE_READ_TOKENS, cacheReadTokens],
  [USAGE_CACHE_WRITE_TOKENS, cacheWriteTokens],
  [USAGE_REASONING_TOKENS, (tokens) => tokens.reasoning],
];

/** Notes the counts that a span inside a wrapper carries, under any name: backends also read the older names. */
function noteTokenKeys({ tokenKeys }: Pocket, tokens: TokenCounts, attributes: Attributes): void {
  for (const [key, count] of TOKEN_KEYS) {
    if (attributes[key] !== undefined || count(tokens) > 0) tokenKeys.add(key);
  }
}

function settleTool(runtime: Runtime, record: SpanRecord, span: SdkSpan, attributes: Attributes): void {
  if (record.tool?.billedInside) return;
  const name = readToolName(attributes);
  const outer = record.outerTool;
  if (outer?.open === true && outer.ours && outer.name() === name) return;
  const price = name === undefined ? undefined : runtime.tools[name];
  const result = readToolResult(attributes);
  const amount = toolAmount(runtime, name, price, result);
  const bill = toolBill(amount);
  const timeMillis = startMillisOf(span);
  bill.subject = { toolName: name, timeMillis };
  bill.failed = hasFailed(span) || hasFailedResult(attributes, result);
  if (!bill.failed && !mayRepeat(record)) {
    chargeTool(runtime, record, span, bill, amount);
    return;
  }
  const work = new SpanWork('tool', name, attributes, endMillisOf(span));
  const attempt = beginAttempt(runtime, record, work, timeMillis);
  if (attempt !== undefined) bill.attempt = attempt.number;
  chargeTool(runtime, record, span, bill, amount);
  endAttempt(record, work, attempt, bill.failed);
}

function chargeTool(
  runtime: Runtime,
  record: SpanRecord,
  span: SdkSpan,
  bill: Bill,
  amount: ToolAmount,
): void {
  if (amount === NO_COST) postBill(record, bill);
  else chargeMoney(runtime, record, span, bill);
}

/** The bill in a recorded result of a billable tool, or else the declared price. */
function toolAmount(
  runtime: Runtime,
  name: string | undefined,
  price: ToolPrice | undefined,
  result: string | undefined,
): ToolAmount {
  const bill = price?.billable && result !== undefined ? readToolBill(result) : undefined;
  const returned = bill === undefined ? undefined : returnedAmount(runtime, name, bill);
  if (returned !== undefined) return returned;
  const declared = declaredAmount(price);
  return declared === NO_RESULT ? openAmount(bill) : declared;
}

function factsOf(span: SdkSpan, attributes: Attributes, read: SpanFacts | undefined): LlmFacts {
  const id = read?.responseId;
  const facts = new LlmFacts(
    emptyAfterFailure(span, read) ? undefined : read?.usage,
    span.instrumentationScope?.name ?? '',
    id === undefined ? NO_IDS : [id],
  );
  facts.provider = read?.provider;
  facts.model = read?.responseModel ?? read?.requestModel;
  facts.requestModel = read?.requestModel;
  facts.serviceTier = read?.serviceTier;
  facts.timeMillis = startMillisOf(span);
  facts.rejected = wasRejected(attributes);
  return facts;
}

function startMillisOf({ startTime }: SdkSpan): number {
  return startTime === undefined ? Date.now() : millisOf(startTime);
}

/** An app may give a span the times of a call that is long over. Undefined for a span that shows no end. */
function endMillisOf({ endTime }: SdkSpan): number | undefined {
  return endTime === undefined || endTime[0] === 0 ? undefined : millisOf(endTime);
}

function millisOf([seconds, nanos]: readonly [seconds: number, nanos: number]): number {
  return seconds * 1000 + nanos / 1e6;
}

/** True for an MCP result that states a failure: in Sentry's attribute, or in the recorded result. */
function hasFailedResult(attributes: Attributes, result: string | undefined): boolean {
  return attributes['mcp.tool.result.is_error'] === true || (result !== undefined && isFailedJson(result));
}

/** True for a failed call, by its status or by the result of a tool. */
export function isFailedCall(span: SdkSpan): boolean {
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  return hasFailed(span) || hasFailedResult(attributes, readToolResult(attributes));
}

function hasFailed(span: SdkSpan): boolean {
  return span.status?.code === ERROR_STATUS;
}

/** True for a failed call with zero tokens: its counters were never set, so the call is not known to be free. */
function emptyAfterFailure(span: SdkSpan, read: SpanFacts | undefined): boolean {
  const usage = read?.usage;
  if (usage === undefined || !hasFailed(span)) return false;
  return (
    inputTokens(usage.tokens) + outputTokens(usage.tokens) === 0 &&
    usage.reportedCostUsd === undefined &&
    usage.unsplitTokens === undefined
  );
}

/** True for a call that was refused before the model ran, such as a bad request. Providers do not charge for it. */
function wasRejected(attributes: Attributes): boolean {
  return isRejection(attributes[ERROR_TYPE]) || isRejection(attributes['http.response.status_code']);
}
