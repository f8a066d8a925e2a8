import type { Span } from '@opentelemetry/api';
import { AGENT_NAME, COST_ANOMALY, type OwnCostAttributes, SESSION_ID, TASK_NAME } from '../attributes.js';
import { NOT_BILLED, type NotBilledReason } from '../cost-reason.js';
import { usdFromPico } from '../money.js';
import type { DialectWriter } from '../runtime/dialects.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SdkSpan } from '../sdk-span.js';
import { MAX_MESSAGE_CHARS } from '../short-text.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import {
  attributesToWrite,
  isAssignable,
  keepAttributes,
  putText,
  type SpanAttributes,
  takesAttributes,
} from '../spans/targets.js';

const MICROS_PER_SECOND = 1e6;

/** Writes a bill on its span: the cost, or the reason why there is none. */
export function writeOwnCost(
  runtime: Runtime,
  span: Span,
  record: SpanRecord,
  bill: Bill,
  crossedBudget: boolean,
): void {
  if (!takesAttributes(span)) return;
  const into = attributesToWrite(span);
  const { dialects } = runtime;
  if (bill.notBilled !== undefined) {
    dialects.notBilled(into, dialects.writesSubtree ? record.billedBelow : 0);
    writeNoCost(into, span, bill);
  } else writeBill(into, span, bill, record, dialects, crossedBudget);
  keepAttributes(span, into);
}

// Names are spelled out where they are assigned: an assignment takes a few nanoseconds by a constant name, and up to a
// hundred by a variable. `OwnCostAttributes` checks the spelling.

function writeBill(
  into: SpanAttributes & OwnCostAttributes,
  span: SdkSpan,
  bill: Bill,
  record: SpanRecord,
  dialects: DialectWriter,
  crossedBudget: boolean,
): void {
  if (bill.pico !== undefined) {
    const costUsd = usdFromPico(bill.pico + bill.postedPico);
    into.cost_usd = costUsd;
    dialects.billed(into, bill, costUsd, dialects.writesSubtree ? record.billedBelow : 0);
  }
  if (bill.source !== undefined) into['cost.source'] = bill.source;
  if (bill.status !== undefined) into['cost.status'] = bill.status;
  if (bill.reason !== undefined) into['cost.reason'] = bill.reason;
  if (bill.rateMatch !== undefined) into['cost.rate_match'] = bill.rateMatch;
  if (bill.anomaly !== undefined) putText(into, span, COST_ANOMALY, bill.anomaly, MAX_MESSAGE_CHARS);
  if (bill.retries > 0 && bill.attempt !== undefined) into['cost.attempt'] = bill.attempt;
  if (bill.savedPico > 0) into['cost.saved_usd'] = usdFromPico(bill.savedPico);
  if (crossedBudget) into['task.over_budget'] = true;
  const { toolOverheadTokens, computeMicros } = bill;
  if (toolOverheadTokens > 0) into['cost.tool_overhead_tokens'] = toolOverheadTokens;
  if (computeMicros > 0) into['cost.compute_seconds'] = computeMicros / MICROS_PER_SECOND;
  writeWhereabouts(into, span, record);
  if (record.task?.isStated) writeTaskName(into, span, record.task.name);
  const agent = (record.scope ?? record.task?.scope)?.nearestAgent?.agentName;
  // An agent name that an instrumentation wrote is kept.
  if (agent !== undefined && span.attributes?.['gen_ai.agent.name'] === undefined)
    writeAgentName(into, span, agent);
  into['cost.kind'] = bill.kind;
}

export function writeTaskName(into: SpanAttributes, span: SdkSpan, name: string): void {
  if (isAssignable(name, into, span)) into['task.name'] = name;
  else putText(into, span, TASK_NAME, name);
}

function writeAgentName(into: SpanAttributes, span: SdkSpan, name: string): void {
  if (isAssignable(name, into, span)) into['gen_ai.agent.name'] = name;
  else putText(into, span, AGENT_NAME, name);
}

export function writeSessionId(into: SpanAttributes, span: SdkSpan, id: string): void {
  if (isAssignable(id, into, span)) into['session.id'] = id;
  else putText(into, span, SESSION_ID, id);
}

/** A span that is not billed may be estimated: it repeats other spans, but its counts do not match theirs. */
function writeNoCost(into: SpanAttributes & OwnCostAttributes, span: SdkSpan, bill: Bill): void {
  if (bill.anomaly !== undefined) putText(into, span, COST_ANOMALY, bill.anomaly, MAX_MESSAGE_CHARS);
  const isEstimated = bill.status === 'estimated' && bill.reason !== undefined;
  into['cost.status'] = isEstimated ? 'estimated' : NOT_BILLED;
  into['cost.reason'] = (isEstimated ? bill.reason : bill.notBilled) ?? 'aggregate';
}

/** The task, session and attribution of a span, so that a collector or a live view can group without the tree. */
export function writeWhereabouts(
  into: SpanAttributes & OwnCostAttributes,
  span: SdkSpan,
  record: SpanRecord,
): void {
  const { task, sessions } = record;
  if (task?.isStated) {
    into['task.id'] = task.id;
    const { rootId } = task;
    if (rootId !== undefined) into['task.root_id'] = rootId;
  }
  if (sessions !== undefined) writeSessionId(into, span, sessions.session.id);
  writeAttribution(into, span, record);
}

export function writeAttribution(into: SpanAttributes, span: SdkSpan, { attribution }: SpanRecord): void {
  for (const key in attribution) {
    const value = attribution[key];
    if (value !== undefined) putText(into, span, key, value);
  }
}

/**
 * Writes the reason why a span with usage carries no cost. `belowPico`: what was billed below it, for dialects
 * that write it.
 */
export function writeNotBilled(
  runtime: Runtime,
  span: Span,
  reason: NotBilledReason,
  anomaly: string | undefined,
  belowPico = 0,
): void {
  if (!takesAttributes(span)) return;
  const into = attributesToWrite(span);
  runtime.dialects.notBilled(into, belowPico);
  writeNotBilledKeys(into, span, reason, anomaly);
  keepAttributes(span, into);
}

function writeNotBilledKeys(
  into: SpanAttributes & OwnCostAttributes,
  span: SdkSpan,
  reason: NotBilledReason,
  anomaly: string | undefined,
): void {
  if (anomaly !== undefined) putText(into, span, COST_ANOMALY, anomaly, MAX_MESSAGE_CHARS);
  into['cost.status'] = NOT_BILLED;
  into['cost.reason'] = reason;
}
