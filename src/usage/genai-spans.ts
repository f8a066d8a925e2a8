/**
 * Usage under the attribute names of the GenAI conventions, old and new, and under the names that instrumentations
 * add to them (OpenLLMetry, pydantic-ai, Google ADK, Mastra, LangSmith, Sentry, Claude Code).
 *
 * Every name is written out where it is read: a look-up by a constant name takes a nanosecond, by a variable
 * twenty.
 */
import type { Draft } from './draft.js';
import type { SpanAttributes } from './span-role.js';

export function readConventions(d: Draft, a: SpanAttributes): void {
  d.input = d.more(d.input, a['gen_ai.usage.input_tokens'], 'input_tokens');
  d.input = d.more(d.input, a['gen_ai.usage.prompt_tokens'] ?? a['llm.usage.prompt_tokens'], 'prompt_tokens');
  d.output = d.more(d.output, a['gen_ai.usage.output_tokens'], 'output_tokens');
  const completion = a['gen_ai.usage.completion_tokens'] ?? a['llm.usage.completion_tokens'];
  d.output = d.more(d.output, completion, 'completion_tokens');
  d.total = d.more(d.total, a['gen_ai.usage.total_tokens'] ?? a['llm.usage.total_tokens'], 'total_tokens');
  readParts(d, a);
}

/** Of several names for one part, the first with a count other than zero is used. */
function readParts(d: Draft, a: SpanAttributes): void {
  const cacheRead =
    a['gen_ai.usage.cache_read.input_tokens'] ||
    a['gen_ai.usage.cache_read_input_tokens'] ||
    a['gen_ai.usage.cached_input_tokens'] ||
    a['gen_ai.usage.input_tokens_details.cached_tokens'] ||
    a['gen_ai.usage.prompt_tokens_details.cached_tokens'] ||
    a['gen_ai.usage.details.cache_read_tokens'] ||
    a['gen_ai.usage.details.cache_read_input_tokens'] ||
    a['gen_ai.usage.details.cached_tokens'] ||
    a['gen_ai.usage.details.cached_content_tokens'] ||
    a['gen_ai.usage.input_tokens.cached'];
  if (cacheRead) d.cacheRead = d.part(0, cacheRead, 'cache_read');
  const cacheWrite =
    a['gen_ai.usage.cache_creation.input_tokens'] ||
    a['gen_ai.usage.cache_write.input_tokens'] ||
    a['gen_ai.usage.cache_creation_input_tokens'] ||
    a['gen_ai.usage.cache_write_input_tokens'] ||
    a['gen_ai.usage.details.cache_write_tokens'] ||
    a['gen_ai.usage.details.cache_creation_input_tokens'] ||
    a['gen_ai.usage.input_tokens.cache_write'];
  const forAnHour = a['anthropic.usage.cache_creation.ephemeral_1h_input_tokens'];
  if (forAnHour) d.cacheWrite1h = d.part(0, forAnHour, 'ephemeral_1h_input_tokens');
  d.cacheWrite = cacheWrite ? d.part(d.cacheWrite1h, cacheWrite, 'cache_creation') : d.cacheWrite1h;
  const reasoning =
    a['gen_ai.usage.reasoning.output_tokens'] ||
    a['gen_ai.usage.reasoning_tokens'] ||
    a['gen_ai.usage.output_tokens_details.reasoning_tokens'] ||
    a['gen_ai.usage.completion_tokens_details.reasoning_tokens'] ||
    a['gen_ai.usage.details.reasoning_tokens'] ||
    a['gen_ai.usage.details.thoughts_tokens'] ||
    a['gen_ai.usage.details.thinking_tokens'] ||
    a['gen_ai.usage.output_tokens.reasoning'];
  if (reasoning) d.reasoning = d.part(0, reasoning, 'reasoning');
  else readThoughts(d, a);
  const audioIn = a['gen_ai.usage.details.input_audio_tokens'] || a['gen_ai.usage.audio_input_tokens'];
  const audioOut = a['gen_ai.usage.details.output_audio_tokens'] || a['gen_ai.usage.audio_output_tokens'];
  if (audioIn) d.inputAudio = d.part(0, audioIn, 'input_audio_tokens');
  if (audioOut) d.outputAudio = d.part(0, audioOut, 'output_audio_tokens');
}

/** A Gemini model as Google's own client names it. LiteLLM puts a provider in front (`gemini/gemini-2.5-pro`). */
const OWN_GEMINI = /^(?:models\/|projects\/.*\/)?gemini-/;

/**
 * Google ADK follows each provider: Gemini's thoughts are counted beside the output, those of other models inside
 * it.
 */
function readThoughts(d: Draft, a: SpanAttributes): void {
  const thoughts = a['gen_ai.usage.experimental.reasoning_tokens'];
  if (!thoughts) return;
  d.reasoning = d.part(0, thoughts, 'reasoning');
  const model = a['gen_ai.request.model'];
  if (typeof model === 'string' && OWN_GEMINI.test(model)) d.output = (d.output ?? 0) + d.reasoning;
}

/** Reads Claude Code's names. Its input count excludes the cache. */
export function readBareCounts(d: Draft, a: SpanAttributes): void {
  d.input = d.more(d.input, a.input_tokens, 'input_tokens');
  d.output = d.more(d.output, a.output_tokens, 'output_tokens');
  if (d.input === undefined && d.output === undefined) return;
  d.cacheIsOutside = true;
  d.cacheRead = d.part(d.cacheRead, a.cache_read_tokens, 'cache_read_tokens');
  d.cacheWrite = d.part(d.cacheWrite, a.cache_creation_tokens, 'cache_creation_tokens');
}

const PACKED_CACHE_READ = /["']cache_read["']\s*:\s*(\d{1,12})\b/;
const PACKED_CACHE_WRITE = /["']cache_creation["']\s*:\s*(\d{1,12})\b/;
const PACKED_REASONING = /["']reasoning["']\s*:\s*(\d{1,12})\b/;

/** LangSmith packs the parts into a string: JSON, or a dictionary as Python prints it. */
export function readPackedDetails(d: Draft, a: SpanAttributes): void {
  const input = a['gen_ai.usage.input_token_details'];
  const output = a['gen_ai.usage.output_token_details'];
  if (typeof input === 'string') {
    d.cacheRead = Math.max(d.cacheRead, unpack(input, PACKED_CACHE_READ));
    d.cacheWrite = Math.max(d.cacheWrite, unpack(input, PACKED_CACHE_WRITE));
  }
  if (typeof output === 'string') d.reasoning = Math.max(d.reasoning, unpack(output, PACKED_REASONING));
}

function unpack(details: string, count: RegExp): number {
  return Number(count.exec(details)?.[1] ?? 0);
}
