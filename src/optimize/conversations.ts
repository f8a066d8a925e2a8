/** Loops whose calls carry a history: each call sends the previous call's messages again, and adds new ones. */

import { inputTokens } from '../usage/usage.js';
import { groupBy } from './call-groups.js';
import type { CallRecord } from './call-record.js';
import { type PricedCall, pricedCalls } from './priced-calls.js';

export interface Turn {
  readonly call: PricedCall;
  /** The last call that had ended before this one began, if this one sends its history again. */
  readonly previous: PricedCall | undefined;
}

/** With fewer follow-up turns, a growth in size may be a coincidence. */
const MIN_FOLLOWING = 2;
/**
 * Token counts do not show whether two prompts start alike. In an agent loop, nearly every prompt is longer than
 * the previous one and its answer together (434 of 438 in a recorded coding session). Of prompts about one document
 * each, at most half are.
 */
const MIN_GROWING_SHARE = 0.75;
/** A prompt shorter than this share of the previous one has a compressed history or belongs to something else. */
const MIN_KEPT_SHARE = 0.5;

/** A model's loops that are conversations, with their turns in the order of their ends. */
export function conversationsIn(calls: readonly CallRecord[]): Turn[][] {
  const known = pricedCalls(calls).filter(({ tokens }) => inputTokens(tokens) > 0);
  const loops = groupBy(known, ({ loop, provider, name }) => `${loop} ${provider} ${name}`);
  const conversations: Turn[][] = [];
  for (const [, loop] of loops) {
    const turns = loop.map((call, index) => ({ call, previous: lastBefore(loop, index) }));
    const following = turns.filter(({ previous }) => previous !== undefined);
    if (!isConversation(following.length, following.filter(isGrowing).length)) continue;
    conversations.push(turns.map((turn) => (isRewritten(turn) ? { ...turn, previous: undefined } : turn)));
  }
  return conversations;
}

/** Whether a loop sends its history again, by its turns that follow another one and by those whose prompt has grown. */
export function isConversation(following: number, growing: number): boolean {
  return following >= MIN_FOLLOWING && growing >= MIN_GROWING_SHARE * following;
}

/**
 * The last call that ended before this one began. The calls are in the order of their numbers. A call that overlapped with this one sent its prompt too late for
 * this one to read it from the cache.
 */
export function lastBefore(loop: readonly PricedCall[], index: number): PricedCall | undefined {
  const beganAfter = loop[index]?.beganAfter ?? 0;
  let from = 0;
  let to = index;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((loop[middle]?.number ?? 0) <= beganAfter) from = middle + 1;
    else to = middle;
  }
  return loop[from - 1];
}

/** Whether the prompt contains at least the previous one and its answer, going by its length. */
export function isGrowing({ call, previous }: Turn): boolean {
  if (previous === undefined) return false;
  // Reasoning is not sent again.
  return inputTokens(call.tokens) >= inputTokens(previous.tokens) + previous.tokens.output;
}

function isRewritten({ call, previous }: Turn): boolean {
  return previous !== undefined && inputTokens(call.tokens) < MIN_KEPT_SHARE * inputTokens(previous.tokens);
}
