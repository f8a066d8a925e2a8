import {
  INPUT_KINDS,
  inputTokens,
  noTokens,
  OUTPUT_KINDS,
  outputTokens,
  type TokenCounts,
  type TokenKind,
  type Usage,
  type UsagePart,
} from '../usage/usage.js';

/**
 * Takes `input` and `output` tokens out of a usage. The kinds of these tokens are unknown, so each kind gives its
 * share, and the first kind with tokens left takes the rounding remainder. Separately priced units stay with the whole.
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
  if (usage.refusesBill) part.refusesBill = true;
  if (usage.isSum) part.isSum = true;
  if (usage.parts !== undefined) part.parts = shareOut(usage.parts, tokens, part.tokens);
  return part;
}

/**
 * Each of the calls gives its share of the tokens and of its own bill. Example: a part of 300 from two calls with 100
 * and 300 tokens takes 75 from the first and 225 from the second.
 */
function shareOut(parts: readonly UsagePart[], whole: TokenCounts, left: TokenCounts): UsagePart[] {
  const input = divided(
    parts.map(({ usage }) => inputTokens(usage.tokens)),
    inputTokens(left),
    inputTokens(whole),
  );
  const output = divided(
    parts.map(({ usage }) => outputTokens(usage.tokens)),
    outputTokens(left),
    outputTokens(whole),
  );
  return parts.map((part, index) => {
    const share = partOf(part.usage, input[index] ?? 0, output[index] ?? 0);
    const { reportedCostUsd } = part.usage;
    const all = inputTokens(part.usage.tokens) + outputTokens(part.usage.tokens);
    const kept = inputTokens(share.tokens) + outputTokens(share.tokens);
    if (reportedCostUsd !== undefined && all > 0) share.reportedCostUsd = (reportedCostUsd * kept) / all;
    return { ...part, usage: share };
  });
}

/** Divides `size` in proportion to the counts. No share exceeds its count. */
function divided(counts: readonly number[], size: number, all: number): number[] {
  const share = all === 0 ? 0 : size / all;
  const shares = counts.map((count) => Math.floor(count * share));
  let left = size - shares.reduce((sum, count) => sum + count, 0);
  return shares.map((count, index) => {
    const more = Math.max(0, Math.min(left, (counts[index] ?? 0) - count));
    left -= more;
    return count + more;
  });
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
