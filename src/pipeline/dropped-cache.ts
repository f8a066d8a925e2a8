import { cacheReadTokens, cacheWriteTokens, inputTokens, type TokenCounts } from '../usage/usage.js';

/**
 * Scope names of instrumentations whose spans never report cached tokens. Observed with the real packages, see
 * docs/instrumentations.md.
 */
const DROP_CACHED_TOKENS: ReadonlySet<string> = new Set([
  '@opentelemetry/instrumentation-openai',
  '@traceloop/instrumentation-openai',
  '@traceloop/instrumentation-langchain',
]);

/** Providers do not cache shorter prompts. */
const MIN_CACHED_PROMPT_TOKENS = 1024;

/** True when part of the input may come from a cache although the span does not say so. Its price is then a guess. */
export function mayHideCache(recorder: string, tokens: TokenCounts): boolean {
  return (
    inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS &&
    DROP_CACHED_TOKENS.has(recorder) &&
    cacheReadTokens(tokens) + cacheWriteTokens(tokens) === 0
  );
}
