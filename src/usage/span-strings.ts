/** Counts that two clients put on their spans in their own form: bare names, and parts packed into a string. */
import type { Draft } from './draft.js';
import type { SpanAttributes } from './span-role.js';

/** Reads Claude Code's names. Its input count excludes the cache. */
export function readBareCounts(draft: Draft, a: SpanAttributes): void {
  draft.take('input', a.input_tokens, 'input_tokens');
  draft.take('output', a.output_tokens, 'output_tokens');
  if (draft.input === undefined && draft.output === undefined) return;
  draft.cacheIsOutside = true;
  draft.take('cacheRead', a.cache_read_tokens, 'cache_read_tokens');
  draft.take('cacheWrite', a.cache_creation_tokens, 'cache_creation_tokens');
}

const PACKED_CACHE_READ = /["']cache_read["']\s*:\s*(\d{1,12})\b/;
const PACKED_CACHE_WRITE = /["']cache_creation["']\s*:\s*(\d{1,12})\b/;
const PACKED_REASONING = /["']reasoning["']\s*:\s*(\d{1,12})\b/;

/** LangSmith packs the parts into a string: JSON, or a dictionary as Python prints it. */
export function readPackedDetails(draft: Draft, a: SpanAttributes): void {
  const input = a['gen_ai.usage.input_token_details'];
  const output = a['gen_ai.usage.output_token_details'];
  if (typeof input === 'string') {
    draft.take('cacheRead', PACKED_CACHE_READ.exec(input)?.[1], 'cache_read');
    draft.take('cacheWrite', PACKED_CACHE_WRITE.exec(input)?.[1], 'cache_creation');
  }
  if (typeof output === 'string') draft.take('reasoning', PACKED_REASONING.exec(output)?.[1], 'reasoning');
}
