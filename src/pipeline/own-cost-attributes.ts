import type { Span } from '@opentelemetry/api';
import {
  AGENT_NAME,
  COST_ANOMALY,
  COST_ATTEMPT,
  COST_COMPUTE_SECONDS,
  COST_KIND,
  COST_RATE_MATCH,
  COST_REASON,
  COST_SAVED_USD,
  COST_SOURCE,
  COST_STATUS,
  COST_TOOL_OVERHEAD_TOKENS,
  COST_USD,
  SESSION_ID,
  TASK_ID,
  TASK_NAME,
  TASK_OVER_BUDGET,
  TASK_ROOT_ID,
} from '../attributes.js';
import { NOT_BILLED, type NotBilledReason } from '../cost-reason.js';
import { usdFromPico } from '../money.js';
import type { SdkSpan } from '../otel.js';
import type { DialectWriter } from '../runtime/dialects.js';
import type { Runtime } from '../runtime/runtime.js';
import { MAX_MESSAGE_CHARS } from '../short-text.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import { putText, type SpanAttributes, takesAttributes, writeKept } from '../spans/targets.js';

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
  if (bill.notBilled !== undefined) writeKept(span, writeNoCost, bill, runtime.dialects);
  else writeKept(span, writeBill, bill, record, runtime.dialects, crossedBudget);
}

function writeBill(
  into: SpanAttributes,
  span: SdkSpan,
  bill: Bill,
  record: SpanRecord,
  dialects: DialectWriter,
  crossedBudget: boolean,
): void {
  if (bill.pico !== undefined) {
    const costUsd = usdFromPico(bill.pico + bill.postedPico);
    into[COST_USD] = costUsd;
    dialects.billed(into, bill, costUsd);
  }
  if (bill.source !== undefined) into[COST_SOURCE] = bill.source;
  if (bill.status !== undefined) into[COST_STATUS] = bill.status;
  if (bill.reason !== undefined) into[COST_REASON] = bill.reason;
  if (bill.rateMatch !== undefined) into[COST_RATE_MATCH] = bill.rateMatch;
  if (bill.anomaly !== undefined) putText(into, span, COST_ANOMALY, bill.anomaly, MAX_MESSAGE_CHARS);
  if (bill.retries > 0 && bill.attempt !== undefined) into[COST_ATTEMPT] = bill.attempt;
  if (bill.savedPico > 0) into[COST_SAVED_USD] = usdFromPico(bill.savedPico);
  if (crossedBudget) into[TASK_OVER_BUDGET] = true;
  const { toolOverheadTokens, computeMicros } = bill;
  if (toolOverheadTokens > 0) into[COST_TOOL_OVERHEAD_TOKENS] = toolOverheadTokens;
  if (computeMicros > 0) into[COST_COMPUTE_SECONDS] = computeMicros / MICROS_PER_SECOND;
  writeWhereabouts(into, span, record);
  if (record.task?.isStated) putText(into, span, TASK_NAME, record.task.name);
  const agent = (record.scope ?? record.task?.scope)?.nearestAgent?.agentName;
  // One that an instrumentation wrote itself stays.
  if (agent !== undefined && into[AGENT_NAME] === undefined) putText(into, span, AGENT_NAME, agent);
  into[COST_KIND] = bill.kind;
}

/** A span that is not billed may be estimated: it repeats others, and does not add up with them. */
function writeNoCost(into: SpanAttributes, span: SdkSpan, bill: Bill, dialects: DialectWriter): void {
  dialects.notBilled(into);
  if (bill.anomaly !== undefined) putText(into, span, COST_ANOMALY, bill.anomaly, MAX_MESSAGE_CHARS);
  const isEstimated = bill.status === 'estimated' && bill.reason !== undefined;
  into[COST_STATUS] = isEstimated ? 'estimated' : NOT_BILLED;
  into[COST_REASON] = (isEstimated ? bill.reason : bill.notBilled) ?? 'aggregate';
}

/** The task, session and attribution of a span, so that a collector or a live view can group without the tree. */
export function writeWhereabouts(into: SpanAttributes, span: SdkSpan, record: SpanRecord): void {
  const { task, sessions } = record;
  if (task?.isStated) {
    into[TASK_ID] = task.id;
    const { rootId } = task;
    if (rootId !== undefined) into[TASK_ROOT_ID] = rootId;
  }
  if (sessions !== undefined) putText(into, span, SESSION_ID, sessions.session.id);
  writeAttribution(into, span, record);
}

export function writeAttribution(into: SpanAttributes, span: SdkSpan, { attribution }: SpanRecord): void {
  for (const key in attribution) {
    const value = attribution[key];
    if (value !== undefined) putText(into, span, key, value);
  }
}

/** Writes the reason why a span with usage carries no cost. */
export function writeNotBilled(
  runtime: Runtime,
  span: Span,
  reason: NotBilledReason,
  anomaly?: string,
): void {
  if (takesAttributes(span)) writeKept(span, writeNotBilledKeys, runtime.dialects, reason, anomaly);
}

function writeNotBilledKeys(
  into: SpanAttributes,
  span: SdkSpan,
  dialects: DialectWriter,
  reason: NotBilledReason,
  anomaly: string | undefined,
): void {
  dialects.notBilled(into);
  if (anomaly !== undefined) putText(into, span, COST_ANOMALY, anomaly, MAX_MESSAGE_CHARS);
  into[COST_STATUS] = NOT_BILLED;
  into[COST_REASON] = reason;
}
