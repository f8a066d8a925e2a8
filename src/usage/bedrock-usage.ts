import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import { Draft } from './draft.js';

/**
 * Reads camel-case usage whose input excludes the cache: Bedrock's Converse API and invocation metrics, and the
 * `modelUsage` of the Claude Agent SDK.
 */
export function readCacheOutsideUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.cacheIsOutside = true;
  draft.input = draft.first(usage, 'inputTokens', 'inputTokenCount');
  draft.output = draft.first(usage, 'outputTokens', 'outputTokenCount');
  draft.total = draft.first(usage, 'totalTokens');
  draft.cacheRead = draft.most(usage, 'cacheReadInputTokens', 'cacheReadInputTokenCount');
  draft.cacheWrite = draft.most(
    usage,
    'cacheWriteInputTokens',
    'cacheWriteInputTokenCount',
    'cacheCreationInputTokens',
  );
  draft.cacheWrite1h = writtenForAnHour(draft, usage.cacheDetails);
  draft.addUnits('webSearches', draft.most(usage, 'webSearchRequests'));
  return draft;
}

/** Reads the bodies of Bedrock's `InvokeModel` that have a shape of their own: Titan and Llama. */
export function readInvokeUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.input = draft.first(usage, 'inputTextTokenCount', 'prompt_token_count');
  draft.output = draft.first(usage, 'generation_token_count');
  if (Array.isArray(usage.results)) {
    for (const result of listed(usage.results)) {
      if (isRecord(result)) draft.output = (draft.output ?? 0) + (draft.first(result, 'tokenCount') ?? 0);
    }
  }
  return draft;
}

function writtenForAnHour(draft: Draft, details: unknown): number {
  if (!Array.isArray(details)) return 0;
  let tokens = 0;
  for (const entry of listed(details))
    if (isRecord(entry) && entry.ttl === '1h') tokens += draft.most(entry, 'inputTokens');
  return tokens;
}
