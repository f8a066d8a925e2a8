import { cacheReadTokens, cacheWriteTokens, inputTokens, type TokenCounts } from '../usage/usage.js';

/**
 * Instrumentations whose spans never tell cached tokens apart, by the name of their scope: seen with the real packages,
 * see docs/instrumentations.md.
 */
const DROP_CACHED_TOKENS: ReadonlySet<string> = new Set([
  '@opentelemetry/instrumentation-openai',
  '@traceloop/instrumentation-openai',
  '@traceloop/instrumentation-langchain',
]);

/** Providers cache no shorter prompt. */
const MIN_CACHED_PROMPT_TOKENS = 1024;

/** True when part of the input may have been read from a cache without the span saying so: its price is a guess then. */
export function mayHideCache(recorder: string, tokens: TokenCounts): boolean {
  return (
    inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS &&
    DROP_CACHED_TOKENS.has(recorder) &&
    cacheReadTokens(tokens) + cacheWriteTokens(tokens) === 0
  );
}
