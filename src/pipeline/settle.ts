/** The first two steps of a bill: settle how much of a statement is billed here, and price that part. */
import type { NotBilledReason } from '../cost-reason.js';
import { MAX_POST_PICO } from '../money.js';
import { price } from '../pricing/priced.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Increase } from '../settlement/amounts.js';
import type { SettlementNode } from '../settlement/node.js';
import { Bill } from '../spans/bill.js';
import { isStatedBeside } from '../spans/side-by-side.js';
import { isSpanRecord, type SpanRecord } from '../spans/span-record.js';
import { cacheReadTokens, cacheWriteTokens, type TokenCounts } from '../usage/usage.js';
import { contextUsedRatio } from './context-window.js';
import type { LlmFacts } from './llm-facts.js';
import { differs, type PricedCall, priceCall } from './llm-price.js';
import { partOf } from './part-of-usage.js';

/**
 * Settles the call that a span or a wrapper states, and prices the part that is billed. The price is reported to the
 * spans above; with a collector, to the collector and the spans inside it. If nothing is left to bill, the bill has the
 * reason.
 *
 * Example: an agent span states 1,600 input tokens, and 1,500 were billed below it. The bill is for 100, estimated.
 */
export function settleCall(
  runtime: Runtime,
  record: SpanRecord,
  facts: LlmFacts,
  collector?: SettlementNode,
): Bill {
  const isTwin = facts.of === 'call' && isStatedBeside(record, facts);
  const bill = priceIncrease(runtime, record, facts, settleStatement(record, facts), collector);
  // Two recorders stated calls without distinct ids: most likely they are one call.
  if (isTwin && !bill.isEmpty) bill.estimate('ambiguous_usage');
  return bill;
}

export function settleStatement(record: SpanRecord, facts: LlmFacts): Increase {
  return facts.responseIds.length === 0
    ? record.settle(facts)
    : record.settle(facts, facts, record.task?.responses());
}

/** The bill for the part of a statement that is billed here. */
export function priceIncrease(
  runtime: Runtime,
  record: SpanRecord,
  facts: LlmFacts,
  increase: Increase,
  collector?: SettlementNode,
): Bill {
  const { usage } = facts;
  const share = shareOf(facts, increase);
  const priced = priceOfShare(runtime, facts, increase, share);
  const bill = new Bill('llm', priced);
  bill.tokens = tokensOf(facts, increase);
  if (usage?.incomplete === true && share !== 'none') bill.isLowerBound = true;
  bill.llmCalls = increase.calls;
  if (increase.resolves > 0) {
    bill.settlesUnpriced = true;
    bill.unpricedRow = record.unpricedRow;
  }
  if (isSpanRecord(increase.resolvedAt)) {
    bill.unpricedIn = increase.resolvedAt.place();
    bill.unpricedRow = increase.resolvedAt.unpricedRow;
  }
  if (increase.billedElsewhere === 'below') bill.isRest = true;
  bill.subject = facts;
  // Only steps have this ratio.
  if (record.scope?.kind === 'step' && facts.of === 'call' && increase.calls === 1) {
    bill.contextUsedRatio = contextUsedRatio(priced, usage);
  }
  if (share === 'none') bill.notBilled = notBilledReason(increase);
  else if (facts.pico === undefined) postPrice(record, bill, facts, increase, collector);
  // The collector bills it when it ends, so the collector holds it as not yet billed.
  else collector?.hold(increase.pico);
  if (!facts.isKnown && bill.unpricedCalls === 0) record.leaveKnown();
  // A sum does not show the tiers and fees of its calls.
  if (share === 'all' && (facts.of === 'sum' || facts.calls > 1) && priced.isPerCall)
    bill.estimate('sum_of_calls');
  flag(runtime, bill, facts, increase);
  flagDroppedCache(runtime, bill, facts, increase);
  return bill;
}

function tokensOf({ usage, input, output }: LlmFacts, increase: Increase): TokenCounts | undefined {
  if (usage === undefined) return undefined;
  if (increase.input === input && increase.output === output) return usage.tokens;
  return partOf(usage, increase.input, increase.output).tokens;
}

type ShareSize = 'all' | 'part' | 'none';

