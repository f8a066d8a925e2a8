import { type BillReason, firstReason } from '../cost-reason.js';
import { isPostableUsd, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import { type Priced, price, queryOfPart, sumOfPrices, unpriced } from '../pricing/priced.js';
import type { Runtime } from '../runtime/runtime.js';
import { inputTokens, outputTokens, type Usage, type UsagePart } from '../usage/usage.js';
import { warnOnce } from '../warnings.js';
import { mayHideCache } from './dropped-cache.js';
import { LlmFacts } from './llm-facts.js';

export type PricedCall = Priced;

/** Prices a call: the cost that the provider reported, or else its counts at list price. */
export function priceCall(runtime: Runtime, facts: LlmFacts, usage: Usage | undefined): PricedCall {
  if (usage === undefined && facts.rejected) return free('reported');
  const list = listPrice(runtime, facts, usage);
  if (usage === undefined) return list;
  if (usage.parts !== undefined && usage.reportedCostUsd === undefined) return list;
  const isUnread = usage.unread !== undefined && runtime.unreadUsage.note(usage.unread);
  const { reportedCostUsd, anomaly = list.anomaly } = usage;
  if (isPostableUsd(reportedCostUsd)) return reportedPrice(picoFromUsd(reportedCostUsd), list, usage);
  const isRefused = reportedCostUsd !== undefined || usage.refusesBill === true;
  if (isRefused) {
    const what = noteRefused(runtime, anomaly);
    if (!hasCounts(usage)) return unpriced('bad_amount', what);
    list.anomaly = what;
  }
  if (list.status === 'unpriced') {
    const computed = computedPrice(list, usage);
    if (computed !== undefined) return computed;
  }
  if (!isRefused) list.anomaly = anomaly;
  if (list.status === 'unpriced' || list.status === 'free') return list;
  let reason = isUnread ? firstReason<BillReason>(list.reason, 'unread_usage') : list.reason;
  if (isRefused || isContradicted(list, usage)) reason = firstReason<BillReason>(reason, 'reported_differs');
  if (mayHideCache(facts, usage.tokens)) reason = firstReason(reason, 'dropped_cache');
  if (reason !== list.reason) {
    list.status = 'estimated';
    list.reason = reason;
  }
  return list;
}

/** A bill that cannot be one. The list price of its counts is an estimate; without counts, the cost is unknown. */
function noteRefused(runtime: Runtime, anomaly = 'reported cost refused'): string {
  runtime.stats.refusedAmounts += 1;
  warnOnce('the reported cost of an LLM call is refused: it must be from 0 to 1,000,000 USD', anomaly);
  return anomaly;
}

function free(source: string): Priced {
  const priced = price(0, source);
  priced.status = 'free';
  return priced;
}

/** True for a computed cost far from the list price of the counts beside it: the counts may be incomplete. */
function isContradicted({ pico }: Priced, usage: Usage): boolean {
  const { estimatedCostUsd } = usage;
  if (pico === undefined || !isPostableUsd(estimatedCostUsd) || !hasCounts(usage)) return false;
  return differs(picoFromUsd(estimatedCostUsd), pico);
}

/**
 * Used where no rate is known. A cost that a client or an instrumentation computed from its own list is not a bill, but
 * better than nothing.
 */
function computedPrice({ reason, anomaly }: Priced, usage: Usage): Priced | undefined {
  const { estimatedCostUsd } = usage;
  if (reason === 'bad_amount' || !isPostableUsd(estimatedCostUsd) || estimatedCostUsd === 0) return undefined;
  const computed = price(picoFromUsd(estimatedCostUsd), 'reported');
  computed.status = 'estimated';
  computed.reason = 'guessed_provider';
  computed.anomaly = usage.anomaly ?? anomaly;
  return computed;
}

/** Doubts about a bill itself. All other doubts concern the counts, which a bill does not need. */
const DOUBTS_OF_BILLS: ReadonlySet<BillReason> = new Set<BillReason>([
  'reported_differs',
  'sum_of_calls',
  'partial_statement',
  'stream_cut',
  'guessed_provider',
]);

/** A reported cost far from the list price is flagged: it may be for other calls, or the counts for another model. */
function reportedPrice(pico: Pico, list: Priced, usage: Usage): PricedCall {
  const { contextWindowTokens } = list;
  const { anomaly } = usage;
  const isFar = list.pico !== undefined && hasCounts(usage) && differs(pico, list.pico);
  const priced = price(pico, 'reported');
  priced.contextWindowTokens = contextWindowTokens;
  priced.anomaly = anomaly;
  if (pico === 0) priced.status = 'free';
  if (usage.doubt !== undefined && DOUBTS_OF_BILLS.has(usage.doubt) && pico > 0) {
    priced.status = 'estimated';
    priced.reason = usage.doubt;
  }
  if (!isFar) return priced;
  priced.anomaly ??= disagreement(list.pico ?? 0, list.source);
  if (pico === 0) return priced;
  priced.status = 'estimated';
  priced.reason = 'reported_differs';
  return priced;
}

/** False for a reported cost without counts: there is no list price to compare it with. */
function hasCounts({ tokens, unsplitTokens = 0, units }: Usage): boolean {
  return units !== undefined || unsplitTokens + inputTokens(tokens) + outputTokens(tokens) > 0;
}

function listPrice(runtime: Runtime, facts: LlmFacts, usage: Usage | undefined): Priced {
  if (usage?.parts !== undefined && usage.reportedCostUsd === undefined)
    return priceParts(runtime, facts, usage, usage.parts);
  return runtime.prices.price(usage === facts.usage ? facts : { ...facts, usage });
}

/** Prices each part at its own bill, or else at list price. */
function priceParts(runtime: Runtime, facts: LlmFacts, usage: Usage, parts: readonly UsagePart[]): Priced {
  const priced = parts.map((part) => {
    const ofPart = new LlmFacts(part.usage, facts.recorder, facts.responseIds);
    return priceCall(runtime, Object.assign(ofPart, queryOfPart(facts, part, parts)), part.usage);
  });
  const sum = sumOfPrices(usage, priced);
  return { ...sum, anomaly: usage.anomaly ?? sum.anomaly };
}

/**
 * A reported cost is flagged when it is further from the list price than this ratio. Gateways add about 5 % and round;
 * a cost at another model's price is further off.
 */
const REPORTED_MARGIN = 0.1;

/** A smaller difference is rounding: $0.000001. */
const REPORTED_ROUNDING_PICO: Pico = 1_000_000;

/** True when a reported cost is too far from the price of the counts to be for exactly these calls. */
export function differs(reportedPico: Pico, pricedPico: Pico): boolean {
  const margin = Math.max(REPORTED_ROUNDING_PICO, pricedPico * REPORTED_MARGIN);
  return Math.abs(reportedPico - pricedPico) > margin;
}

function disagreement(listPico: Pico, source: string | undefined): string {
  return `reported cost differs from list price ${usdFromPico(listPico)} USD (${source})`;
}
