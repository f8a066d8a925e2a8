import { cacheReadTokens, cacheWriteTokens, inputTokens, type TokenCounts } from '../usage/usage.js';
import type { LlmFacts } from './llm-facts.js';

/**
 * Scope names of instrumentations whose spans never report cached tokens. Observed with the real packages, see
 * docs/instrumentations.md.
 */
const DROP_CACHED_TOKENS: ReadonlySet<string> = new Set([
  '@opentelemetry/instrumentation-openai',
  '@traceloop/instrumentation-openai',
  '@traceloop/instrumentation-langchain',
  '@traceloop/instrumentation-llamaindex',
]);

/** Providers do not cache shorter prompts. */
const MIN_CACHED_PROMPT_TOKENS = 1024;

/**
 * Instrumentations that pass on the input count of Bedrock's models, which excludes cached tokens, and no cache counts.
 */
const DROP_CACHE_OUTSIDE: ReadonlySet<string> = new Set([
  '@opentelemetry/instrumentation-aws-sdk',
  '@traceloop/instrumentation-bedrock',
]);

/** The models of Bedrock that have a cache. */
const CACHED_BEDROCK_MODEL = /claude|nova/;

/** This one states reads from Claude's cache, but not writes to it. */
const DROPS_CACHE_WRITES = '@voltagent/core';

/** True when part of the input may come from a cache although the span does not say so. Its price is then a guess. */
export function mayHideCache({ recorder, model }: LlmFacts, tokens: TokenCounts): boolean {
  if (cacheWriteTokens(tokens) > 0) return false;
  if (recorder === DROPS_CACHE_WRITES && model?.includes('claude') === true)
    return inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS;
  if (cacheReadTokens(tokens) > 0) return false;
  if (DROP_CACHE_OUTSIDE.has(recorder)) return model !== undefined && CACHED_BEDROCK_MODEL.test(model);
  return inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS && DROP_CACHED_TOKENS.has(recorder);
}
