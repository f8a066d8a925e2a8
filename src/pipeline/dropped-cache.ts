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

/** Hands on the input count of Bedrock's Converse API, which leaves out cached tokens, and nothing else. */
const DROPS_CACHE_OUTSIDE = '@opentelemetry/instrumentation-aws-sdk';

/** The models of Bedrock that have a cache. */
const CACHED_BEDROCK_MODEL = /claude|nova/;

/** True when part of the input may come from a cache although the span does not say so. Its price is then a guess. */
export function mayHideCache({ recorder, model }: LlmFacts, tokens: TokenCounts): boolean {
  if (cacheReadTokens(tokens) + cacheWriteTokens(tokens) > 0) return false;
  if (recorder === DROPS_CACHE_OUTSIDE) return model !== undefined && CACHED_BEDROCK_MODEL.test(model);
  return inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS && DROP_CACHED_TOKENS.has(recorder);
}
