import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import { richest, sumOfParts } from './combine.js';
import { isPresent } from './counts.js';
import { ofEndedCall } from './input-only.js';
import { readUsage } from './read-usage.js';
import { firstString, setFacts } from './response-facts.js';
import { type CallFacts, inputTokens, type Usage, type UsagePart } from './usage.js';

/** True for a LangChain message, or for the `LLMResult` that contains one. */
export function isLangChainResponse(response: Record<string, unknown>): boolean {
  const { generations } = response;
  // Cohere's `generations` are a plain list.
  return isLangChainMessage(response) || (Array.isArray(generations) && Array.isArray(generations[0]));
}

export function isLangChainMessage(message: unknown): message is Record<string, unknown> {
  return isRecord(message) && (isRecord(message.response_metadata) || isRecord(message.usage_metadata));
}

/** LangChain's own ids: of messages without a provider's id, and of chunks under a tracer. */
const RUN_ID = /^(?:lc_)?run-/;

/** Reads LangChain's own counts and those of the provider, which LangChain keeps in `response_metadata`. */
export function readLangChainResponse(response: Record<string, unknown>): CallFacts | undefined {
  const { generations, llmOutput } = response;
  const messages = Array.isArray(generations) ? messagesIn(generations) : [response];
  const facts = messages.length > 1 ? readCalls(messages) : readAnswer(messages[0] ?? {});
  if (facts.usage === undefined && isRecord(llmOutput)) {
    const usage = readUsage(llmOutput.tokenUsage ?? llmOutput.usage);
    if (usage !== undefined) facts.usage = usage;
  }
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** The first answer to each prompt: further ones repeat its counts. */
function messagesIn(generations: unknown[]): Record<string, unknown>[] {
  return listed(generations).flatMap((answers) => {
    const first: unknown = Array.isArray(answers) ? answers[0] : undefined;
    return isRecord(first) && isRecord(first.message) ? [first.message] : [];
  });
}

/** Messages of several calls, each of which is one answer. */
export function readCalls(messages: readonly Record<string, unknown>[]): CallFacts {
  const parts: UsagePart[] = [];
  const ids = new Set<string>();
  let last: CallFacts = {};
  for (const message of messages) {
    const facts = readAnswer(message);
    const { usage, responseId = firstString(message.id), responseModel, serviceTier } = facts;
    // One answer may be in several places of a graph's state.
    if (usage === undefined || (responseId !== undefined && ids.has(responseId))) continue;
    if (responseId !== undefined) ids.add(responseId);
    parts.push({ usage, model: responseModel, serviceTier });
    last = facts;
  }
  if (parts.length < 2) return last;
  const usage = sumOfParts(parts);
  return {
    ...last,
    ...(usage !== undefined && { usage }),
    calls: parts.length,
    ...(ids.size === parts.length && { stepIds: [...ids] }),
  };
}

/** Reads a whole answer. One that LangChain put together from the chunks of a stream may count too much. */
function readAnswer(message: Record<string, unknown>): CallFacts {
  const facts = readMessage(message);
  if (facts.usage === undefined) return facts;
  const usage = ofEndedCall(facts.usage, false, facts.responseModel);
  if (!isAddedUp(message.response_metadata)) return { ...facts, usage };
  return { ...facts, usage: { ...usage, doubt: usage.doubt ?? 'ambiguous_usage' } };
}

/**
 * The client for Anthropic adds the output count of the stream's first event to that of its last, which contains it. An
 * answer that was not streamed has the provider's own count beside it.
 */
function isAddedUp(metadata: unknown): boolean {
  if (!isRecord(metadata) || metadata.model_provider !== 'anthropic') return false;
  return isRecord(metadata.usage) && !isPresent(metadata.usage.output_tokens);
}

/** Reads a message, or one chunk of it. */
export function readMessage(message: Record<string, unknown>): CallFacts {
  const facts: CallFacts = {};
  const metadata = isRecord(message.response_metadata) ? message.response_metadata : {};
  const provider = firstString(metadata.model_provider);
  const own = readUsage(message.usage_metadata, { provider });
  const theirs = readUsage(metadata.usage ?? metadata.tokenUsage, { provider });
  const usage = own !== undefined && theirs !== undefined ? richer(own, theirs) : (own ?? theirs);
  if (usage !== undefined) facts.usage = usage;
  setFacts(facts, metadata);
  const model = firstString(metadata.model_name, metadata.model);
  if (model !== undefined) facts.responseModel = model;
  const id = firstString(metadata.id, message.id);
  if (id !== undefined && !RUN_ID.test(id)) facts.responseId = id;
  return facts;
}

/**
 * LangChain adds up the chunks of a stream, also where they are cumulative: its own input counts then differ from the
 * provider's counts beside them. The provider's output count may be that of the first chunk.
 */
function richer(own: Usage, theirs: Usage): Usage {
  const usage = richest(own, theirs);
  const [input, stated] = [inputTokens(own.tokens), inputTokens(theirs.tokens)];
  return input === stated || input === 0 || stated === 0 ? usage : { ...usage, doubt: 'ambiguous_usage' };
}

/** The name that LangChain gives to a run, which all chunks of one answer share. */
export function runIdOf({ id }: Record<string, unknown>): string | undefined {
  return typeof id === 'string' && RUN_ID.test(id) ? id : undefined;
}
