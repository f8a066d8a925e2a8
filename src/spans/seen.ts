import type { Pico } from '../money.js';
import {
  addTokens,
  INPUT_KINDS,
  inputTokens,
  noTokens,
  OUTPUT_KINDS,
  outputTokens,
  type TokenCounts,
  type TokenKind,
} from '../usage/usage.js';

/** What was accounted for below a span: what an aggregate may not bill again. */
export interface Seen {
  tokens: TokenCounts;
  /** Cost of LLM calls; a reported LLM total is compared with this alone. */
  llmPico: Pico;
  /** Cost of every kind. */
  allPico: Pico;
  /** LLM calls. */
  calls: number;
}

export function newSeen(): Seen {
  return { tokens: noTokens(), llmPico: 0, allPico: 0, calls: 0 };
}

export function addSeen(into: Seen, other: Seen): void {
  addTokens(into.tokens, other.tokens);
  into.llmPico += other.llmPico;
  into.allPico += other.allPico;
  into.calls += other.calls;
}

/** Adds one bill to what was seen. */
export function addToSeen(
  into: Seen,
  tokens: TokenCounts | undefined,
  llmPico: Pico,
  allPico: Pico,
  calls: number,
): void {
  if (tokens !== undefined) addTokens(into.tokens, tokens);
  into.llmPico += llmPico;
  into.allPico += allPico;
  into.calls += calls;
}

export function hasTokens(tokens: TokenCounts): boolean {
  return inputTokens(tokens) + outputTokens(tokens) > 0;
}

/**
 * What a claim has above what is known already. Input and output are compared as wholes, for one of the two may
 * have lost its split (cached tokens shown as plain input); the parts only say which tokens the rest consists of.
 */
export function tokensAbove(claim: TokenCounts, known: TokenCounts): TokenCounts {
  const rest = noTokens();
  fillRest(rest, claim, known, INPUT_KINDS, inputTokens(claim) - inputTokens(known));
  fillRest(rest, claim, known, OUTPUT_KINDS, outputTokens(claim) - outputTokens(known));
  return rest;
}

function fillRest(
  rest: TokenCounts,
  claim: TokenCounts,
  known: TokenCounts,
  parts: readonly TokenKind[],
  size: number,
): void {
  if (size <= 0) return;
  let surplus = -size;
  for (const part of parts) {
    rest[part] = Math.max(0, claim[part] - known[part]);
    surplus += rest[part];
  }
  // Parts that only moved between kinds are not new; plain input and output, listed first, give way first.
  for (const part of parts) {
    const taken = Math.min(surplus, rest[part]);
    rest[part] -= taken;
    surplus -= taken;
  }
}
