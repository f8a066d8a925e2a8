/** Reads the usage of a streamed response from its chunks as they pass. Keeps counts, never content. */
import { isRecord } from '../validate.js';
import { readIncrement, readTotals, SessionResults } from './agent-sdk-response.js';
import { isAiSdkResult, readAiSdkResult, readEndedStep, readStep } from './ai-sdk-response.js';
import { bedrockEvent } from './bedrock-bytes.js';
import { isPresent } from './counts.js';
import { isLangChainMessage, readMessage, runIdOf } from './langchain-response.js';
import { isGemini, readProviderResponse, readResponse } from './read-response.js';
import { readUsage } from './read-usage.js';
import { setChoiceReasons, setFacts, setFinishReason, setTier } from './response-facts.js';
import { hasUnknownFee } from './response-fees.js';
import { mostCompleteOf, Runs } from './run-steps.js';
import { answersOf, bringsContent, isWholeResponse, statesEnd, usageIn } from './stream-chunks.js';
import { type StreamedResponse, StreamedResponses } from './stream-responses.js';
import type { CallFacts } from './usage.js';

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

/** Event types that begin a response, with or without an id. */
const BEGIN_TYPES = new Set(['message_start', 'message-start']);

/**
 * Reads the chunks of any provider's stream, in order. A stream may hold several responses, each of which is one call.
 * `UsageSeries` reads the counts of one response.
 */
export class StreamReader {
  /** True once the stream itself has signalled its end. A stream cut off earlier has no final usage. */
  complete = false;

  private readonly said: CallFacts = {};
  private readonly responses = new StreamedResponses();
  /** The answers of a run whose result states the total. They are used if the stream is cut off before that result. */
  private readonly answers = new StreamedResponses();
  private readonly results = new SessionResults();
  private readonly runs = new Runs();
  private lastWhole: unknown;

  /** Reads one chunk of any shape. Never throws. */
  push(chunk: unknown): void {
    try {
      if (isRecord(chunk)) this.read(bedrockEvent(chunk) ?? chunk);
      else if (Array.isArray(chunk)) this.readTuple(chunk);
    } catch {
      // A getter or proxy of the app threw, so this chunk is skipped.
    }
  }

  /** The facts from the chunks so far. */
  facts(): CallFacts {
    const total = this.total();
    return { ...this.said, ...total };
  }

  private total(): CallFacts {
    const { usage: ofSessions } = this.results;
    const total = mostCompleteOf([
      this.responses.total,
      ofSessions === undefined ? {} : { usage: ofSessions },
      this.runs.total,
    ]);
    if (total !== undefined) return total;
    const { usage, ...calls } = this.answers.total;
    return usage === undefined ? {} : { ...calls, usage: { ...usage, incomplete: true } };
  }

  private read(chunk: Record<string, unknown>): void {
    const type = chunk.type ?? chunk.event_type;
    if (isPresent(chunk.usage_metadata) || isPresent(chunk.response_metadata)) this.readLangChain(chunk);
    else if (isWholeResponse(chunk)) this.readWhole(chunk);
    else if (typeof type === 'string') this.readEvent(type, chunk);
    else if (Array.isArray(chunk.choices) || isGemini(chunk)) this.readChunk(chunk);
    else if (isRecord(chunk.data) && typeof chunk.data.type === 'string') this.read(chunk.data);
    else if (isRecord(chunk.data) && Array.isArray(chunk.data.choices)) this.readChunk(chunk.data);
    else if (!this.readState(chunk)) this.readChunk(chunk);
  }

  /** LangGraph's streams: a message with its place in the graph, or a mode with its chunk. */
  private readTuple(chunk: readonly unknown[]): void {
    const [first, second] = chunk;
    if (isLangChainMessage(first)) this.readLangChain(first);
    else if (typeof first === 'string' && isRecord(second)) this.read(second);
    else if (typeof first === 'string' && Array.isArray(second)) this.readTuple(second);
  }

  /** LangGraph's states and updates; LlamaIndex has the provider's own chunk inside its own. */
  private readState(chunk: Record<string, unknown>): boolean {
    const answers = answersOf(chunk);
    for (const answer of answers) this.readLangChain(answer);
    if (answers.length > 0) return true;
    if (!isRecord(chunk.raw) || isPresent(chunk.usage) || isPresent(chunk.choices)) return false;
    this.read(chunk.raw);
    return true;
  }

