import { isPostableUsd, MAX_POST_PICO, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { Priced } from '../pricing/price-book.js';
import { addTokens, inputTokens, outputTokens, type TokenCounts, type Usage } from '../usage/usage.js';
import type { NotBilled } from './charge.js';
import type { Cover } from './cover.js';
import { type Claimant, Creditor, type Link } from './link.js';
import type { Meter } from './meter.js';
import type { Responses } from './responses.js';
import { addToSeen, hasTokens, type Seen, tokensAbove } from './seen.js';

/** What is known of one LLM call when it is to be billed. */
export interface LlmFacts {
  usage: Usage | undefined;
  provider: string | undefined;
  /** The model that answered, else the one that was asked for. */
  model: string | undefined;
  requestModel: string | undefined;
  serviceTier: string | undefined;
  /** When the call started, ms since 1970: prices are dated. */
  timeMillis: number;
  /** The provider's id of the response, and who recorded it: several may record one call. */
  responseId: string | undefined;
  recorder: string;
  /** The provider refused the call before the model ran, so that it is known to be free. */
  rejected: boolean;
}

/** A price with what was repaired on the way. */
export interface PricedCall extends Priced {
  anomaly?: string | undefined;
}

/** Prices a call as it stands: what the provider reported, else counts by the price book. */
export function priceCall(meter: Meter, facts: LlmFacts, usage: Usage | undefined): PricedCall {
  if (usage === undefined) {
    return facts.rejected
      ? { pico: 0, source: 'reported', status: 'free' }
      : listPrice(meter, facts, undefined);
  }
  const { reportedCostUsd, anomaly } = usage;
  const priced = listPrice(meter, facts, usage);
  if (isPostableUsd(reportedCostUsd)) {
    const differs = anomaly ?? disagreement(reportedCostUsd, priced);
    const status = reportedCostUsd === 0 ? 'free' : undefined;
    const { contextWindowTokens } = priced;
    return {
      pico: picoFromUsd(reportedCostUsd),
      source: 'reported',
      status,
      anomaly: differs,
      contextWindowTokens,
    };
  }
  if (reportedCostUsd === undefined) return anomaly === undefined ? priced : { ...priced, anomaly };
  meter.stats.refusedAmounts += 1;
  return { ...priced, anomaly: 'reported cost refused' };
}

function listPrice(meter: Meter, facts: LlmFacts, usage: Usage | undefined): Priced {
  return meter.prices.price({
    provider: facts.provider,
    model: facts.model,
    requestModel: facts.requestModel,
    timeMillis: facts.timeMillis,
    usage,
    serviceTier: facts.serviceTier,
  });
}

/**
 * How far a reported cost may be from the list price before it is flagged: gateways add some 5 % and round; a cost
 * taken from the wrong model's price is further off.
 */
const REPORTED_MARGIN = 0.1;

/** What is less than this, in USD, is rounding. */
const REPORTED_ROUNDING_USD = 1e-6;

function disagreement(reportedUsd: number, list: Priced): string | undefined {
  if (list.pico === undefined) return undefined;
  const listUsd = usdFromPico(list.pico);
  const difference = Math.abs(reportedUsd - listUsd);
  if (difference <= Math.max(REPORTED_ROUNDING_USD, listUsd * REPORTED_MARGIN)) return undefined;
  return `reported cost differs from list price ${listUsd} USD (${list.source})`;
}

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
  meter: Meter,
  link: Link,
  facts: LlmFacts,
  usage: Usage,
  below: Seen | undefined,
  responses: Responses | undefined,
  within?: Cover,
): LlmClaim | NotBilled {
  const isLeaf = below === undefined || below.calls === 0;
  const own = isLeaf ? usage : usageAbove(usage, below);
  if (own === undefined) return 'aggregate';
  const creditors = creditorsOf(link, within);
  if (creditors.length > 0) return drawDown(meter, link, facts, own, isLeaf, creditors, within !== undefined);
  const { responseId } = facts;
  if (!isLeaf || responseId === undefined || responses === undefined) {
    return { usage: own, priced: priceCall(meter, facts, own), isLeaf, claimed: own, passed: [] };
  }
  const unseen = responses.take(responseId, own, facts.recorder);
  if (typeof unseen === 'string') return unseen;
  return { usage: unseen, priced: priceCall(meter, facts, unseen), isLeaf, claimed: own, passed: [] };
}

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

/** An ended ancestor that was billed for what may still end below it. */
interface Payer {
  creditor: Creditor;
  /** What is billed here is part of what was billed there: no agent, step, task or tool starts in between. */
  pays: boolean;
  /** The next one further out. */
  outer: Creditor | undefined;
}

/** The ended ancestors that were billed in advance, nearest first; only those below the open wrapper `within`. */
function creditorsOf(link: Link, within: Cover | undefined): Payer[] {
  const payers: Payer[] = [];
  if (link.creditor === undefined) return payers;
  let leftCall = link.leavesCover;
  for (let at = link.parent; at !== undefined; at = at.parent) {
    const creditor = at.ended ? at.claim : undefined;
    if (creditor !== undefined) {
      const nearer = payers.at(-1);
      if (nearer !== undefined) nearer.outer = creditor;
      if (within !== undefined && !within.contains(at.cover)) break;
      payers.push({ creditor, pays: creditor.by !== 'wrapper' || !leftCall, outer: undefined });
    }
    leftCall ||= at.leavesCover;
  }
  return payers;
}

/** What of a call got past an ended ancestor's claim. */
interface Passed {
  payer: Payer;
  tokens: TokenCounts;
}

/** What of a call was not billed for within an open wrapper yet. */
export function newWithin(cover: Cover, claimed: TokenCounts, passed: readonly Passed[]): TokenCounts {
  const last = passed.findLast(({ payer }) => cover.contains(payer.creditor.link.cover));
  return last === undefined ? claimed : last.tokens;
}

