/** Responses and streams of clients beside the providers' own chat calls. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';
import { readUsage } from '../../src/usage/read-usage.js';
import { StreamReader } from '../../src/usage/stream-reader.js';
import type { CallFacts } from '../../src/usage/usage.js';
import { counts } from './fixtures.js';

function flat(facts: CallFacts | undefined) {
  const { usage, ...said } = facts ?? {};
  return usage && { ...said, ...counts(usage), ...usage.tokens, units: usage.units, anomaly: usage.anomaly };
}

const respond = (response: unknown) => flat(readResponse(response));

function stream(...chunks: unknown[]) {
  const reader = new StreamReader();
  for (const chunk of chunks) reader.push(chunk);
  return { complete: reader.complete, ...flat(reader.facts()) };
}

describe('responses', () => {
  it("Cohere's client: billed units of embeddings and rerankings in camel case", () => {
    const embedded = { id: 'e', embeddings: { float: [] }, meta: { billedUnits: { inputTokens: 12 } } };
    expect(respond(embedded)).toMatchObject({ input: 12, output: 0 });
    const ranked = { id: 'r', results: [], meta: { billedUnits: { searchUnits: 2 } } };
    expect(respond(ranked)).toMatchObject({ units: { rerankSearches: 2 } });
  });

  it.each([
    ['axios', { status: 200, headers: {}, config: {} }],
    ["OpenAI's withResponse", { response: {}, request_id: 'req_1' }],
  ])('%s: the body is in data', (_name, around) => {
    const data = {
      id: 'chatcmpl-1',
      model: 'gpt-4o',
      choices: [{ finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    };
    const expected = { responseId: 'chatcmpl-1', responseModel: 'gpt-4o', input: 10, output: 5 };
    expect(respond({ ...around, data })).toMatchObject(expected);
  });

  it('an envelope around a stream is left alone, because reading a property of a stream may start it', () => {
    const read: unknown[] = [];
    const data = new Proxy({ textStream: {} }, { get: (_target, key) => read.push(key) });
    expect(respond({ status: 200, data })).toBeUndefined();
    expect(read).toEqual([]);
  });

  it("the data of Google's client is not read, because reading it prints a warning", () => {
    let asked = 0;
    class GenerateContentResponse {
      readonly candidates = [{ content: { parts: [{ text: 'hi' }] }, finishReason: 'STOP' }];
      readonly modelVersion = 'gemini-2.5-flash';
      constructor(readonly usageMetadata?: object) {}
      get data(): unknown {
        asked += 1;
        return undefined;
      }
    }
    const counted = new GenerateContentResponse({ promptTokenCount: 10, candidatesTokenCount: 5 });
    const expected = { responseModel: 'gemini-2.5-flash', input: 10, output: 5 };
    expect(respond(counted)).toMatchObject(expected);
    expect(readResponse(new GenerateContentResponse())?.responseModel).toBe('gemini-2.5-flash');
    const parts = [new GenerateContentResponse(), counted];
    expect(stream(...parts)).toMatchObject({ complete: true, ...expected });
    expect(asked).toBe(0);
  });

  it('pi: the cache stands beside the input', () => {
    const usage = {
      input: 100,
      output: 20,
      cacheRead: 50,
      cacheWrite: 10,
      totalTokens: 180,
      cost: { total: 1 },
    };
    const message = { role: 'assistant', provider: 'anthropic', model: 'claude-sonnet-4-5', usage };
    const expected = {
      responseModel: 'claude-sonnet-4-5',
      input: 100,
      cacheRead: 50,
      cacheWrite: 10,
      output: 20,
    };
    expect(respond(message)).toMatchObject({ ...expected, anomaly: undefined });
    // Its client computes the cost itself, so that is no bill.
    expect(readUsage(usage)?.reportedCostUsd).toBeUndefined();
    expect(readUsage(usage)?.estimatedCostUsd).toBe(1);
    expect(stream({ type: 'start' }, { type: 'done', reason: 'stop', message })).toMatchObject({
      complete: true,
      ...expected,
    });
  });

  it('Genkit: thoughts and cached content', () => {
    const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 150, thoughtsTokens: 30 };
    expect(respond({ message: {}, usage: { ...usage, cachedContentTokens: 60 } })).toMatchObject({
      input: 40,
      cacheRead: 60,
      output: 20,
      reasoning: 30,
      anomaly: undefined,
    });
  });

  it("Gemini in snake case, as Python's clients write it down", () => {
    const usage_metadata = {
      prompt_token_count: 100,
      cached_content_token_count: 60,
      candidates_token_count: 20,
      thoughts_token_count: 30,
      total_token_count: 150,
      prompt_tokens_details: [{ modality: 'AUDIO', token_count: 10 }],
    };
    expect(respond({ usage_metadata })).toMatchObject({
      input: 30,
      inputAudio: 10,
      cacheRead: 60,
      output: 20,
      reasoning: 30,
    });
  });

  it('AI SDK: parts without the totals', () => {
    const usage = {
      inputTokens: { total: undefined, noCache: 4, cacheRead: 6, cacheWrite: undefined },
      outputTokens: { total: undefined, text: 5, reasoning: 3 },
    };
    expect(respond({ usage })).toMatchObject({
      input: 4,
      cacheRead: 6,
      output: 5,
      reasoning: 3,
      anomaly: undefined,
    });
  });
});

describe('streams that end with an event of their own', () => {
  const counted = { input_tokens: 14, output_tokens: 45, total_tokens: 59 };

  it.each([
    ['Codex', 'turn.completed', { input_tokens: 14, cached_input_tokens: 4, output_tokens: 45 }],
    ['images', 'image_generation.completed', counted],
    ['edited images', 'image_edit.completed', counted],
    ['transcriptions', 'transcript.text.done', { type: 'tokens', ...counted }],
    ['speech', 'speech.audio.done', counted],
    ['Mistral conversations', 'conversation.response.done', counted],
  ])('%s', (_name, type, usage) => {
    const found = stream({ type: 'something.delta' }, { type, usage });
    expect(found).toMatchObject({ complete: true, input_total: 14, output_total: 45 });
  });

  it.each([
    ['a task within a run of the Claude Agent SDK', { type: 'system', subtype: 'task_progress' }],
    ['what another model wrote down of the voice', { type: 'input_audio_transcription.completed' }],
    ['one of the calls of a run (AG-UI, TanStack AI)', { type: 'RUN_FINISHED', model: 'gpt-4o' }],
    ['the same in older versions', { type: 'done', finishReason: 'tool_calls' }],
  ])('usage on an event that is not the end of the whole is not its usage: %s', (_name, event) => {
    const reader = new StreamReader();
    reader.push({ ...event, usage: counted });
    expect(reader.facts().usage).toBeUndefined();
  });

  it("Mistral's client", () => {
    const usage = { promptTokens: 14, completionTokens: 45, totalTokens: 59 };
    const data = { type: 'conversation.response.done', usage };
    expect(stream({ event: 'conversation.response.done', data })).toMatchObject({
      complete: true,
      input: 14,
      output: 45,
    });
  });

  it('OpenAI Agents: a model of theirs', () => {
    const usage = { inputTokens: 10, outputTokens: 5, inputTokensDetails: { cached_tokens: 4 } };
    const found = stream({ type: 'response_done', response: { id: 'resp_1', usage } });
    expect(found).toMatchObject({ complete: true, responseId: 'resp_1', input: 6, cacheRead: 4, output: 5 });
  });
});

describe('the cost of tools of OpenAI’s Responses API beside tokens', () => {
  const response = (output: unknown[], more: Record<string, unknown> = {}) => ({
    id: 'resp_1',
    object: 'response',
    model: 'gpt-5',
    output,
    usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110, ...more },
  });
  const search = { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'q' } };
  const opened = { type: 'web_search_call', status: 'completed', action: { type: 'open_page' } };

  it('searches are billed by the piece, pages that it opens are not', () => {
    const found = respond(response([search, opened, { type: 'message' }, search]));
    expect(found).toMatchObject({ input: 100, output: 10, units: { webSearches: 2 } });
    const streamed = stream({ type: 'response.completed', response: response([search]) });
    expect(streamed).toMatchObject({ units: { webSearches: 1 } });
  });

  it('an older answer without actions, and one that failed', () => {
    const older = { type: 'web_search_call', status: 'completed' };
    expect(respond(response([older]))?.units).toEqual({ webSearches: 1 });
    expect(respond(response([{ ...search, status: 'failed' }]))?.units).toBeUndefined();
  });

  it('is not counted again where the usage counts it', () => {
    const xai = { server_side_tool_usage_details: { web_search_calls: 1 } };
    expect(respond(response([search, search], xai))?.units).toEqual({ webSearches: 1 });
  });

  it('no tool, no units', () => {
    expect(respond(response([{ type: 'message' }]))?.units).toBeUndefined();
  });
});
