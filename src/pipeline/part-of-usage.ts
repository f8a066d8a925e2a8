import {
  INPUT_KINDS,
  inputTokens,
  noTokens,
  OUTPUT_KINDS,
  outputTokens,
  type TokenCounts,
  type TokenKind,
  type Usage,
} from '../usage/usage.js';

/**
 * Takes `input` and `output` tokens out of a usage. The kinds of these tokens are unknown, so each kind gives its
 * share, and the first kind with tokens left takes the rounding remainder. Units with a price of their own stay with
 * the whole.
 *
 * Example: 900 of 1,000 input tokens came from the cache. A part of 400 has 360 from the cache.
 */
export function partOf(usage: Usage, input: number, output: number): Usage {
  const { tokens, unsplitTokens } = usage;
  const part: Usage = { tokens: noTokens() };
  fill(part.tokens, tokens, INPUT_KINDS, input, inputTokens(tokens));
  fill(part.tokens, tokens, OUTPUT_KINDS, output, outputTokens(tokens));
  if (unsplitTokens !== undefined && input > 0) part.unsplitTokens = Math.min(unsplitTokens, input);
  if (usage.anomaly !== undefined) part.anomaly = usage.anomaly;
  if (usage.incomplete) part.incomplete = true;
  if (usage.doubt !== undefined) part.doubt = usage.doubt;
  if (usage.unread !== undefined) part.unread = usage.unread;
  return part;
}

function fill(
  into: TokenCounts,
  from: TokenCounts,
  kinds: readonly TokenKind[],
  size: number,
  all: number,
): void {
  let left = Math.min(size, all);
  if (left === 0) return;
  const share = left / all;
  for (const kind of kinds) {
    into[kind] = Math.floor(from[kind] * share);
    left -= into[kind];
  }
  for (const kind of kinds) {
    const more = Math.min(left, from[kind] - into[kind]);
    into[kind] += more;
    left -= more;
  }
}
