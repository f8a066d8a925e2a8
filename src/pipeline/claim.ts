import { isPostableUsd, picoFromUsd, usdFromPico } from '../money.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Cover } from '../spans/cover.js';
import type { Responses } from '../spans/responses.js';
import { hasTokens, type Seen, tokensAbove } from '../spans/seen.js';
import { type Claimant, Creditor, type SpanRecord } from '../spans/span-record.js';
import type { TokenCounts, Usage } from '../usage/usage.js';
import type { NotBilled } from './charge.js';
import { type LlmFacts, type PricedCall, priceCall } from './llm-price.js';
import {
  drawMoney,
  drawTokens,
  type Passed,
  type Payer,
  payersOf,
  reasonOf,
  shareOf,
  tellBeyond,
  tellNear,
} from './payers.js';

/** What of a call's usage is to be billed on this span, given what is billed around it. */
export interface LlmClaim {
  usage: Usage;
  priced: PricedCall;
  /** Nothing below was billed: this is a call of its own. */
  isLeaf: boolean;
  /** All that the span says above what was below it, what an ended ancestor was billed for included. */
  claimed: Usage;
  /** The ended ancestors it was held against. */
  passed: readonly Passed[];
  /** Ended ancestors were billed for all of it. */
  paidAbove?: 'covered' | 'duplicate';
}

/**
 * The part of a span's usage that nobody was billed for yet: above what was seen below, above what ended ancestors
 * were billed for in advance, and above earlier records of the same response. Else why nothing is left.
 */
export function claimLlm(
  runtime: Runtime,
  record: SpanRecord,
  facts: LlmFacts,
  usage: Usage,
  below: Seen | undefined,
  responses: Responses | undefined,
  within?: Cover,
): LlmClaim | NotBilled {
  const isLeaf = below === undefined || below.calls === 0;
  const own = isLeaf ? usage : usageAbove(usage, below);
  if (own === undefined) return 'aggregate';
  const payers = payersOf(record, within, facts);
  if (payers.length > 0) return drawDown(runtime, record, facts, own, isLeaf, payers, within !== undefined);
  const { responseId } = facts;
  if (!isLeaf || responseId === undefined || responses === undefined) {
    return { usage: own, priced: priceCall(runtime, facts, own), isLeaf, claimed: own, passed: NONE };
  }
  const unseen = responses.take(responseId, own, facts.recorder);
  if (typeof unseen === 'string') return unseen;
  return { usage: unseen, priced: priceCall(runtime, facts, unseen), isLeaf, claimed: own, passed: NONE };
}

const NONE: readonly Passed[] = [];

/** What a usage has above what was billed for below; undefined when nothing. */
export function usageAbove(usage: Usage, below: Seen): Usage | undefined {
  const rest: Usage = { tokens: tokensAbove(usage.tokens, below.tokens) };
  if (usage.anomaly !== undefined) rest.anomaly = usage.anomaly;
  if (usage.incomplete) rest.incomplete = true;
  if (isPostableUsd(usage.reportedCostUsd)) {
    const restPico = Math.max(0, picoFromUsd(usage.reportedCostUsd) - below.llmPico);
    if (restPico === 0 && !hasTokens(rest.tokens)) return undefined;
    rest.reportedCostUsd = usdFromPico(restPico);
    return rest;
  }
  return hasTokens(rest.tokens) ? rest : undefined;
}

/** What of a call was not billed for within an open wrapper yet. */
export function newWithin(cover: Cover, claimed: TokenCounts, passed: readonly Passed[]): TokenCounts {
  const last = passed.findLast(({ payer }) => cover.contains(payer.creditor.record.cover));
  return last === undefined ? claimed : last.tokens;
}

/** Draws down what ended ancestors were billed for, nearest first, and tells the spans above each of them. */
function drawDown(
  runtime: Runtime,
  record: SpanRecord,
  facts: LlmFacts,
  usage: Usage,
  isLeaf: boolean,
  payers: readonly Payer[],
  isHeld: boolean,
): LlmClaim {
  const { counted, payable, passed } = drawTokens(usage.tokens, payers);
  const priced = drawMoney(priceShare(runtime, facts, usage, payable), payers);
  const pico = priced.pico ?? 0;
  tellNear(record, tokensAbove(usage.tokens, counted), isHeld);
  tellBeyond(passed, pico, isHeld);
  const claim: LlmClaim = { usage: { ...usage, tokens: counted }, priced, isLeaf, claimed: usage, passed };
  if (hasTokens(usage.tokens) && !hasTokens(counted) && pico === 0) claim.paidAbove = reasonOf(payers);
  return claim;
}

/** The same for a call that was settled as a whole; the spans below the nearest claim have been told of it. */
export function drawSettled(
  record: SpanRecord,
  settled: { tokens: TokenCounts; priced: PricedCall },
): Pick<LlmClaim, 'priced' | 'paidAbove' | 'passed'> & { tokens: TokenCounts } {
  const { tokens, priced } = settled;
  const payers = payersOf(record, undefined);
  if (payers.length === 0) return { ...settled, passed: NONE };
  const { counted, payable, passed } = drawTokens(tokens, payers);
  const share = priced.pico === undefined ? undefined : Math.round(priced.pico * shareOf(payable, tokens));
  const rest = drawMoney({ ...priced, pico: share }, payers);
  tellBeyond(passed, rest.pico ?? 0, false);
  const isPaid = hasTokens(tokens) && !hasTokens(counted) && (rest.pico ?? 0) === 0;
  return { tokens: counted, priced: rest, passed, ...(isPaid && { paidAbove: reasonOf(payers) }) };
}

function priceShare(runtime: Runtime, facts: LlmFacts, usage: Usage, payable: TokenCounts): PricedCall {
  if (!isPostableUsd(usage.reportedCostUsd)) return priceCall(runtime, facts, { ...usage, tokens: payable });
  const share = shareOf(payable, usage.tokens);
  return priceCall(runtime, facts, { ...usage, reportedCostUsd: usage.reportedCostUsd * share });
}

/** Notes what a span says above what was below it, for what ends below it later. */
export function leaveClaim(
  record: SpanRecord,
  claimed: Usage,
  by: Claimant,
  responseIds?: readonly string[],
): void {
  const { tokens, reportedCostUsd } = claimed;
  const reported = isPostableUsd(reportedCostUsd) ? picoFromUsd(reportedCostUsd) : undefined;
  if (!hasTokens(tokens) && reported === undefined) return;
  const creditor = new Creditor(record, tokens, reported, by);
  if (responseIds !== undefined) creditor.responseIds = responseIds;
}