  /** Reads events that are identified by their type. */
  private readEvent(type: string, event: Record<string, unknown>): void {
    const isEnd = END_TYPES.has(type);
    if (isEnd) this.complete = true;
    const response = event.response ?? event.interaction;
    if (BEGIN_TYPES.has(type)) this.begin(event);
    if (BEGIN_TYPES.has(type) || type === 'response.created') this.complete = false;
    if (type === 'message_start' || type === 'message_delta') this.readAnthropic(event);
    else if (type === 'message_stop') this.responses.of(undefined).series.hasEnded = true;
    else if (type === 'finish') this.readFinish(event);
    else if (type === 'finish-step' || type === 'step-finish') this.readStepEnd(event);
    else if (type === 'response-metadata') this.name(event);
    else if (type === 'message-end' && isRecord(event.delta)) this.readChunk(event.delta, true);
    else if (type === 'result') this.readResult(event);
    else if (type === 'assistant' && isRecord(event.message)) this.readAnswer(event.message);
    else if (type === 'raw_model_stream_event' && isRecord(event.data)) this.read(event.data);
    else if (isRecord(response)) this.take(readProviderResponse(response), this.responses, isEnd);
    else if (type === 'done') this.readDone(event);
    else if (isEnd && isRecord(event.usage)) this.readChunk(event, true);
  }

  /** Begins a response. A response with a known id continues. */
  private begin(event: Record<string, unknown>): void {
    const from = isRecord(event.message) ? event.message : event;
    const id = typeof from.id === 'string' && from.id !== '' ? from.id : undefined;
    if (id === undefined) this.responses.begin();
    else this.responses.of(id);
  }

  private readAnthropic(event: Record<string, unknown>): void {
    const response = this.responses.of(undefined);
    const { message, delta } = event;
    for (const facts of [this.said, response.facts]) {
      if (isRecord(message)) setFacts(facts, message);
      if (isRecord(delta)) setFacts(facts, delta);
    }
    response.statesEnd = true;
    if (isRecord(delta) && isPresent(delta.stop_reason)) response.series.hasEnded = true;
    const usage = isRecord(message) ? message.usage : event.usage;
    if (!isRecord(usage)) return;
    for (const facts of [this.said, response.facts]) setTier(facts, usage);
    response.pushAnthropic(usage, isRecord(message));
  }

  private readResult(event: Record<string, unknown>): void {
    const increment = readIncrement(event);
    const { usage, ...said } = increment ?? readTotals(event) ?? {};
    Object.assign(this.said, said);
    if (usage === undefined) return;
    if (increment === undefined) this.results.push(event.session_id, usage);
    else this.results.add(event.session_id, usage);
  }

  /** An answer within a run of the Claude Agent SDK. */
  private readAnswer(message: Record<string, unknown>): void {
    const { usage, responseId, ...facts } = readProviderResponse(message) ?? {};
    if (usage === undefined || responseId === undefined) return;
    const response = this.answers.of(responseId);
    Object.assign(response.facts, facts);
    response.series.push(usage, false);
    response.series.hasEnded = true;
  }

  /**
   * Reads the last event of pi's client. Counts without the message are ignored: they may be those of one call of
   * several.
   */
  private readDone({ message }: Record<string, unknown>): void {
    if (isRecord(message)) this.take(readProviderResponse(message), this.responses, true);
  }

  private readStepEnd(part: Record<string, unknown>): void {
    const facts = readEndedStep(part);
    const { usage: _usage, ...said } = facts;
    Object.assign(this.said, said);
    this.runs.pushStep(facts, part.usage);
  }

  /**
   * Reads the end of an AI SDK stream, which has the total of all steps, or of one model call, which has its own
   * usage.
   */
  private readFinish(part: Record<string, unknown>): void {
    setFinishReason(this.said, part.finishReason);
    const total = readUsage(part.totalUsage);
    if (total === undefined && !this.runs.isOpen) this.take(readStep(part), this.responses, true);
    else this.runs.finish(total, readUsage(part.usage));
  }

