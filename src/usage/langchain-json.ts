/**
 * Searches LangChain's `LLMResult` as JSON, which OpenInference puts on its spans. It is not parsed, because it
 * contains the whole answer. Quotes inside its strings are escaped, so a pattern with plain quotes matches keys
 * only.
 */

import type { Draft } from './draft.js';
import type { SpanAttributes } from './span-role.js';

/** Longer JSON, in characters, is not searched: a search takes about a millisecond per million characters. */
const MAX_LENGTH = 200_000;

const RESPONSE_ID = /"id":"((?:chatcmpl-|resp_|msg_)[\w.:-]{1,200})"/;
const CACHE_WRITE = /"input_token_details":\{[^{}]*"cache_creation":(\d{1,12})\b/;
const CACHE_WRITE_1H = /"ephemeral_1h_input_tokens":(\d{1,12})\b/;

/** Anthropic's counts beside a streamed answer, without the output: LangChain's own count of it is one too high. */
const ADDED_UP = /"model_provider":"anthropic","usage":\{(?!(?:[^{}]|\{[^{}]*\})*"output_tokens":)/;

export function isLangChainJson(json: string): boolean {
  return json.length <= MAX_LENGTH && json.startsWith('{"generations":');
}

/** True where the answer shows something that OpenInference's counts leave out: {@link readLangChainWrites} reads it. */
export function hasLangChainWrites(json: string): boolean {
  return (
    isLangChainJson(json) && (CACHE_WRITE.test(json) || CACHE_WRITE_1H.test(json) || ADDED_UP.test(json))
  );
}

/** The provider's id of the response, as LangChain's message repeats it. */
export function langChainId(json: string): string | undefined {
  return RESPONSE_ID.exec(json)?.[1];
}

/**
 * Reads the tokens written to the cache from the answer, because OpenInference's LangChain instrumentation leaves them
 * out of its counts.
 */
export function readLangChainWrites(draft: Draft, a: SpanAttributes): void {
  const output = a['output.value'];
  if (a['openinference.span.kind'] === undefined) return;
  if (typeof output !== 'string' || !isLangChainJson(output)) return;
  if (ADDED_UP.test(output)) draft.doubtful('ambiguous_usage');
  if ((draft.cacheWrite ?? 0) > 0) return;
  draft.take('cacheWrite', CACHE_WRITE.exec(output)?.[1], 'cache_creation');
  draft.take('cacheWrite1h', CACHE_WRITE_1H.exec(output)?.[1], 'ephemeral_1h_input_tokens');
}
