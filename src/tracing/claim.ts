import { isPostableUsd, MAX_POST_PICO, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { Priced } from '../pricing/price-book.js';
import { addTokens, inputTokens, outputTokens, type TokenCounts, type Usage } from '../usage/usage.js';
import type { NotBilled } from './charge.js';
import { Creditor, type Link } from './link.js';
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
      : { pico: undefined, source: 'unpriced:no-usage', status: 'unpriced' };
  }
  const { reportedCostUsd, anomaly } = usage;
  const priced = listPrice(meter, facts, usage);
  if (isPostableUsd(reportedCostUsd)) {
    const differs = anomaly ?? disagreement(reportedCostUsd, priced);
    return { pico: picoFromUsd(reportedCostUsd), source: 'reported', anomaly: differs };
  }
  if (reportedCostUsd === undefined) return anomaly === undefined ? priced : { ...priced, anomaly };
  meter.stats.refusedAmounts += 1;
  return { ...priced, anomaly: 'reported cost refused' };
}

function listPrice(meter: Meter, facts: LlmFacts, usage: Usage): Priced {
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
): LlmClaim | NotBilled {
  const isLeaf = below === undefined || below.calls === 0;
  const own = isLeaf ? usage : usageAbove(usage, below);
  if (own === undefined) return 'aggregate';
  if (link.creditor !== undefined) return drawDown(meter, link, facts, own, isLeaf, link.creditor);
  const { responseId } = facts;
  if (!isLeaf || responseId === undefined || responses === undefined) {
    return { usage: own, priced: priceCall(meter, facts, own), isLeaf };
  }
  const unseen = responses.take(responseId, own, facts.recorder);
  if (typeof unseen === 'string') return unseen;
  return { usage: unseen, priced: priceCall(meter, facts, unseen), isLeaf };
}

function usageAbove(usage: Usage, below: Seen): Usage | undefined {
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

/** Draws down what ended ancestors were billed for, nearest first, and tells the spans above each of them. */
function drawDown(
  meter: Meter,
  link: Link,
  facts: LlmFacts,
  usage: Usage,
  isLeaf: boolean,
  nearest: Creditor,
): LlmClaim | NotBilled {
  const passed: { creditor: Creditor; tokens: TokenCounts }[] = [];
  let counted = usage.tokens;
  let payable = usage.tokens;
  for (let at: Creditor | undefined = nearest; at !== undefined; at = at.outer) {
    const left = tokensAbove(at.tokens, counted);
    counted = tokensAbove(counted, at.tokens);
    if (at.pico === undefined) payable = tokensAbove(payable, at.tokens);
    at.tokens = left;
    passed.push({ creditor: at, tokens: counted });
  }
  const priced = drawMoney(priceShare(meter, facts, usage, payable), nearest);
  const rest: Usage = { ...usage, tokens: counted };
  tellBeyond(link, usage.tokens, counted, passed, priced.pico ?? 0);
  const nothingLeft = hasTokens(usage.tokens) && !hasTokens(counted) && !((priced.pico ?? 0) > 0);
  if (!nothingLeft) return { usage: rest, priced, isLeaf };
  return nearest.covers ? 'covered' : 'duplicate';
}

function priceShare(meter: Meter, facts: LlmFacts, usage: Usage, payable: TokenCounts): PricedCall {
  if (!isPostableUsd(usage.reportedCostUsd)) return priceCall(meter, facts, { ...usage, tokens: payable });
  const all = inputTokens(usage.tokens) + outputTokens(usage.tokens);
  const share = all === 0 ? 1 : (inputTokens(payable) + outputTokens(payable)) / all;
  return priceCall(meter, facts, { ...usage, reportedCostUsd: usage.reportedCostUsd * share });
}

function drawMoney(priced: PricedCall, nearest: Creditor): PricedCall {
  if (priced.pico === undefined) return priced;
  let pico: Pico = priced.pico;
  for (let at: Creditor | undefined = nearest; at !== undefined; at = at.outer) {
    if (at.pico === undefined) continue;
    const drawn = Math.min(pico, at.pico);
    at.pico -= drawn;
    pico -= drawn;
  }
  return { ...priced, pico: Math.min(pico, MAX_POST_PICO) };
}

/**
 * Tells open spans what they could not learn from the bill: those below the nearest ended claim, the part that was
 * drawn; those beyond each claim, the part that got past it (spans below it hand nothing past it at their end).
 */
function tellBeyond(
  link: Link,
  all: TokenCounts,
  billed: TokenCounts,
  passed: readonly { creditor: Creditor; tokens: TokenCounts }[],
  pico: Pico,
): void {
  const above = link.openAncestor();
  if (above !== undefined && above.creditor === link.creditor) {
    addTokens(above.seen().tokens, tokensAbove(all, billed));
    above.seen().calls += 1;
  }
  for (const { creditor, tokens } of passed) {
    const beyond = creditor.link.openAncestor();
    if (beyond !== undefined && beyond.creditor === creditor.outer) {
      addToSeen(beyond.seen(), tokens, pico, pico, hasTokens(tokens) ? 1 : 0);
    }
  }
}

/** Notes what a span was billed above what was below it, for what ends below it later. */
export function leaveClaim(link: Link, claim: LlmClaim, covers: boolean): void {
  const { usage, priced } = claim;
  const reported = priced.source === 'reported' ? priced.pico : undefined;
  if (!hasTokens(usage.tokens) && reported === undefined) return;
  new Creditor(link, usage.tokens, reported, covers);
}
