/** The usage on a span, whichever instrumentation wrote it. */
import { richest } from './combine.js';
import { readUsd } from './counts.js';
import { Draft } from './draft.js';
import { isInputOnlyModel, isInputOnlyOperation } from './input-only.js';
import { readLangChainWrites } from './langchain-json.js';
import { langfuseUsage, readLangfuseCost, readLangfuseCounts } from './langfuse-spans.js';
import { readPlainSpan } from './plain-usage.js';
import { readUsage } from './read-usage.js';
import { toUsage } from './reading.js';
import { copiedUsage } from './span-copies.js';
import { readCounts } from './span-counts.js';
import type { SpanAttributes } from './span-role.js';
import { readBareCounts, readPackedDetails } from './span-strings.js';
import { UnreadNumbers } from './unread.js';
import type { Usage } from './usage.js';
import {
  computesCost,
  isOwnGemini,
  mayCountThoughtsApart,
  mayDropCache,
  recordsCacheOutside,
  reportsCost,
  statesCacheInside,
  statesCacheOutside,
} from './vendors.js';

/** The call of a span, and the instrumentation that wrote the span. */
export interface SpanSource {
  provider: string | undefined;
  model: string | undefined;
  /** The name of the instrumentation scope. */
  recorder: string;
}

/**
 * Reads one usage, even if several dialects report it. The largest value of each fact is used, because a dialect
 * that omits something reports less, never more.
 */
export function readSpanUsage(a: SpanAttributes, source: SpanSource): Usage | undefined {
  const plain = readPlainSpan(a) ?? readWholeUsage(a, source);
  return plain === 'none' ? undefined : plain;
}

/** The full reading, of any span. */
export function readWholeUsage(a: SpanAttributes, source: SpanSource): Usage | undefined {
  const draft = new Draft();
  const numbers = new UnreadNumbers();
  readCounts(draft, numbers, a);
  if (draft.input === undefined && draft.output === undefined) readBareCounts(draft, a);
  readPackedDetails(draft, a);
  if (draft.input === undefined && draft.output === undefined) readLangfuseCounts(draft, numbers, a);
  readLangChainWrites(draft, a);
  readCost(draft, a, source.recorder);
  const copied = copiedUsage(a) ?? langfuseUsage(a);
  const copy = copied === undefined ? undefined : readUsage(copied, source);
  if (isEmpty(draft)) return copy;
  expectPlaces(draft, a, source);
  const isInputOnly = takesInputOnly(a, source.model);
  if (draft.input === undefined && draft.output === undefined && isInputOnly) draft.input = draft.total;
  // A stream that was cut off: its span has the input count but no output count.
  if (!isInputOnly && draft.input !== undefined && (draft.output ?? draft.total) === undefined)
    draft.refused = true;
  draft.unread = numbers.paths();
  const usage = toUsage(draft);
  return copy === undefined || usage === undefined ? (usage ?? copy) : richest(usage, copy);
}

function isEmpty(draft: Draft): boolean {
  const { input, output, total, reportedCostUsd, estimatedCostUsd } = draft;
  return (input ?? output ?? total ?? reportedCostUsd ?? estimatedCostUsd) === undefined && !draft.refused;
}

function expectPlaces(draft: Draft, a: SpanAttributes, { provider, model, recorder }: SpanSource): void {
  draft.textIsRest = a['ai.usage.outputTokenDetails.textTokens'] !== undefined;
  draft.totalHasThoughts = mayCountThoughtsApart(provider, model);
  draft.totalHasCache = mayDropCache(provider, model);
  // Google ADK follows each provider: Gemini's thoughts are counted beside the output, those of other models inside it.
  draft.reasoningIsOutside =
    a['gen_ai.usage.experimental.reasoning_tokens'] !== undefined && isOwnGemini(a['gen_ai.request.model']);
  if (hidesCounts(a) || hidesCacheOfAiSdk5(draft, a)) draft.doubtful('dropped_cache');
  if ((draft.cacheRead ?? 0) + (draft.cacheWrite ?? 0) === 0) return;
  if (a['ai.operationId'] !== undefined && !hasAiSdkDetails(a)) expectOldAiSdk(draft, provider, model);
  const isKnown = statesCacheInside(recorder) || !mayDropCache(provider, model);
  if (isKnown) draft.cacheIsUnsure = false;
  draft.cacheIsOutside ||= recordsCacheOutside(recorder);
}

/** Gemini models that think, and whose prompts are cached unasked. */
const THINKING_GEMINI = /gemini-(?:2\.5|[3-9])/;

