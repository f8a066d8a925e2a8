/** Reads the usage of a streamed response from its chunks as they pass. Keeps counts, never content. */
import { isRecord } from '../validate.js';
import { mostComplete, readStep } from './ai-sdk-response.js';
import { readAnthropicEvent } from './anthropic-stream.js';
import { bedrockEvent } from './bedrock-bytes.js';
import { addUsage } from './combine.js';
import { isPresent } from './counts.js';
import { isGemini, readProviderResponse, readResponse } from './read-response.js';
import { readUsage } from './read-usage.js';
import { setChoiceReasons, setFacts, setFinishReason, setTier } from './response-facts.js';
import type { CallFacts, Usage } from './usage.js';

/** Chunk types that end a stream. */
const END_TYPES = new Set([
  'message_stop',
  'message-end',
  'stream-end',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.done',
  'response_done',
  'conversation.response.done',
  'turn.completed',
  'image_generation.completed',
  'image_edit.completed',
  'transcript.text.done',
  'speech.audio.done',
  'interaction.complete',
  'interaction.completed',
  'finish',
  'done',
  'result',
]);

/**
 * Reads the chunks of any provider's stream, in order. Later counts replace earlier ones unless the shape defines
 * otherwise.
 */
export class StreamReader {
  /** True once the stream itself has signalled its end. A stream cut off earlier has no final usage. */
  complete = false;

  private readonly said: CallFacts = {};
  private readonly stepIds: string[] = [];
  /** The last usage object of a provider that repeats or replaces its counts. */
  private last: Record<string, unknown> | undefined;
  /** The sum of usages that each cover a part of the response (AI SDK steps, LangChain chunks). */
  private sum: Usage | undefined;
  /** A usage that covers the whole response. */
  private whole: Usage | undefined;

  /** Reads one chunk of any shape. Never throws. */
  push(chunk: unknown): void {
    try {
      if (isRecord(chunk)) this.read(bedrockEvent(chunk) ?? chunk);
    } catch {
      // A getter or proxy of the app threw, so this chunk is skipped.
    }
  }

  /** The facts from the chunks so far. */
  facts(): CallFacts {
    const last = this.last === undefined ? undefined : readUsage(this.last);
    const usage = mostComplete(this.whole, last, this.sum);
    const facts = { ...this.said };
    if (usage !== undefined) facts.usage = usage;
    if (this.stepIds.length > 1) facts.stepIds = this.stepIds;
    return facts;
  }

  private read(chunk: Record<string, unknown>): void {
    const type = chunk.type ?? chunk.event_type;
    if (isPresent(chunk.usage_metadata) || isPresent(chunk.response_metadata)) this.readPart(chunk);
    else if (typeof type === 'string') this.readEvent(type, chunk);
    else if (isGemini(chunk)) this.readChunk(chunk);
    else if (isRecord(chunk.data) && typeof chunk.data.type === 'string') this.read(chunk.data);
    else if (isRecord(chunk.data) && Array.isArray(chunk.data.choices)) this.readChunk(chunk.data);
    else this.readChunk(chunk);
  }

  /** Reads events that are identified by their type. */
  private readEvent(type: string, event: Record<string, unknown>): void {
    if (END_TYPES.has(type)) this.complete = true;
    const response = event.response ?? event.interaction;
    if (type === 'message_start' || type === 'message_delta') {
      this.last = readAnthropicEvent(this.last, this.said, event);
    } else if (type === 'finish') this.readFinish(event);
    else if (type === 'finish-step' || type === 'step-finish') this.readStepEnd(event);
    else if (type === 'response-metadata') setFacts(this.said, event);
    else if (type === 'message-end' && isRecord(event.delta)) this.readChunk(event.delta);
    else if (type === 'result') this.take(readResponse(event));
    else if (isRecord(response)) this.take(readProviderResponse(response));
    else if (type === 'done') this.readDone(event);
    else if (END_TYPES.has(type) && isRecord(event.usage)) this.readChunk(event);
  }

  /**
   * Reads the last event of pi's client. Counts without the message are ignored: they may be those of one call of
   * several.
   */
  private readDone({ message }: Record<string, unknown>): void {
    if (isRecord(message)) this.take(readProviderResponse(message));
  }

  private readStepEnd(part: Record<string, unknown>): void {
    const { usage, ...said } = readStep(part);
    Object.assign(this.said, said);
    if (said.responseId !== undefined) this.stepIds.push(said.responseId);
    if (usage !== undefined) this.sum = addUsage(this.sum, usage);
  }

  /**
   * Reads the end of an AI SDK stream, which has the total of all steps, or of one model call, which has its own
   * usage.
   */
  private readFinish(part: Record<string, unknown>): void {
    const total = readUsage(part.totalUsage);
    setFinishReason(this.said, part.finishReason);
    this.take(total === undefined ? readStep(part) : { usage: total });
  }

  /** Reads a LangChain chunk, whose counts are increments. */
  private readPart(chunk: Record<string, unknown>): void {
    const usage = readUsage(chunk.usage_metadata);
    if (usage !== undefined && isAnthropicStart(chunk)) usage.tokens.output = 0;
    if (usage !== undefined) this.sum = addUsage(this.sum, usage);
    const { usage: _part, ...said } = readResponse(chunk) ?? {};
    Object.assign(this.said, said);
    if (said.finishReasons !== undefined) this.complete = true;
  }

  /**
   * Reads a chunk in the shape of a response: OpenAI's chat, Gemini, Ollama, Bedrock, Cohere and compatible
   * providers.
   */
  private readChunk(chunk: Record<string, unknown>): void {
    setFacts(this.said, chunk);
    const source = usageIn(chunk);
    if (source !== undefined) {
      this.last = source;
      setTier(this.said, source);
    }
    setChoiceReasons(this.said, chunk);
    if (isRecord(chunk.messageStop)) setFinishReason(this.said, chunk.messageStop.stopReason);
    if (isRecord(chunk.metadata)) setTier(this.said, chunk.metadata);
    if (this.said.finishReasons !== undefined || chunk.done === true) this.complete = true;
  }

  private take(facts: CallFacts | undefined): void {
    const { usage, ...said } = facts ?? {};
    Object.assign(this.said, said);
    if (usage !== undefined) this.whole = usage;
  }
}

/** True for the first chunk of an Anthropic stream: it counts an output token that the last chunk counts again. */
function isAnthropicStart(chunk: Record<string, unknown>): boolean {
  const { additional_kwargs: start } = chunk;
  return isRecord(start) && start.type === 'message' && !isPresent(start.stop_reason);
}

/** The usage object of a chunk. Groq repeats the same counts under a name of its own. */
function usageIn(chunk: Record<string, unknown>): Record<string, unknown> | undefined {
  if (isRecord(chunk.usage)) return chunk.usage;
  if (isRecord(chunk.usageMetadata)) return chunk.usageMetadata;
  if (isRecord(chunk.metadata) && isRecord(chunk.metadata.usage)) return chunk.metadata.usage;
  if (isRecord(chunk.x_groq) && isRecord(chunk.x_groq.usage)) return chunk.x_groq.usage;
  return isPresent(chunk.prompt_eval_count) || isPresent(chunk.eval_count) ? ollamaCounts(chunk) : undefined;
}

/** Copies only the counts, so that the chunk with its content is not kept in memory. */
function ollamaCounts(chunk: Record<string, unknown>): Record<string, unknown> {
  return { prompt_eval_count: chunk.prompt_eval_count, eval_count: chunk.eval_count };
}