/** What drawing on the claims of ended ancestors leaves. */
interface Drawn {
  /** Tokens that nobody was billed for yet. */
  counted: TokenCounts;
  /** Tokens not yet paid by tokens; what was paid in dollars is drawn in dollars. */
  payable: TokenCounts;
  passed: Passed[];
}

function drawTokens(tokens: TokenCounts, payers: readonly Payer[]): Drawn {
  const drawn: Drawn = { counted: tokens, payable: tokens, passed: [] };
  for (const payer of payers) {
    const { creditor } = payer;
    if (payer.pays) {
      const left = tokensAbove(creditor.tokens, drawn.counted);
      drawn.counted = tokensAbove(drawn.counted, creditor.tokens);
      if (creditor.pico === undefined) drawn.payable = tokensAbove(drawn.payable, creditor.tokens);
      creditor.tokens = left;
    }
    drawn.passed.push({ payer, tokens: drawn.counted });
  }
  return drawn;
}

/** Draws down what ended ancestors were billed for, nearest first, and tells the spans above each of them. */
function drawDown(
  meter: Meter,
  link: Link,
  facts: LlmFacts,
  usage: Usage,
  isLeaf: boolean,
  payers: readonly Payer[],
  isHeld: boolean,
): LlmClaim {
  const { counted, payable, passed } = drawTokens(usage.tokens, payers);
  const priced = drawMoney(priceShare(meter, facts, usage, payable), payers);
  const pico = priced.pico ?? 0;
  tellNear(link, tokensAbove(usage.tokens, counted), isHeld);
  tellBeyond(passed, pico, isHeld);
  const claim: LlmClaim = { usage: { ...usage, tokens: counted }, priced, isLeaf, claimed: usage, passed };
  if (hasTokens(usage.tokens) && !hasTokens(counted) && pico === 0) claim.paidAbove = reasonOf(payers);
  return claim;
}

/** The same for a call that was settled as a whole; the spans below the nearest claim have been told of it. */
export function drawSettled(
  link: Link,
  settled: { tokens: TokenCounts; priced: PricedCall },
): Pick<LlmClaim, 'priced' | 'paidAbove' | 'passed'> & { tokens: TokenCounts } {
  const { tokens, priced } = settled;
  const payers = creditorsOf(link, undefined);
  if (payers.length === 0) return { ...settled, passed: [] };
  const { counted, payable, passed } = drawTokens(tokens, payers);
  const share = priced.pico === undefined ? undefined : Math.round(priced.pico * shareOf(payable, tokens));
  const rest = drawMoney({ ...priced, pico: share }, payers);
  tellBeyond(passed, rest.pico ?? 0, false);
  const isPaid = hasTokens(tokens) && !hasTokens(counted) && (rest.pico ?? 0) === 0;
  return { tokens: counted, priced: rest, passed, ...(isPaid && { paidAbove: reasonOf(payers) }) };
}

function reasonOf(payers: readonly Payer[]): 'covered' | 'duplicate' {
  return payers.find(({ pays }) => pays)?.creditor.by === 'foreign' ? 'duplicate' : 'covered';
}

function priceShare(meter: Meter, facts: LlmFacts, usage: Usage, payable: TokenCounts): PricedCall {
  if (!isPostableUsd(usage.reportedCostUsd)) return priceCall(meter, facts, { ...usage, tokens: payable });
  const share = shareOf(payable, usage.tokens);
  return priceCall(meter, facts, { ...usage, reportedCostUsd: usage.reportedCostUsd * share });
}

function shareOf(part: TokenCounts, all: TokenCounts): number {
  const total = inputTokens(all) + outputTokens(all);
  return total === 0 ? 1 : (inputTokens(part) + outputTokens(part)) / total;
}

function drawMoney(priced: PricedCall, payers: readonly Payer[]): PricedCall {
  if (priced.pico === undefined) return priced;
  let pico: Pico = priced.pico;
  for (const { creditor, pays } of payers) {
    if (!pays || creditor.pico === undefined) continue;
    const drawn = Math.min(pico, creditor.pico);
    creditor.pico -= drawn;
    pico -= drawn;
  }
  return { ...priced, pico: Math.min(pico, MAX_POST_PICO) };
}

/** Tells open spans below the nearest ended claim what they could not learn from the bill: the part that was drawn. */
function tellNear(link: Link, drawn: TokenCounts, isHeld: boolean): void {
  const above = link.openAncestor();
  if (above === undefined || above.creditor !== link.creditor) return;
  const seen = isHeld ? above.seenHeld() : above.seen();
  addTokens(seen.tokens, drawn);
  seen.calls += 1;
}

/** Tells open spans beyond each claim what got past it; spans below it hand nothing past it at their end. */
function tellBeyond(passed: readonly Passed[], pico: Pico, isHeld: boolean): void {
  for (const { payer, tokens } of passed) {
    const beyond = payer.creditor.link.openAncestor();
    if (beyond !== undefined && beyond.creditor === payer.outer) {
      addToSeen(isHeld ? beyond.seenHeld() : beyond.seen(), tokens, pico, pico, hasTokens(tokens) ? 1 : 0);
    }
  }
}

/** Notes what a span says above what was below it, for what ends below it later. */
export function leaveClaim(link: Link, claimed: Usage, by: Claimant): void {
  const { tokens, reportedCostUsd } = claimed;
  const reported = isPostableUsd(reportedCostUsd) ? picoFromUsd(reportedCostUsd) : undefined;
  if (!hasTokens(tokens) && reported === undefined) return;
  new Creditor(link, tokens, reported, by);
}
