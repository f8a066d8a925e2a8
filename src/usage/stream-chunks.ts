/** Finds the usage in the chunks of a stream, and recognizes chunks that are whole responses or states. */
import { isRecord } from '../validate.js';
import { isAiSdkResult } from './ai-sdk-response.js';
import { isPresent } from './counts.js';
import { isLangChainMessage } from './langchain-response.js';
import { answersToLast } from './loop-response.js';

/** Names of objects that are a whole response. */
const WHOLE_OBJECTS = new Set(['chat.completion', 'response', 'text_completion']);

/** A graph has a node for each agent and step. */
const MAX_NODES = 20;

/** The usage object of a chunk. Groq repeats the same counts under a name of its own. */
export function usageIn(chunk: Record<string, unknown>): Record<string, unknown> | undefined {
  // Google ADK sends a whole event after a partial one, with the same counts under another id.
  if (chunk.partial === true) return undefined;
  if (isRecord(chunk.usage)) return chunk.usage;
  if (isRecord(chunk.usageMetadata)) return chunk.usageMetadata;
  if (isRecord(chunk.metadata) && isRecord(chunk.metadata.usage)) return chunk.metadata.usage;
  if (isRecord(chunk.x_groq) && isRecord(chunk.x_groq.usage)) return chunk.x_groq.usage;
  // Moonshot has it on the last choice.
  const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  if (isRecord(choice) && isRecord(choice.usage)) return choice.usage;
  const bedrock = chunk['amazon-bedrock-invocationMetrics'];
  if (isRecord(bedrock)) return bedrock;
  return isPresent(chunk.prompt_eval_count) || isPresent(chunk.eval_count) ? ollamaCounts(chunk) : undefined;
}

/** Copies only the counts, so that the chunk with its content is not kept in memory. */
function ollamaCounts(chunk: Record<string, unknown>): Record<string, unknown> {
  return { prompt_eval_count: chunk.prompt_eval_count, eval_count: chunk.eval_count };
}

/** True for a whole response, which a generator of the app may yield unchanged. */
export function isWholeResponse(chunk: Record<string, unknown>): boolean {
  if (!isRecord(chunk.usage)) return false;
  const { type, object, choices } = chunk;
  if (type === 'message' && isPresent(chunk.role)) return true;
  if (type !== undefined) return false;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (isRecord(choice) && isRecord(choice.message)) return true;
  return (
    (typeof object === 'string' && WHOLE_OBJECTS.has(object) && choice === undefined) || isAiSdkResult(chunk)
  );
}

/**
 * True when a chunk states that its choice is unfinished, as OpenAI's do with `finish_reason: null`. A stream that ends
 * without a finish reason was cut off.
 */
export function statesEnd({ choices }: Record<string, unknown>): boolean {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isRecord(choice) && choice.finish_reason === null;
}

/** True when a chunk brings a part of the answer. */
export function bringsContent(chunk: Record<string, unknown>): boolean {
  const { choices, candidates, serverContent, content } = chunk;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (isRecord(choice)) return isRecord(choice.delta) && hasValue(choice.delta);
  const candidate: unknown = Array.isArray(candidates) ? candidates[0] : undefined;
  if (isRecord(candidate) && isRecord(candidate.content)) return isFilled(candidate.content.parts);
  if (isRecord(serverContent)) return isPresent(serverContent.modelTurn);
  return isFilled(content) || isRecord(chunk.contentBlockDelta);
}

/** A role alone is not content. */
function hasValue(delta: Record<string, unknown>): boolean {
  return [delta.content, delta.tool_calls, delta.reasoning_content, delta.reasoning].some(isFilled);
}

function isFilled(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

/**
 * The answers of a LangGraph state (`{ messages }`), of its nodes' updates (`{ node: { messages } }`), or of an event
 * of LangChain. A state repeats its initial history: the answers before the last question.
 */
export function answersOf(chunk: Record<string, unknown>): Record<string, unknown>[] {
  const { messages, event, data, choices, usage } = chunk;
  if (Array.isArray(messages)) return answersToLast(messages);
  if (isPresent(choices) || isPresent(usage)) return [];
  if (event === 'on_chat_model_end' && isRecord(data)) return [data.output].filter(isLangChainMessage);
  const nodes = Object.keys(chunk);
  if (nodes.length > MAX_NODES) return [];
  return nodes.flatMap((name) => {
    const update = chunk[name];
    return isRecord(update) && Array.isArray(update.messages) ? answersToLast(update.messages) : [];
  });
}
