/**
 * A `withLlm` around an agent that another instrumentation shows. The agent's calls are told, and billed, in the agent;
 * the wrapper sees the same calls once more, as one run.
 */
import { inputTokens, noTokens, outputTokens } from '../usage/usage.js';
import { Bill } from './bill.js';
import { book } from './charge.js';
import { type Cover, openCover } from './cover.js';
import { Creditor, type Link } from './link.js';
import type { LlmFacts } from './llm-price.js';
import type { Seen } from './seen.js';

/** An agent of another instrumentation starts: the wrapper whose call it is part of, if any, is around a run. */
export function noteAgentStart(link: Link): void {
  const cover = openCover(link.cover);
  if (cover !== undefined) cover.framesAgent = true;
}

/**
 * What the agent's calls were billed, where the wrapper's response just repeats their sum. One with an id is held
 * against theirs by that, and is another call than those of which it is none.
 */
export function repeatedRun(link: Link, cover: Cover, facts: LlmFacts): Seen | undefined {
  const { usage, responseId } = facts;
  if (!cover.framesAgent || usage === undefined || responseId !== undefined) return undefined;
  const below = link.billedBelow();
  if (below === undefined || below.calls === 0) return undefined;
  const isSame =
    inputTokens(usage.tokens) === inputTokens(below.tokens) &&
    outputTokens(usage.tokens) === outputTokens(below.tokens);
  return isSame ? below : undefined;
}

/** True when the calls of the run tell all there is to tell: a wrapper that learned nothing is none beside them. */
export function isToldBelow(link: Link, cover: Cover): boolean {
  return cover.framesAgent && (link.billedBelow()?.calls ?? 0) > 0;
}

/** The run outlives its wrapper, which learned nothing: its calls count themselves, and it is unpriced until the first. */
export function leaveToCalls(link: Link, cover: Cover, bill: Bill): void {
  if (!cover.framesAgent || !link.hasOpenBelow) return;
  bill.llmCalls = 0;
  bill.failed = false;
  if (bill.status === 'unpriced') new Creditor(link, noTokens(), undefined, 'wrapper').owesRun = true;
}

/** A call ends: the run that it is part of, and that ended before any of its calls did, is told by now. */
export function settleOpenRun(link: Link): void {
  if (link.creditor === undefined) return;
  const wrapper = openRunAround(link);
  if (wrapper?.claim === undefined) return;
  wrapper.claim.owesRun = false;
  const bill = new Bill('llm', { pico: 0, source: 'none' });
  bill.settlesUnpriced = true;
  book(wrapper, bill);
}

/** What a tool or a task inside the run does is no call of the run. */
function openRunAround(link: Link): Link | undefined {
  for (let at = link.parent; at !== undefined; at = at.parent) {
    if (at.ended && at.claim?.owesRun === true) return at;
    if (at.leavesCover && at.role !== 'agent' && at.role !== 'step') return undefined;
  }
  return undefined;
}
