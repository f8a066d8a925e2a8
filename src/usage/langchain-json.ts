/**
 * Searches LangChain's `LLMResult` as JSON, which OpenInference puts on its spans. It is not parsed, because it
 * contains the whole answer. Quotes inside its strings are escaped, so a pattern with plain quotes matches keys
 * only.
 */

/** Longer JSON, in characters, is not searched: a search takes about a millisecond per million characters. */
const MAX_LENGTH = 200_000;

const RESPONSE_ID = /"id":"((?:chatcmpl-|resp_|msg_)[\w.:-]{1,200})"/;
const CACHE_WRITE = /"input_token_details":\{[^{}]*"cache_creation":(\d{1,12})\b/;
const CACHE_WRITE_1H = /"ephemeral_1h_input_tokens":(\d{1,12})\b/;

export function isLangChainJson(json: string): boolean {
  return json.length <= MAX_LENGTH && json.startsWith('{"generations":');
}

/** The provider's id of the response, as LangChain's message repeats it. */
export function langChainId(json: string): string | undefined {
  return RESPONSE_ID.exec(json)?.[1];
}

/** Tokens written to the cache: all of them, and those that live for an hour. */
export function langChainCacheWrites(json: string): { all: number; forAnHour: number } {
  const count = (pattern: RegExp) => Number(pattern.exec(json)?.[1] ?? 0);
  return { all: count(CACHE_WRITE), forAnHour: count(CACHE_WRITE_1H) };
}
