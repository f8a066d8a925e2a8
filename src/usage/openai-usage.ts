import { isRecord } from '../validate.js';
import { keysOf, listed } from './bounds.js';
import { readSeconds } from './counts.js';
import { Draft } from './draft.js';

/**
 * Reads OpenAI's usage (chat, responses, embeddings, realtime, audio, images) and that of every provider with the
 * same format: totals under `prompt_`/`completion_` or `input_`/`output_`, parts in details objects with several
 * spellings or at the top level.
 */
export function readOpenAiUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.input =
    draft.count(usage.prompt_tokens, 'prompt_tokens') ?? draft.count(usage.input_tokens, 'input_tokens');
  draft.output =
    draft.count(usage.completion_tokens, 'completion_tokens') ??
    draft.count(usage.output_tokens, 'output_tokens');
  draft.total = draft.count(usage.total_tokens, 'total_tokens');
  readInputParts(draft, usage);
  readOutputParts(draft, usage);
  readCacheMisses(draft, usage);
  readConnectorTokens(draft, usage);
  readUnits(draft, usage);
  return draft;
}

// Names are constants here, not arguments: a look-up by a constant name takes a nanosecond, by a variable twenty.
function readInputParts(d: Draft, usage: Record<string, unknown>): void {
  const details =
    usage.prompt_tokens_details ??
    usage.input_tokens_details ??
    usage.input_token_details ??
    usage.prompt_token_details;
  if (isRecord(details)) readInputDetails(d, details);
  else if (Array.isArray(details)) readInputDetails(d, addedUp(details));
  let read = d.part(d.cacheRead, usage.cached_tokens, 'cached_tokens');
  read = d.part(read, usage.num_cached_tokens, 'num_cached_tokens');
  read = d.part(read, usage.cached_input_tokens, 'cached_input_tokens');
  read = d.part(read, usage.prompt_cache_hit_tokens, 'prompt_cache_hit_tokens');
  d.cacheRead = d.part(read, usage.cache_read_input_tokens, 'cache_read_input_tokens');
  d.cacheWrite = d.part(d.cacheWrite, usage.cache_creation_input_tokens, 'cache_creation_input_tokens');
  d.inputAudio = d.part(d.inputAudio, usage.prompt_audio_tokens, 'prompt_audio_tokens');
}

function readInputDetails(d: Draft, details: Record<string, unknown>): void {
  let read = d.part(0, details.cached_tokens, 'cached_tokens');
  read = d.part(read, details.cache_read, 'cache_read');
  read = d.part(read, details.cache_read_tokens, 'cache_read_tokens');
  d.cacheRead = d.part(read, details.cache_read_input_tokens, 'cache_read_input_tokens');
  // Cache writes by lifetime: in the details themselves, or (Qwen, LiteLLM) in an object within them.
  const { cache_creation: created, cache_creation_token_details: lifetimes } = details;
  let write = readLifetimes(d, isRecord(created) ? created : isRecord(lifetimes) ? lifetimes : details);
  write = d.part(write, details.cache_write_tokens, 'cache_write_tokens');
  if (!isRecord(created)) write = d.part(write, created, 'cache_creation');
  write = d.part(write, details.cache_creation_tokens, 'cache_creation_tokens');
  d.cacheWrite = d.part(write, details.cache_creation_input_tokens, 'cache_creation_input_tokens');
  d.inputAudio = d.part(d.part(0, details.audio_tokens, 'audio_tokens'), details.audio, 'audio');
  d.inputImage = d.part(d.part(0, details.image_tokens, 'image_tokens'), details.image, 'image');
  const { cached_tokens_details: cached } = details;
  if (!isRecord(cached)) return;
  d.cacheReadAudio = d.part(0, cached.audio_tokens, 'audio_tokens');
  d.cacheReadImage = d.part(0, cached.image_tokens, 'image_tokens');
}

function readLifetimes(d: Draft, written: Record<string, unknown>): number {
  d.cacheWrite1h = d.part(0, written.ephemeral_1h_input_tokens, 'ephemeral_1h_input_tokens');
  return d.part(0, written.ephemeral_5m_input_tokens, 'ephemeral_5m_input_tokens') + d.cacheWrite1h;
}

