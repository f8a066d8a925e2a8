import { isRecord } from '../validate.js';
import { isPresent } from './counts.js';
import { Draft, toUsage } from './draft.js';
import type { ModelUsage } from './usage.js';

/** True for Anthropic's own shape: input without the cache, and cache counts beside it. */
export function isAnthropicUsage(usage: Record<string, unknown>): boolean {
  if (isPresent(usage.prompt_tokens) || isPresent(usage.input_tokens_details)) return false;
  return (
    isPresent(usage.cache_read_input_tokens) ||
    isPresent(usage.cache_creation_input_tokens) ||
    isPresent(usage.cache_creation) ||
    (isRecord(usage.server_tool_use) && isPresent(usage.input_tokens)) ||
    Array.isArray(usage.iterations)
  );
}

/** The pass in which another model answered after the one asked had refused. */
const FALLBACK = 'fallback_message';

/** Anthropic's message usage. */
export function readAnthropicUsage(usage: Record<string, unknown>): Draft {
  const draft = readCounts(usage);
  if (isRecord(usage.server_tool_use)) {
    draft.addUnits('webSearches', draft.most(usage.server_tool_use, 'web_search_requests'));
  }
  if (Array.isArray(usage.iterations)) addIterations(draft, usage.iterations.filter(isRecord));
  return draft;
}

function readCounts(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.cacheIsOutside = true;
  draft.input = draft.first(usage, 'input_tokens');
  draft.output = draft.first(usage, 'output_tokens');
  draft.cacheRead = draft.most(usage, 'cache_read_input_tokens');
  const created = isRecord(usage.cache_creation) ? usage.cache_creation : {};
  draft.cacheWrite1h = draft.most(created, 'ephemeral_1h_input_tokens');
  const byLifetime = draft.cacheWrite1h + draft.most(created, 'ephemeral_5m_input_tokens');
  draft.cacheWrite = Math.max(draft.most(usage, 'cache_creation_input_tokens'), byLifetime);
  if (isRecord(usage.output_tokens_details)) {
    draft.reasoning = draft.most(usage.output_tokens_details, 'thinking_tokens', 'reasoning_tokens');
  }
  return draft;
}

/**
 * The passes a message was made in. The top-level counts hold the passes of type `message` alone: a compaction
 * comes on top, and an advisor is another model with a price of its own. Where a fallback served the message, they
 * hold that pass alone: what was refused before it is free unless there was some output.
 */
function addIterations(draft: Draft, iterations: Record<string, unknown>[]): void {
  const others: ModelUsage[] = [];
  const extra: Draft[] = [];
  let listed = 0;
  const served = iterations.some(({ type }) => type === FALLBACK) ? FALLBACK : 'message';
  for (const iteration of iterations) {
    const counts = readCounts(iteration);
    const { type, model } = iteration;
    if (served === FALLBACK && isRefused(type, counts)) continue;
    if (type !== served && typeof model === 'string') {
      const usage = toUsage(counts);
      if (usage !== undefined) others.push({ model, usage });
      continue;
    }
    listed += size(counts);
    if (type !== served) extra.push(counts);
  }
  if (others.length > 0) draft.others = others;
  // Should the top level come to hold every pass, there is nothing to add.
  if (listed !== size(draft)) for (const counts of extra) addCounts(draft, counts);
}

/** Anthropic does not bill an attempt that was refused before any output. */
function isRefused(type: unknown, counts: Draft): boolean {
  return type === 'message' && (counts.output ?? 0) === 0;
}

function size(draft: Draft): number {
  return (draft.input ?? 0) + (draft.output ?? 0) + draft.cacheRead + draft.cacheWrite;
}

function addCounts(draft: Draft, more: Draft): void {
  draft.input = (draft.input ?? 0) + (more.input ?? 0);
  draft.output = (draft.output ?? 0) + (more.output ?? 0);
  draft.cacheRead += more.cacheRead;
  draft.cacheWrite += more.cacheWrite;
  draft.cacheWrite1h += more.cacheWrite1h;
  draft.reasoning += more.reasoning;
}
