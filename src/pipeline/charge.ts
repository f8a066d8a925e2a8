import type { Span } from '@opentelemetry/api';
import {
  COST_ANOMALY,
  COST_ATTEMPT,
  COST_COMPUTE_SECONDS,
  COST_CONTEXT_USED_RATIO,
  COST_KIND,
  COST_NOT_BILLED,
  COST_RATE_MATCH,
  COST_SAVED_USD,
  COST_SOURCE,
  COST_STATUS,
  COST_TOOL_OVERHEAD_TOKENS,
  COST_USD,
  SESSION_ID,
  TASK_NAME,
  TASK_OVER_BUDGET,
} from '../attributes.js';
import { type BudgetNews, tellBudgets, writeThresholds } from '../budgets/around.js';
import type { CostKind } from '../ledger/account.js';
import { post } from '../ledger/scope.js';
import { type Pico, usdFromPico } from '../money.js';
import type { DialectWriter } from '../runtime/dialects.js';
import { tellBilled } from '../runtime/listeners.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import { addToSeen } from '../spans/seen.js';
import type { SpanRecord } from '../spans/span-record.js';
import { type AttributeTarget, writeKept } from '../spans/targets.js';
import type { TokenCounts } from '../usage/usage.js';
import { drawDollars } from './payers.js';

const MICROS_PER_SECOND = 1e6;

/** Why a span with usage carries no cost. */
export type NotBilled = 'aggregate' | 'covered' | 'duplicate' | 'replay';

/** Books a bill in the scopes around a span, tells the spans above, and writes it on the span. */
export function charge(runtime: Runtime, record: SpanRecord, span: Span, bill: Bill): void {
  tellAbove(record, bill.kind, bill.tokens, bill.pico ?? 0, bill.llmCalls);
  // What has tokens is drawn from the claims around by these.
  if (bill.tokens === undefined) drawDollars(record, bill);
  chargeQuietly(runtime, record, span, bill);
}

/** The same where the spans above have been told, or are told otherwise. */
export function chargeQuietly(runtime: Runtime, record: SpanRecord, span: Span, bill: Bill): void {
  const news = book(record, bill);
  if (bill.isPaid) writeNotBilled(runtime, span, 'covered', bill.anomaly);
  else writeBill(runtime, record, span, bill, news?.crossedTask === true);
  if (news !== undefined) writeThresholds(span, news);
}

/** Tells the nearest span that still runs what was accounted for here, unless an ended claim in between has. */
export function tellAbove(
  record: SpanRecord,
  kind: CostKind,
  tokens: TokenCounts | undefined,
  pico: Pico,
  llmCalls: number,
): void {
  const above = record.openAncestor();
  if (above === undefined || above.creditor !== record.creditor) return;
  addToSeen(above.seen(), tokens, kind === 'llm' ? pico : 0, pico, llmCalls);
}

/** Books a bill in the ledger alone; says what that did to budgets. */
export function book(record: SpanRecord, bill: Bill): BudgetNews | undefined {
  const scope = record.scope ?? record.task?.ensureScope();
  // An implicit task may have joined a session after this span had started.
  record.sessions ??= record.task?.sessions;
  record.task?.notePost(record.sessions?.session, bill, bill.llmCalls > 0 && scope?.countsLlmCalls === true);
  post(bill, scope, record.sessions);
  scope?.noteCall(bill);
  if (bill.kind === 'llm') record.run?.tell(bill);
  if (bill.llmCalls > 0) scope?.countDirectLlmCall(record.sessions);
  if (bill.contextUsedRatio !== undefined) scope?.noteContext(bill.contextUsedRatio);
  tellBilled(bill, record);
  return tellBudgets(record, bill);
}

function writeBill(
  runtime: Runtime,
  record: SpanRecord,
  span: Span,
  bill: Bill,
  crossedBudget: boolean,
): void {
  writeKept(span, COST_KIND, writeBillKeys, bill, record, runtime.dialects, crossedBudget);
}

function writeBillKeys(
  target: AttributeTarget,
  bill: Bill,
  record: SpanRecord,
  dialects: DialectWriter,
  crossedBudget: boolean,
): void {
  if (bill.pico !== undefined) target.setAttribute(COST_USD, usdFromPico(bill.pico));
  dialects.billed(target, bill);
  target.setAttribute(COST_SOURCE, bill.source);
  if (bill.status !== undefined) target.setAttribute(COST_STATUS, bill.status);
  if (bill.rateMatch !== undefined) target.setAttribute(COST_RATE_MATCH, bill.rateMatch);
  if (bill.anomaly !== undefined) target.setAttribute(COST_ANOMALY, bill.anomaly);
  if (bill.retries > 0 && bill.attempt !== undefined) target.setAttribute(COST_ATTEMPT, bill.attempt);
  if (bill.savedPico > 0) target.setAttribute(COST_SAVED_USD, usdFromPico(bill.savedPico));
  if (crossedBudget) target.setAttribute(TASK_OVER_BUDGET, true);
  writeCounts(target, bill);
  writeWhereabouts(target, record);
  target.setAttribute(COST_KIND, bill.kind);
}

function writeCounts(target: AttributeTarget, bill: Bill): void {
  const { contextUsedRatio, toolOverheadTokens, computeMicros } = bill;
  if (contextUsedRatio !== undefined) target.setAttribute(COST_CONTEXT_USED_RATIO, contextUsedRatio);
  if (toolOverheadTokens > 0) target.setAttribute(COST_TOOL_OVERHEAD_TOKENS, toolOverheadTokens);
  if (computeMicros > 0) target.setAttribute(COST_COMPUTE_SECONDS, computeMicros / MICROS_PER_SECOND);
}

/** So that a collector can group own cost without the tree. */
function writeWhereabouts(target: AttributeTarget, record: SpanRecord): void {
  if (record.task?.isStated) target.setAttribute(TASK_NAME, record.task.name);
  if (record.sessions !== undefined) target.setAttribute(SESSION_ID, record.sessions.session.id);
  writeAttribution(target, record);
}

export function writeAttribution(target: AttributeTarget, record: SpanRecord): void {
  for (const key in record.attribution) {
    const value = record.attribution[key];
    if (value !== undefined) target.setAttribute(key, value);
  }
}

/** Says on a span with usage why it carries no cost. */
export function writeNotBilled(runtime: Runtime, span: Span, reason: NotBilled, anomaly?: string): void {
  writeKept(span, COST_NOT_BILLED, writeNotBilledKeys, runtime.dialects, reason, anomaly);
}

function writeNotBilledKeys(
  target: AttributeTarget,
  dialects: DialectWriter,
  reason: NotBilled,
  anomaly: string | undefined,
): void {
  dialects.notBilled(target);
  if (anomaly !== undefined) target.setAttribute(COST_ANOMALY, anomaly);
  target.setAttribute(COST_NOT_BILLED, reason);
}
