/** The usage on a span, whichever instrumentations wrote it. */

import { statesCacheOutside } from './ai-sdk-usage.js';
import { note, readUsd } from './counts.js';
import { Draft, toUsage } from './draft.js';
import { readAiSdkSpan, readOpenInferenceSpan } from './framework-spans.js';
import { readBareCounts, readConventions, readPackedDetails } from './genai-spans.js';
import { readLangfuseCost, readLangfuseSpan } from './langfuse-spans.js';
import type { SpanAttributes } from './span-role.js';
import type { Usage } from './usage.js';

/** Operations and kinds that have no output: a bare total is input. */
const INPUT_ONLY = new Set<unknown>(['embeddings', 'embedding', 'rerank', 'EMBEDDING', 'RERANKER']);

/**
 * One usage, even where several dialects state it: of each fact the largest statement counts, for a dialect that
 * leaves something out says less, never more.
 */
export function readSpanUsage(
  a: SpanAttributes,
  provider: string | undefined,
  model: string | undefined,
): Usage | undefined {
  const draft = spare ?? new Draft();
  spare = undefined;
  const usage = readInto(draft, a, provider, model);
  draft.clear();
  spare = draft;
  return usage;
}

/** One for all spans, for it is larger than what is read with it. Not there while in use: a getter may end a span. */
let spare: Draft | undefined;

function readInto(
  draft: Draft,
  a: SpanAttributes,
  provider: string | undefined,
  model: string | undefined,
): Usage | undefined {
  readConventions(draft, a);
  const isAiSdk = a['ai.operationId'] !== undefined;
  if (isAiSdk) readAiSdkSpan(draft, a);
  if (a['openinference.span.kind'] !== undefined || a['llm.token_count.total'] !== undefined) {
    readOpenInferenceSpan(draft, a);
  }
  if (draft.input === undefined && draft.output === undefined) readBareCounts(draft, a);
  readPackedDetails(draft, a);
  if (draft.input === undefined && draft.output === undefined) readLangfuseSpan(draft, a);
  draft.reportedCostUsd = readCost(draft, a);
  if (isEmpty(draft)) return undefined;
  if (mayStateCacheOutside(draft, isAiSdk)) draft.cacheIsOutside = isOutside(draft, isAiSdk, provider, model);
  takeCacheFromTotal(draft, provider);
  if (draft.input === undefined && draft.output === undefined && isInputOnly(a)) draft.input = draft.total;
  if (lacksOutput(draft, a)) draft.refused = true;
  return toUsage(draft);
}

function isEmpty(draft: Draft): boolean {
  const { input, output, total, reportedCostUsd } = draft;
  return (input ?? output ?? total ?? reportedCostUsd) === undefined && !draft.refused;
}

/** Some hand on what Anthropic and Bedrock state, where input does not hold the cache. */
function mayStateCacheOutside(draft: Draft, isAiSdk: boolean): boolean {
  const { input = 0, output = 0, total } = draft;
  const cache = draft.cacheRead + draft.cacheWrite;
  if (cache === 0 || draft.cacheIsOutside) return false;
  // From version 6 on the AI SDK states input with the cache, and details that say so.
  if (isAiSdk && !draft.hasDetails) return true;
  const totalTells = total !== undefined && total >= input + output + cache;
  return cache > input && !totalTells;
}

/** Clients of the AI SDK that speak OpenAI's protocol to whatever serves the model. What Anthropic's is called, the app says. */
const SPEAKS_OPENAI = /^openrouter$|\.(?:chat|completion|responses)$/;

/** OpenRouter, LiteLLM and the like state Claude's cache inside, as OpenAI does; the AI SDK's own gateway beside it. */
function isOutside(
  draft: Draft,
  isAiSdk: boolean,
  provider: string | undefined,
  model: string | undefined,
): boolean {
  const fits = draft.cacheRead + draft.cacheWrite <= (draft.input ?? 0);
  const providerTells = isAiSdk && fits && provider !== undefined && SPEAKS_OPENAI.test(provider);
  return statesCacheOutside(providerTells ? provider : `${provider} ${model}`);
}

/** Sentry's total of an Anthropic call holds the cache that its input leaves out, read and written alike. */
function takeCacheFromTotal(draft: Draft, provider: string | undefined): void {
  const { input, output, total = 0 } = draft;
  if (input === undefined || output === undefined || total <= input + output) return;
  if (draft.cacheRead + draft.cacheWrite + draft.reasoning > 0 || !statesCacheOutside(provider)) return;
  note(draft, 'total > input + output');
  draft.input = total - output;
}

/** A stream that was broken off shows its start alone: input, and no word on what was written. */
function lacksOutput(draft: Draft, a: SpanAttributes): boolean {
  const { input, output, total } = draft;
  return input !== undefined && (output ?? total) === undefined && a['gen_ai.operation.name'] === 'chat';
}

function isInputOnly(a: SpanAttributes): boolean {
  return (
    INPUT_ONLY.has(a['gen_ai.operation.name']) ||
    INPUT_ONLY.has(a['llm.request.type']) ||
    INPUT_ONLY.has(a['openinference.span.kind']) ||
    INPUT_ONLY.has(a['langfuse.observation.type'])
  );
}

/** A cost of 0 on a span is what many write for a model they have no price for, so it says nothing. */
function readCost(draft: Draft, a: SpanAttributes): number | undefined {
  const cost =
    readUsd(a['gen_ai.usage.cost'] || undefined, 'gen_ai.usage.cost', draft) ??
    readUsd(a['operation.cost'] || undefined, 'operation.cost', draft) ??
    readUsd(a['llm.cost.total'] || undefined, 'llm.cost.total', draft) ??
    readLangfuseCost(draft, a);
  return cost === 0 ? undefined : cost;
}