/** Sums a list of details: the OpenAI Agents SDK lists those of every request of a run. */
function addedUp(list: readonly unknown[]): Record<string, unknown> {
  const sum: Record<string, number> = {};
  for (const details of listed(list)) {
    if (!isRecord(details)) continue;
    for (const key of keysOf(details)) {
      const count = details[key];
      if (typeof count === 'number') sum[key] = (sum[key] ?? 0) + count;
    }
  }
  return sum;
}

function readOutputParts(d: Draft, usage: Record<string, unknown>): void {
  const details =
    usage.completion_tokens_details ??
    usage.output_tokens_details ??
    usage.output_token_details ??
    usage.completion_token_details;
  if (isRecord(details)) readOutputDetails(d, details);
  else if (Array.isArray(details)) readOutputDetails(d, addedUp(details));
  const reasoning = d.part(d.reasoning, usage.reasoning_tokens, 'reasoning_tokens');
  d.reasoning = d.part(reasoning, usage.reasoning_output_tokens, 'reasoning_output_tokens');
}

function readOutputDetails(d: Draft, details: Record<string, unknown>): void {
  let reasoning = d.part(0, details.reasoning_tokens, 'reasoning_tokens');
  reasoning = d.part(reasoning, details.thinking_tokens, 'thinking_tokens');
  d.reasoning = d.part(reasoning, details.reasoning, 'reasoning');
  d.outputAudio = d.part(d.part(0, details.audio_tokens, 'audio_tokens'), details.audio, 'audio');
  d.outputImage = d.part(d.part(0, details.image_tokens, 'image_tokens'), details.image, 'image');
}

/** DeepSeek splits the prompt into cache hits and misses, sometimes without the sum. */
function readCacheMisses(draft: Draft, usage: Record<string, unknown>): void {
  if (draft.input !== undefined) return;
  const misses = draft.count(usage.prompt_cache_miss_tokens, 'prompt_cache_miss_tokens');
  if (misses !== undefined) draft.input = misses + draft.cacheRead;
}

/** Mistral counts the tokens that its connectors fetched beside the prompt. The model read them like the prompt. */
function readConnectorTokens(draft: Draft, usage: Record<string, unknown>): void {
  const { connector_tokens: brought } = usage;
  if (brought !== undefined && draft.input !== undefined)
    draft.input += draft.part(0, brought, 'connector_tokens');
}

function readUnits(draft: Draft, usage: Record<string, unknown>): void {
  const seconds = usage.type === 'duration' ? usage.seconds : usage.prompt_audio_seconds;
  draft.addUnits('inputAudioSeconds', readSeconds(seconds, 'audio seconds', draft));
  // Audio that is billed by the second is in the total as tokens, but on neither side.
  draft.totalIsOther = draft.units?.inputAudioSeconds !== undefined;
  // Perplexity's count, which LiteLLM repeats in the details.
  const searches = draft.part(searchesIn(draft, usage), usage.num_search_queries, 'num_search_queries');
  const tools = usage.server_side_tool_usage_details;
  const webSearches = isRecord(tools) ? draft.most(tools, 'web_search_calls') : 0;
  let toolCalls = 0;
  if (isRecord(tools)) for (const key of keysOf(tools)) toolCalls += draft.most(tools, key);
  const used = usage.num_server_side_tools_used;
  toolCalls = Math.max(toolCalls, draft.part(0, used, 'num_server_side_tools_used'));
  draft.addUnits('webSearches', webSearches + searches);
  draft.addUnits('otherToolCalls', toolCalls - webSearches);
}

/**
 * Web searches as LiteLLM counts them, under Anthropic's name or in the details, and as Mistral does, by connector.
 */
function searchesIn(draft: Draft, usage: Record<string, unknown>): number {
  const { server_tool_use: served, prompt_tokens_details: details, connectors } = usage;
  if (isRecord(connectors)) return readConnectors(draft, connectors);
  const searches = isRecord(served) ? draft.most(served, 'web_search_requests') : 0;
  if (!isRecord(details)) return searches;
  return draft.part(searches, details.web_search_requests, 'web_search_requests');
}

function readConnectors(draft: Draft, connectors: Record<string, unknown>): number {
  const searches = draft.most(connectors, 'web_search');
  let calls = 0;
  for (const name of keysOf(connectors)) calls += draft.most(connectors, name);
  draft.addUnits('otherToolCalls', calls - searches);
  return searches;
}