  /** Reads LangChain's messages and their chunks, whose counts are increments where the client makes them so. */
  private readLangChain(chunk: Record<string, unknown>): void {
    const { usage, ...said } = readMessage(chunk);
    Object.assign(this.said, said);
    const { additional_kwargs: more } = chunk;
    const isEnd = said.finishReasons !== undefined || (isRecord(more) && isPresent(more.stop_reason));
    const hasContent = bringsContent(chunk);
    const named = this.responses.of(said.responseId, 'increments', runIdOf(chunk));
    const response = this.responses.after(named, usage, hasContent && !isEnd);
    Object.assign(response.facts, said);
    if (isEnd) this.complete = true;
    else if (hasContent && !response.series.hasEnded) this.complete = false;
    if (usage !== undefined) {
      // The first chunk of an Anthropic stream counts an output token that the last chunk counts again.
      const isStart = isRecord(more) && more.type === 'message' && !isPresent(more.stop_reason);
      if (isStart) usage.tokens.output = 0;
      response.series.push(usage, hasContent);
    }
    if (isEnd) response.series.hasEnded = true;
  }

  /** Reads a whole response. A loop may yield several. */
  private readWhole(response: Record<string, unknown>): void {
    if (this.lastWhole === response) return;
    this.lastWhole = response;
    this.complete = true;
    if (!isAiSdkResult(response)) {
      const facts = readResponse(response);
      if (facts?.responseId === undefined) this.responses.begin();
      this.take(facts, this.responses, true);
      return;
    }
    const facts = readAiSdkResult(response);
    const { usage: _usage, ...said } = facts;
    Object.assign(this.said, said);
    this.runs.push(facts);
  }

  /**
   * Reads a chunk in the shape of a response: OpenAI's chat, Gemini, Ollama, Bedrock, Cohere and compatible
   * providers.
   */
  private readChunk(chunk: Record<string, unknown>, isEnd = false): void {
    const said: CallFacts = {};
    setFacts(said, chunk);
    const source = usageIn(chunk);
    if (source !== undefined) setTier(said, source);
    setChoiceReasons(said, chunk);
    if (isRecord(chunk.messageStop)) setFinishReason(said, chunk.messageStop.stopReason);
    if (isRecord(chunk.metadata)) setTier(said, chunk.metadata);
    const { serverContent } = chunk;
    const isTurn = isRecord(serverContent) && serverContent.turnComplete === true;
    const ends = isEnd || isTurn || said.finishReasons !== undefined || chunk.done === true;
    if (isRecord(chunk.messageStart)) this.responses.begin();
    const named = this.responses.of(said.responseId);
    const model = said.responseModel ?? named.facts.responseModel;
    const usage = source && readUsage(source, { model });
    const hasContent = bringsContent(chunk);
    const response = this.responses.after(named, usage, hasContent && !ends);
    this.add(response, said);
    const { series } = response;
    if (usage !== undefined) series.push(usage, hasContent);
    if (ends) {
      series.hasEnded = true;
      this.complete = true;
    } else if (hasContent && !series.hasEnded) this.complete = false;
    if (!ends && statesEnd(chunk)) response.statesEnd = true;
    if (hasUnknownFee(chunk)) response.hasUnknownFee = true;
  }

  private add(response: StreamedResponse, { finishReasons, ...said }: CallFacts): void {
    for (const facts of [response.facts, this.said]) {
      if (said.responseId !== undefined) facts.responseId = said.responseId;
      if (said.responseModel !== undefined) facts.responseModel = said.responseModel;
      if (said.serviceTier !== undefined) facts.serviceTier = said.serviceTier;
    }
    for (const reason of finishReasons ?? []) setFinishReason(this.said, reason);
  }

  /** Takes the id and the model of the current response. */
  private name(event: Record<string, unknown>): void {
    const said: CallFacts = {};
    setFacts(said, event);
    this.add(this.responses.of(said.responseId), said);
  }

  private take(facts: CallFacts | undefined, into: StreamedResponses, isEnd: boolean): void {
    const { usage, ...said } = facts ?? {};
    const response = into.of(said.responseId);
    this.add(response, said);
    if (usage !== undefined) response.series.push(usage, false);
    if (isEnd) response.series.hasEnded = true;
  }
}
