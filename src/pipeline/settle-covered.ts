import type { Pico } from '../money.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Cover, HeldCall } from '../spans/cover.js';
import {
  addTokens,
  inputTokens,
  noTokens,
  outputTokens,
  type TokenCounts,
  type Usage,
} from '../usage/usage.js';
import { type LlmFacts, type PricedCall, priceCall } from './llm-price.js';

/** What a wrapper bills for a call that other instrumentations recorded too. */
export interface CoveredBill {
  priced: PricedCall;
  tokens: TokenCounts;
  /** Part of the call's usage is unknown. */
  isLowerBound: boolean;
}

/**
 * The response the wrapper saw, if it shows at least what is held; else what is held, the call with the
 * response's own id replaced by the response.
 */
export function settleCovered(runtime: Runtime, cover: Cover, facts: LlmFacts): CoveredBill {
  const { usage, responseId } = facts;
  if (usage === undefined) return heldBill(cover.calls);
  if (usage.reportedCostUsd !== undefined) return responseBill(runtime, cover, facts, usage);
  if (totalTokens(usage.tokens) >= totalTokens(cover.held.tokens)) {
    return isSumOf(usage, cover) ? heldBill(cover.calls) : responseBill(runtime, cover, facts, usage);
  }
  const own = cover.calls.find((call) => responseId !== undefined && call.responseId === responseId);
  if (own === undefined) return heldBill(cover.calls);
  const richer = responseBill(runtime, cover, facts, usage);
  return heldBill(
    cover.calls.map((call) => (call === own ? { ...call, ...richer, pico: richer.priced.pico } : call)),
  );
}

function responseBill(runtime: Runtime, cover: Cover, facts: LlmFacts, usage: Usage): CoveredBill {
  const known = cover.calls.at(-1);
  const asked = {
    ...facts,
    provider: facts.provider ?? known?.provider,
    model: facts.model ?? known?.model,
  };
  return {
    priced: priceCall(runtime, asked, usage),
    tokens: usage.tokens,
    isLowerBound: usage.incomplete === true,
  };
}

function heldBill(calls: readonly HeldCall[]): CoveredBill {
  const tokens = noTokens();
  let pico: Pico | undefined = 0;
  for (const call of calls) {
    addTokens(tokens, call.tokens);
    pico = pico === undefined || call.pico === undefined ? undefined : pico + call.pico;
  }
  const first = calls.find((call) => call.pico === undefined) ?? calls[0];
  if (first === undefined || pico === undefined) {
    const source = first?.priced.source ?? 'unpriced:no-usage';
    return { priced: { pico: undefined, source, status: 'unpriced' }, tokens, isLowerBound: false };
  }
  const sources = [...new Set(calls.map((call) => call.priced.source))].slice(0, MAX_SOURCES);
  const status = commonStatus(calls);
  const rateMatch = calls.find((call) => call.priced.rateMatch !== undefined)?.priced.rateMatch;
  const contextWindowTokens = calls.length === 1 ? first.priced.contextWindowTokens : undefined;
  const merged: PricedCall = { pico, source: sources.join('+'), status, rateMatch, contextWindowTokens };
  return { priced: merged, tokens, isLowerBound: calls.some((call) => call.isLowerBound) };
}

function commonStatus(calls: readonly HeldCall[]): PricedCall['status'] {
  if (calls.some(({ priced }) => priced.status === 'estimated')) return 'estimated';
  return calls.every(({ priced }) => priced.status === 'free') ? 'free' : undefined;
}

/** An attribute that names every model of a long run would be cut by backends. */
const MAX_SOURCES = 4;

/** Several calls that add up to just what the response shows: each has its own model, tier and context size. */
function isSumOf(usage: Usage, { calls, held }: Cover): boolean {
  return (
    calls.length > 1 &&
    sameTokens(usage.tokens, held.tokens) &&
    calls.every((call) => call.pico !== undefined)
  );
}

function totalTokens(tokens: TokenCounts): number {
  return inputTokens(tokens) + outputTokens(tokens);
}

function sameTokens(a: TokenCounts, b: TokenCounts): boolean {
  return (Object.keys(a) as (keyof TokenCounts)[]).every((part) => a[part] === b[part]);
}
