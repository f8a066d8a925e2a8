/** The usage on a span, whichever instrumentation wrote it. */

import { statesCacheOutside } from './ai-sdk-usage.js';
import { note, readUsd } from './counts.js';
import { Draft, toUsage } from './draft.js';
import { readAiSdkSpan, readOpenInferenceSpan } from './framework-spans.js';
import { readBareCounts, readConventions, readPackedDetails } from './genai-spans.js';
import { readLangfuseCost, readLangfuseSpan } from './langfuse-spans.js';
import type { SpanAttributes } from './span-role.js';
import type { Usage } from './usage.js';

/** Operations and kinds without output: a lone total is input. */
const INPUT_ONLY = new Set<unknown>(['embeddings', 'embedding', 'rerank', 'EMBEDDING', 'RERANKER']);

/**
 * Reads one usage, even if several dialects report it. The largest value of each fact is used, because a dialect
 * that omits something reports less, never more.
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

/**
 * One draft for all spans, because it is larger than the usage read with it. Undefined while in use, because a
 * getter may end another span.
 */
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

/**
 * True when the input count may exclude the cache: some instrumentations pass on Anthropic's and Bedrock's counts
 * unchanged.
 */
function mayStateCacheOutside(draft: Draft, isAiSdk: boolean): boolean {
  const { input = 0, output = 0, total } = draft;
  const cache = draft.cacheRead + draft.cacheWrite;
  if (cache === 0 || draft.cacheIsOutside) return false;
  // From version 6, the AI SDK's input count includes the cache, and it has details that show so.
  if (isAiSdk && !draft.hasDetails) return true;
  const totalTells = total !== undefined && total >= input + output + cache;
  return cache > input && !totalTells;
}

/**
 * AI SDK providers that use OpenAI's protocol for any model. The app can name Anthropic's provider freely, so it
 * cannot be listed here.
 */
const SPEAKS_OPENAI = /^openrouter$|\.(?:chat|completion|responses)$/;

/**
 * True when the input count excludes the cache. OpenRouter, LiteLLM and similar gateways include Claude's cache in
 * the input, as OpenAI does; the AI SDK's own gateway does not.
 */
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

/** Sentry's total of an Anthropic call includes the cache reads and writes that its input count leaves out. */
function takeCacheFromTotal(draft: Draft, provider: string | undefined): void {
  const { input, output, total = 0 } = draft;
  if (input === undefined || output === undefined || total <= input + output) return;
  if (draft.cacheRead + draft.cacheWrite + draft.reasoning > 0 || !statesCacheOutside(provider)) return;
  note(draft, 'total > input + output');
  draft.input = total - output;
}

/** True for a stream that was cut off: its span has the input count but no output count. */
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

/** The cost on a span. Many instrumentations write 0 for a model without a known price, so 0 is ignored. */
function readCost(draft: Draft, a: SpanAttributes): number | undefined {
  const cost =
    readUsd(a['gen_ai.usage.cost'] || undefined, 'gen_ai.usage.cost', draft) ??
    readUsd(a['operation.cost'] || undefined, 'operation.cost', draft) ??
    readUsd(a['llm.cost.total'] || undefined, 'llm.cost.total', draft) ??
    readLangfuseCost(draft, a);
  return cost === 0 ? undefined : cost;
}
