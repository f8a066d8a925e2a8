import { MAX_POST_PICO, type Pico, survivingPico } from '../money.js';
import type { Bill } from '../spans/bill.js';
import type { Cover } from '../spans/cover.js';
import { addToSeen, hasTokens, tokensAbove } from '../spans/seen.js';
import type { Creditor, SpanRecord } from '../spans/span-record.js';
import { addTokens, inputTokens, outputTokens, type TokenCounts } from '../usage/usage.js';
import { PACKAGE_NAME } from '../version.js';
import type { PricedCall } from './llm-price.js';

/** An ended ancestor that was billed for what may still end below it. */
export interface Payer {
  creditor: Creditor;
  /** What is billed here is part of what was billed there: nothing of its own starts in between, or the id says so. */
  pays: boolean;
  /** The next one further out. */
  outer: Creditor | undefined;
}

interface IdentifiedCall {
  responseId: string | undefined;
  recorder: string;
}

/** Two wrappers of ours are two calls, whatever ids a gateway gives. */
function isAmong(responseIds: readonly string[], call: IdentifiedCall | undefined): boolean {
  if (call?.responseId === undefined || call.recorder === PACKAGE_NAME) return false;
  return responseIds.includes(call.responseId);
}

/** The ended ancestors that were billed in advance, nearest first; only those below the open wrapper `within`. */
export function payersOf(record: SpanRecord, within: Cover | undefined, call?: IdentifiedCall): Payer[] {
  const payers: Payer[] = [];
  if (record.creditor === undefined) return payers;
  let leftCall = record.leavesCover;
  for (let at = record.parent; at !== undefined; at = at.parent) {
    const creditor = at.ended ? at.claim : undefined;
    if (creditor !== undefined) {
      const nearer = payers.at(-1);
      if (nearer !== undefined) nearer.outer = creditor;
      if (within !== undefined && !within.contains(at.cover)) break;
      const pays = creditor.by !== 'wrapper' || !leftCall || isAmong(creditor.responseIds, call);
      payers.push({ creditor, pays, outer: undefined });
    }
    leftCall ||= at.leavesCover;
  }
  return payers;
}

/** What of a call got past an ended ancestor's claim. */
export interface Passed {
  payer: Payer;
  tokens: TokenCounts;
}

/** What drawing on the claims of ended ancestors leaves. */
interface Drawn {
  /** Tokens that nobody was billed for yet. */
  counted: TokenCounts;
  /** Tokens not yet paid by tokens; what was paid in dollars is drawn in dollars. */
  payable: TokenCounts;
  passed: Passed[];
}

export function drawTokens(tokens: TokenCounts, payers: readonly Payer[]): Drawn {
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

export function reasonOf(payers: readonly Payer[]): 'covered' | 'duplicate' {
  return payers.find(({ pays }) => pays)?.creditor.by === 'foreign' ? 'duplicate' : 'covered';
}

export function shareOf(part: TokenCounts, all: TokenCounts): number {
  const total = inputTokens(all) + outputTokens(all);
  return total === 0 ? 1 : (inputTokens(part) + outputTokens(part)) / total;
}

export function drawMoney(priced: PricedCall, payers: readonly Payer[]): PricedCall {
  if (priced.pico === undefined) return priced;
  let pico: Pico = priced.pico;
  for (const { creditor, pays } of payers) {
    if (!pays || creditor.pico === undefined) continue;
    const drawn = Math.min(pico, creditor.pico);
    creditor.pico -= drawn;
    pico -= drawn;
  }
  return { ...priced, pico: Math.min(pico, MAX_POST_PICO), isPaid: pico === 0 && priced.pico > 0 };
}

/** The same for what is no LLM call: only a tool pays for that. Tells the spans beyond what got past it. */
export function drawDollars(record: SpanRecord, bill: Bill): void {
  if (record.creditor === undefined || bill.pico === undefined || bill.pico === 0) return;
  const payers = payersOf(record, undefined);
  const tools = payers.filter(({ creditor }) => creditor.by === 'tool');
  if (tools.length > 0) {
    const { pico, isPaid = false } = drawMoney({ pico: bill.pico, source: bill.source }, tools);
    bill.pico = pico === undefined ? undefined : survivingPico(pico);
    bill.isPaid = isPaid;
  }
  const { kind, pico = 0 } = bill;
  for (const payer of payers) {
    const beyond = openBeyond(payer);
    if (beyond !== undefined) addToSeen(beyond.seen(), undefined, kind === 'llm' ? pico : 0, pico, 0);
  }
}

/** Tells open spans below the nearest ended claim what they could not learn from the bill: the part that was drawn. */
export function tellNear(record: SpanRecord, drawn: TokenCounts, isHeld: boolean): void {
  const above = record.openAncestor();
  if (above === undefined || above.creditor !== record.creditor) return;
  const seen = isHeld ? above.seenHeld() : above.seen();
  addTokens(seen.tokens, drawn);
  seen.calls += 1;
}

/** Tells open spans beyond each claim what got past it; spans below it hand nothing past it at their end. */
export function tellBeyond(passed: readonly Passed[], pico: Pico, isHeld: boolean): void {
  for (const { payer, tokens } of passed) {
    const beyond = openBeyond(payer);
    if (beyond === undefined) continue;
    addToSeen(isHeld ? beyond.seenHeld() : beyond.seen(), tokens, pico, pico, hasTokens(tokens) ? 1 : 0);
  }
}

function openBeyond({ creditor, outer }: Payer): SpanRecord | undefined {
  const beyond = creditor.record.openAncestor();
  return beyond?.creditor === outer ? beyond : undefined;
}