/** How much of a statement is billed here. */
function shareOf({ input, output, pico, isKnown }: LlmFacts, increase: Increase): ShareSize {
  const { payableInput, payableOutput, calls, resolves } = increase;
  // The calls have no tokens, such as images, or unknown usage.
  if (!isKnown || (pico ?? input + output) === 0) return calls + resolves > 0 ? 'all' : 'none';
  if (pico !== undefined) return increase.pico === pico ? 'all' : increase.pico > 0 ? 'part' : 'none';
  if (payableInput === input && payableOutput === output) return 'all';
  return payableInput + payableOutput > 0 ? 'part' : 'none';
}

function priceOfShare(
  runtime: Runtime,
  facts: LlmFacts,
  { pico, payableInput, payableOutput }: Increase,
  share: ShareSize,
): PricedCall {
  const { usage } = facts;
  if (share === 'none') {
    const nothing = price(0, undefined);
    nothing.anomaly = usage?.anomaly;
    return nothing;
  }
  if (usage === undefined) return priceCall(runtime, facts, undefined);
  if (facts.pico !== undefined) {
    const reported = priceCall(runtime, facts, usage);
    reported.pico = pico;
    return reported;
  }
  return priceCall(runtime, facts, share === 'all' ? usage : partOf(usage, payableInput, payableOutput));
}

/** Reports the price to the spans above. Ended spans with a credit in dollars may pay for it. */
function postPrice(
  record: SpanRecord,
  bill: Bill,
  facts: LlmFacts,
  increase: Increase,
  collector: SettlementNode | undefined,
): void {
  if (bill.pico === undefined) {
    // A span around it without a price has already counted this call.
    if (increase.isEmpty && facts.input + facts.output > 0 && !bill.settlesUnpriced) leaveToAround(bill);
    // If the whole statement has no price, calls below that end later are priced there.
    else if (shareOf(facts, increase) === 'all') record.leaveUnpriced();
    return;
  }
  const left = record.reportPrice(bill.pico, collector);
  if (bill.pico > 0 && left === 0) bill.notBilled = record.payer === 'around' ? 'duplicate' : 'covered';
  bill.pico = Math.min(left, MAX_POST_PICO);
}

function leaveToAround(bill: Bill): void {
  bill.notBilled = 'duplicate';
  bill.status = undefined;
  bill.reason = undefined;
}

/**
 * Sets the reason why the amount is uncertain, where the settlement knows it. A span can therefore be estimated without
 * a cost of its own.
 */
function flag(runtime: Runtime, bill: Bill, facts: LlmFacts, increase: Increase): void {
  const { flag: reason, overBilledPico } = increase;
  if (reason !== undefined) bill.estimate(reason);
  if (reason === 'unexplained_sum') bill.isLowerBound = true;
  // The response was billed at an earlier record and by a span around this one: the total may be a whole call too high.
  if (reason === 'ambiguous_usage' && bill.pico === 0) {
    bill.estimatedPico = priceCall(runtime, facts, facts.usage).pico ?? 0;
  }
  const { pico: reportedPico = 0 } = facts;
  if (overBilledPico !== undefined && differs(reportedPico, overBilledPico)) {
    bill.estimate('reported_differs');
    bill.estimatedPico = (bill.pico ?? 0) + overBilledPico - reportedPico;
  }
}

/**
 * Flags a bill when the same tokens were billed below without their cache. Example: a span with 1,000 input tokens was
 * billed; this one states that all of them came from the cache, at half the price. A sum may be of calls to several
 * models, so a higher price of a sum is not flagged.
 */
function flagDroppedCache(runtime: Runtime, bill: Bill, facts: LlmFacts, { sameTokensPico }: Increase): void {
  const { usage, of } = facts;
  if (sameTokensPico === undefined || usage === undefined) return;
  if (cacheReadTokens(usage.tokens) + cacheWriteTokens(usage.tokens) === 0) return;
  const { pico } = priceCall(runtime, facts, usage);
  if (pico === undefined || !differs(sameTokensPico, pico) || (of === 'sum' && pico > sameTokensPico)) return;
  bill.estimate('dropped_cache');
  bill.estimatedPico = Math.abs(pico - sameTokensPico);
}

function notBilledReason({ billedElsewhere }: Increase): NotBilledReason {
  switch (billedElsewhere) {
    case 'record':
    case 'around':
      return 'duplicate';
    case 'cover':
      return 'covered';
    default:
      return 'aggregate';
  }
}
