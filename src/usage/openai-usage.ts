import { isRecord } from '../validate.js';
import { readSeconds } from './counts.js';
import { Draft } from './draft.js';

const NO_DETAILS: Record<string, unknown> = {};

/**
 * OpenAI's usage (chat, responses, embeddings, realtime, audio, images) and that of everybody who took it over:
 * totals under `prompt_`/`completion_` or `input_`/`output_`, parts in details objects of several spellings or flat.
 */
export function readOpenAiUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.input = draft.first(usage, 'prompt_tokens', 'input_tokens');
  draft.output = draft.first(usage, 'completion_tokens', 'output_tokens');
  draft.total = draft.first(usage, 'total_tokens');
  readInputParts(draft, usage);
  readOutputParts(draft, usage);
  readCacheMisses(draft, usage);
  readUnits(draft, usage);
  return draft;
}

function detailsOf(usage: Record<string, unknown>, ...keys: string[]): Record<string, unknown> {
  for (const key of keys) {
    const details = usage[key];
    if (isRecord(details)) return details;
  }
  return NO_DETAILS;
}

function readInputParts(draft: Draft, usage: Record<string, unknown>): void {
  const details = detailsOf(
    usage,
    'prompt_tokens_details',
    'input_tokens_details',
    'input_token_details',
    'prompt_token_details',
  );
  draft.cacheRead = Math.max(
    draft.most(details, 'cached_tokens', 'cache_read', 'cache_read_tokens', 'cache_read_input_tokens'),
    draft.most(usage, 'cached_tokens', 'num_cached_tokens', 'cached_input_tokens', 'prompt_cache_hit_tokens'),
    draft.most(usage, 'cache_read_input_tokens'),
  );
  draft.cacheWrite1h = draft.most(details, 'ephemeral_1h_input_tokens');
  draft.cacheWrite = Math.max(
    draft.most(
      details,
      'cache_write_tokens',
      'cache_creation',
      'cache_creation_tokens',
      'cache_creation_input_tokens',
    ),
    draft.most(details, 'ephemeral_5m_input_tokens') + draft.cacheWrite1h,
    draft.most(usage, 'cache_creation_input_tokens'),
  );
  draft.inputAudio = Math.max(
    draft.most(details, 'audio_tokens', 'audio'),
    draft.most(usage, 'prompt_audio_tokens'),
  );
  draft.inputImage = draft.most(details, 'image_tokens', 'image');
  const cached = detailsOf(details, 'cached_tokens_details');
  draft.cacheReadAudio = draft.most(cached, 'audio_tokens');
  draft.cacheReadImage = draft.most(cached, 'image_tokens');
}

function readOutputParts(draft: Draft, usage: Record<string, unknown>): void {
  const details = detailsOf(
    usage,
    'completion_tokens_details',
    'output_tokens_details',
    'output_token_details',
    'completion_token_details',
  );
  draft.reasoning = Math.max(
    draft.most(details, 'reasoning_tokens', 'thinking_tokens', 'reasoning'),
    draft.most(usage, 'reasoning_tokens', 'reasoning_output_tokens'),
  );
  draft.outputAudio = draft.most(details, 'audio_tokens', 'audio');
  draft.outputImage = draft.most(details, 'image_tokens', 'image');
}

/** DeepSeek splits the prompt into hits and misses, sometimes without saying the sum. */
function readCacheMisses(draft: Draft, usage: Record<string, unknown>): void {
  if (draft.input !== undefined) return;
  const misses = draft.first(usage, 'prompt_cache_miss_tokens');
  if (misses !== undefined) draft.input = misses + draft.cacheRead;
}

function readUnits(draft: Draft, usage: Record<string, unknown>): void {
  const seconds = usage.type === 'duration' ? usage.seconds : usage.prompt_audio_seconds;
  draft.addUnits('inputAudioSeconds', readSeconds(seconds, 'audio seconds', draft));
  // Audio that is billed by the second is in the total as tokens, and in neither side.
  draft.totalIsOther = draft.units?.inputAudioSeconds !== undefined;
  const searches = draft.most(usage, 'num_search_queries');
  const tools = detailsOf(usage, 'server_side_tool_usage_details');
  const webSearches = draft.most(tools, 'web_search_calls');
  let toolCalls = 0;
  for (const key of Object.keys(tools)) toolCalls += draft.most(tools, key);
  toolCalls = Math.max(toolCalls, draft.most(usage, 'num_server_side_tools_used'));
  draft.addUnits('webSearches', webSearches + searches);
  draft.addUnits('otherToolCalls', toolCalls - webSearches);
}