/**
 * Google ADK's spans state only prompt and candidates. Cached tokens and thoughts are in its copy of the response,
 * which the app can turn off.
 */
function hidesCounts(a: SpanAttributes): boolean {
  const model = a['gen_ai.request.model'];
  return (
    a['gen_ai.system'] === 'gcp.vertex.agent' &&
    isOwnGemini(model) &&
    typeof model === 'string' &&
    THINKING_GEMINI.test(model) &&
    a['gen_ai.usage.experimental.reasoning_tokens'] === undefined &&
    copiedUsage(a) === undefined
  );
}

/** Providers do not cache shorter prompts. */
const MIN_CACHED_PROMPT_TOKENS = 1024;

/**
 * `generateText` of AI SDK 5 states the cache only in the provider's metadata, as Anthropic's does. The counts of its
 * streams, and of all calls from version 6 on, have other names.
 */
function hidesCacheOfAiSdk5(draft: Draft, a: SpanAttributes): boolean {
  return (
    a['ai.usage.promptTokens'] !== undefined &&
    a['ai.usage.inputTokens'] === undefined &&
    (draft.cacheRead ?? draft.cacheWrite) === undefined &&
    !/cache[^"]*":/i.test(String(a['ai.response.providerMetadata'])) &&
    (draft.input ?? 0) >= MIN_CACHED_PROMPT_TOKENS
  );
}

/** From version 6, the AI SDK's input count includes the cache, and it has details that show so. */
function hasAiSdkDetails(a: SpanAttributes): boolean {
  return (
    (a['ai.usage.inputTokenDetails.cacheReadTokens'] ?? a['ai.usage.inputTokenDetails.noCacheTokens']) !==
    undefined
  );
}

/**
 * AI SDK providers that use OpenAI's protocol for any model. The app can name Anthropic's provider freely, so it
 * cannot be listed here.
 */
const SPEAKS_OPENAI = /^openrouter$|\.(?:chat|completion|responses)$/;

/**
 * AI SDK 5 passes on the provider's own input count. OpenRouter, LiteLLM and similar gateways include Claude's cache in
 * the input, as OpenAI does; the AI SDK's own gateway does not.
 */
function expectOldAiSdk(draft: Draft, provider: string | undefined, model: string | undefined): void {
  const fits = (draft.cacheRead ?? 0) + (draft.cacheWrite ?? 0) <= (draft.input ?? 0);
  const speaksOpenAi = fits && provider !== undefined && SPEAKS_OPENAI.test(provider);
  draft.cacheMustBeOutside = statesCacheOutside(speaksOpenAi ? provider : `${provider} ${model}`);
  const isNamed = statesCacheOutside(provider) || provider === 'gateway';
  if (draft.cacheMustBeOutside && fits && !isNamed) draft.doubtful('ambiguous_usage');
}

function takesInputOnly(a: SpanAttributes, model: string | undefined): boolean {
  const operation = a['ai.operationId'];
  return (
    isInputOnlyOperation(a['gen_ai.operation.name']) ||
    isInputOnlyOperation(a['llm.request.type']) ||
    isInputOnlyOperation(a['openinference.span.kind']) ||
    isInputOnlyOperation(a['langfuse.observation.type']) ||
    (typeof operation === 'string' && operation.includes('mbed')) ||
    isInputOnlyModel(model)
  );
}

/**
 * The cost on a span. Many instrumentations write 0 for a model without a known price, so 0 is ignored.
 * `operation.cost` is from the price list of Pydantic's client, and OpenInference's `llm.cost.total` is computed by the
 * instrumentation that wrote the span.
 */
function readCost(draft: Draft, a: SpanAttributes, recorder: string): void {
  const stated =
    readUsd(a['gen_ai.usage.cost'] || undefined, 'gen_ai.usage.cost', draft) ?? readLangfuseCost(draft, a);
  draft.refusesBill = draft.refusesUsd && stated === undefined && !computesCost(recorder);
  const computed =
    readUsd(a['operation.cost'] || undefined, 'operation.cost', draft) ??
    readUsd(a['llm.cost.total'] || undefined, 'llm.cost.total', draft);
  if (computesCost(recorder)) draft.estimatedCostUsd = stated ?? computed;
  else if (reportsCost(recorder)) draft.reportedCostUsd = stated ?? computed;
  else {
    draft.reportedCostUsd = stated;
    draft.estimatedCostUsd = computed;
  }
}
