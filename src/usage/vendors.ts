/** Facts about vendors that decide cases which names and counts leave open. Each with its source. */

/**
 * Anthropic and Bedrock state an input that excludes cached tokens; AI SDK 5 and several instrumentations pass it on
 * unchanged (the clients' own documentation; recorded spans in test/fixtures).
 */
const CACHE_OUTSIDE = /anthropic|claude|bedrock/i;

/** Google and xAI count thoughts in the total, which OpenAI-compatible clients and OpenInference 0.1 for Vertex repeat. */
const THOUGHTS_APART = /gemini|google|vertex|gcp|grok|x[-_.]?ai/i;

/** True when the provider's or model's own input count excludes cached tokens. */
export function statesCacheOutside(name: string | undefined): boolean {
  return name !== undefined && CACHE_OUTSIDE.test(name);
}

/** True for models whose thoughts may be only in the total. */
export function mayCountThoughtsApart(provider: string | undefined, model: string | undefined): boolean {
  return model === undefined ? THOUGHTS_APART.test(provider ?? '') : THOUGHTS_APART.test(model);
}

/** True for models whose cached tokens may be only in the total: Sentry's and OpenInference's spans of Claude. */
export function mayDropCache(provider: string | undefined, model: string | undefined): boolean {
  return statesCacheOutside(model) || (model === undefined && statesCacheOutside(provider));
}

/**
 * Instrumentations whose input count contains the cache, whatever the provider (their sources, and recorded spans in
 * test/fixtures): the AI SDK from version 6, Pydantic AI, OpenLIT, OpenInference.
 */
const CACHE_INSIDE = /^(?:ai|gen_ai|pydantic-ai|openlit.*|.*openinference.*)$/i;

/**
 * Instrumentations whose input count leaves cached tokens out: thoughtbot/opentelemetry-instrumentation-ruby_llm#38,
 * and OpenInference for Bedrock, which passes on the counts of the Converse API.
 */
const CACHE_OUTSIDE_RECORDER = /ruby[_-]?llm|openinference.*bedrock/i;

/** Instrumentations that compute the cost on their spans from a list of their own (openlit/openlit#1378). */
const COMPUTES_COST = /openlit|openinference|pydantic/i;

/** This instrumentation passes on the total that the Claude Agent SDK reports. */
const REPORTS_COST = /claude-agent-sdk/;

export function statesCacheInside(recorder: string): boolean {
  return CACHE_INSIDE.test(recorder);
}

export function recordsCacheOutside(recorder: string): boolean {
  return CACHE_OUTSIDE_RECORDER.test(recorder);
}

/** True when a cost on this instrumentation's spans is not a bill. */
export function computesCost(recorder: string): boolean {
  return COMPUTES_COST.test(recorder) && !REPORTS_COST.test(recorder);
}

export function reportsCost(recorder: string): boolean {
  return REPORTS_COST.test(recorder);
}

/** A Gemini model as Google's own client names it. LiteLLM puts a provider in front (`gemini/gemini-2.5-pro`). */
const OWN_GEMINI = /^(?:models\/|projects\/.*\/)?gemini-/;

export function isOwnGemini(model: unknown): boolean {
  return typeof model === 'string' && OWN_GEMINI.test(model);
}

/** Perplexity bills the reasoning of its deep research beside output and total (its pricing page). */
export function countsReasoningApart(model: string | undefined): boolean {
  return model !== undefined && /sonar-deep-research/.test(model);
}
