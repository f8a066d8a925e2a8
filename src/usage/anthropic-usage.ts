import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import { isPresent } from './counts.js';
import { Draft, toUsage } from './draft.js';
import type { ModelUsage } from './usage.js';

/** True for Anthropic's own shape: an input count without the cache, and cache counts beside it. */
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

/** The type of the pass in which another model answered after the requested one had refused. */
const FALLBACK = 'fallback_message';

/** Reads the usage of an Anthropic message. */
export function readAnthropicUsage(usage: Record<string, unknown>): Draft {
  const draft = readCounts(usage);
  if (isRecord(usage.server_tool_use)) {
    draft.addUnits('webSearches', draft.most(usage.server_tool_use, 'web_search_requests'));
  }
  if (Array.isArray(usage.iterations)) addIterations(draft, listed(usage.iterations).filter(isRecord));
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
 * Adds the passes that produced a message. The top-level counts cover only the passes of type `message`: a
 * compaction is extra, and an advisor is another model with its own price. When a fallback served the message, the
 * top-level counts cover only the fallback pass; the refused pass before it is free unless it produced output.
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
  // If the top level ever covers every pass, there is nothing to add.
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
