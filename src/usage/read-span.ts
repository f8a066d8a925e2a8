/** Reads the facts about a call from the span of another instrumentation. */
import { isLangChainJson, langChainId } from './langchain-json.js';
import { withProviderMetadata } from './provider-metadata.js';
import type { SpanAttributes } from './span-role.js';
import { readSpanUsage } from './span-usage.js';
import type { CallFacts, Usage } from './usage.js';

/** Every field is always present, so that all objects have one hidden class in V8. */
export interface SpanFacts {
  usage: Usage | undefined;
  provider: string | undefined;
  responseModel: string | undefined;
  requestModel: string | undefined;
  responseId: string | undefined;
  /** In lower case. */
  serviceTier: string | undefined;
  /** On spans without usage. */
  toolName: string | undefined;
}

/**
 * Longer provider metadata, in characters, is not parsed: search results and citations would cost more time than
 * they are worth.
 */
const MAX_METADATA_LENGTH = 20_000;

/** Matches metadata with more than ids: counts, a bill, or a tier other than the usual one. */
const TELLS_MORE = /"(?:usage|cost|cacheCreationInputTokens)":|"serviceTier":"(?!default|auto|standard)/;

/**
 * Reads the facts on a span, without finish reasons. `recorder` is the name of its instrumentation. Undefined when the span has no facts about a call. Never
 * throws.
 */
export function readSpan(attributes: SpanAttributes, recorder = ''): SpanFacts | undefined {
  try {
    return readFacts(attributes, recorder);
  } catch {
    // Attributes behind a proxy threw, so there is nothing to read.
    return undefined;
  }
}

function readFacts(a: SpanAttributes, recorder: string): SpanFacts | undefined {
  const provider = providerOf(a);
  const responseModel = responseModelOf(a);
  const requestModel = requestModelOf(a);
  const usage = readSpanUsage(a, { provider, model: responseModel ?? requestModel, recorder });
  const toolName = usage === undefined ? toolNameOf(a) : undefined;
  if ((provider ?? responseModel ?? requestModel ?? toolName ?? usage) === undefined) return undefined;
  const responseId = responseIdOf(a);
  const serviceTier = serviceTierOf(a)?.toLowerCase();
  const facts = { usage, provider, responseModel, requestModel, responseId, serviceTier, toolName };
  const metadata = a['ai.response.providerMetadata'];
  return typeof metadata === 'string' ? addMetadata(facts, metadata) : facts;
}

/**
 * Adds facts found only in the Vercel AI SDK's metadata: its tier, its gateway's bill and, before version 6, cache
 * writes.
 */
function addMetadata(facts: SpanFacts, metadata: string): SpanFacts {
  if (metadata.length > MAX_METADATA_LENGTH || !TELLS_MORE.test(metadata)) return facts;
  const { usage, serviceTier } = facts;
  const known: CallFacts = { ...(usage && { usage }), ...(serviceTier && { serviceTier }) };
  try {
    return { ...facts, ...withProviderMetadata(known, JSON.parse(metadata)) };
  } catch {
    return facts;
  }
}

function providerOf(a: SpanAttributes): string | undefined {
  return (
    text(a['gen_ai.provider.name']) ??
    text(a['gen_ai.system']) ??
    text(a['ai.model.provider']) ??
    text(a['llm.provider']) ??
    text(a['llm.system'])
  );
}

function responseModelOf(a: SpanAttributes): string | undefined {
  return (
    text(a['gen_ai.response.model']) ??
    text(a['ai.response.model']) ??
    text(a['llm.response.model_name']) ??
    text(a['llm.model_name']) ??
    text(a['embedding.model_name']) ??
    text(a['reranker.model_name'])
  );
}

function requestModelOf(a: SpanAttributes): string | undefined {
  return (
    text(a['gen_ai.request.model']) ??
    text(a['llm.request.model_name']) ??
    // VoltAgent's calls and agents.
    text(a['llm.model']) ??
    text(a['ai.model.name']) ??
    text(a['ai.model.id']) ??
    text(a['langsmith.metadata.ls_model_name']) ??
    text(a.model_name) ??
    text(a.model) ??
    text(a['langfuse.observation.model.name']) ??
    (a['genkit:metadata:subtype'] === 'model' ? text(a['genkit:name']) : undefined) ??
    bedrockModelOf(a)
  );
}

const MODEL_ID = /"modelId":"([^"]{1,200})"/;

/** OpenInference names only the vendor of a Bedrock model with a profile. Its copy of the request has the whole id. */
function bedrockModelOf(a: SpanAttributes): string | undefined {
  const request = a['input.value'];
  if (a['llm.provider'] !== 'aws' || typeof request !== 'string') return undefined;
  return MODEL_ID.exec(request)?.[1];
}

function responseIdOf(a: SpanAttributes): string | undefined {
  return (
    text(a['gen_ai.response.id']) ??
    text(a['ai.response.id']) ??
    text(a.request_id) ??
    (a['openinference.span.kind'] === 'LLM' ? responseIdIn(a['output.value']) : undefined)
  );
}

/** The start of OpenAI's and Anthropic's responses as JSON. */
const STARTS_WITH_ID = /^\{"id":"([\w.:-]{1,200})"/;

/** OpenInference has no key for the id, but records the response as JSON. It may be long, so it is not parsed. */
function responseIdIn(output: unknown): string | undefined {
  if (typeof output !== 'string') return undefined;
  return isLangChainJson(output) ? langChainId(output) : STARTS_WITH_ID.exec(output)?.[1];
}

function serviceTierOf(a: SpanAttributes): string | undefined {
  return (
    text(a['openai.response.service_tier']) ??
    text(a['gen_ai.openai.response.service_tier']) ??
    text(a['anthropic.response.service_tier']) ??
    text(a['gen_ai.response.service_tier'])
  );
}

/** The name of the tool that a span calls. Never throws. */
export function readToolName(attributes: SpanAttributes): string | undefined {
  try {
    return toolNameOf(attributes);
  } catch {
    return undefined;
  }
}

function toolNameOf(a: SpanAttributes): string | undefined {
  return (
    text(a['gen_ai.tool.name']) ??
    (a['genkit:metadata:subtype'] === 'tool' ? text(a['genkit:name']) : undefined) ??
    text(a['ai.toolCall.name']) ??
    text(a['tool.name']) ??
    text(a.tool_name) ??
    (a['langsmith.span.kind'] === 'tool' ? text(a['langsmith.trace.name']) : undefined) ??
    (a['traceloop.span.kind'] === 'tool' ? text(a['traceloop.entity.name']) : undefined)
  );
}

/**
 * The session id on a span: `session.id`, then the first of `extraKeys` that is present, then the conventions'
 * `gen_ai.conversation.id`.
 */
export function readSessionId(attributes: SpanAttributes, extraKeys: readonly string[]): string | undefined {
  const id = text(attributes['session.id']);
  if (id !== undefined) return id;
  for (const key of extraKeys) {
    const named = text(attributes[key]);
    if (named !== undefined) return named;
  }
  return text(attributes['gen_ai.conversation.id']);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
