import { describe, expect, it } from 'vitest';
import { StreamReader } from '../../src/usage/stream-reader.js';
import { counts, expectedCounts, usageCases } from './fixtures.js';

function read(chunks: readonly unknown[]) {
  const reader = new StreamReader();
  for (const chunk of chunks) reader.push(chunk);
  const { usage, ...said } = reader.facts();
  return {
    complete: reader.complete,
    ...said,
    ...(usage === undefined ? {} : { counts: counts(usage), usage }),
  };
}

/** The chunk that a recorded usage event came in. */
function chunkOf(event: Record<string, unknown>): unknown {
  const { at, usage } = event;
  if (at === undefined) return { choices: [], usage: event };
  if (at === 'message.usage') return { type: event.event, message: { usage } };
  return at === 'response.usage' ? { type: event.event, response: { usage } } : { type: event.event, usage };
}

describe('recorded streams', () => {
  for (const one of usageCases()) {
    if (one.stream_events_usage === undefined) continue;
    it(`${one.id} ${one.api}: ${one.why}`, () => {
      const end = one.api.startsWith('anthropic') ? [{ type: 'message_stop' }] : [];
      const { usage } = read([...(one.stream_events_usage ?? []).map(chunkOf), ...end]);
      if (usage === undefined) throw new Error('not read');
      // The first part is the model that answered.
      expect(counts(usage.parts?.[0]?.usage ?? usage)).toMatchObject(expectedCounts(one.expected));
      expect(usage.doubt).toBeUndefined();
    });
  }
});

describe('streams', () => {
  it('OpenAI chat: usage on a last chunk without choices', () => {
    const found = read([
      {
        id: 'chatcmpl-1',
        model: 'gpt-4o-2024-08-06',
        service_tier: 'default',
        choices: [{ delta: {} }],
        usage: null,
      },
      {
        id: 'chatcmpl-1',
        model: 'gpt-4o-2024-08-06',
        choices: [{ delta: {}, finish_reason: 'stop' }],
        usage: null,
      },
      { id: 'chatcmpl-1', choices: [], usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
      serviceTier: 'default',
      finishReasons: ['stop'],
      counts: { input_total: 9, output_total: 3 },
    });
  });

  it('an aborted stream is not complete and has no usage', () => {
    const found = read([{ id: 'chatcmpl-1', choices: [{ delta: { content: 'x' } }] }]);
    expect(found).toEqual({ complete: false, responseId: 'chatcmpl-1' });
  });

  it('Groq says its usage twice', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
    const found = read([
      { choices: [{ finish_reason: 'stop' }], x_groq: { usage } },
      { choices: [], usage, x_groq: { usage } },
    ]);
    expect(found.counts).toMatchObject({ input_total: 9, output_total: 3 });
  });

  it('Anthropic: deltas replace counts, and omitted counts stay', () => {
    const start = {
      input_tokens: 3,
      cache_read_input_tokens: 1111,
      cache_creation_input_tokens: 418,
      output_tokens: 1,
      service_tier: 'standard',
    };
    const cut = [{ type: 'message_start', message: { id: 'msg_1', model: 'claude', usage: start } }];
    expect(read(cut)).toMatchObject({ complete: false, counts: { input_total: 1532, output_total: 1 } });
    const found = read([
      ...cut,
      { type: 'content_block_start', index: 0, content_block: { type: 'text' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 20 } },
      { type: 'message_delta', delta: {}, usage: { output_tokens: 33 } },
      { type: 'message_stop' },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseId: 'msg_1',
      responseModel: 'claude',
      serviceTier: 'standard',
      finishReasons: ['end_turn'],
      counts: { input_total: 1532, cache_read: 1111, cache_write: 418, output_total: 33 },
    });
  });

  it('Anthropic: a new count of cache writes makes the lifetimes before it stale', () => {
    const start = {
      input_tokens: 3,
      cache_creation_input_tokens: 418,
      cache_creation: { ephemeral_5m_input_tokens: 418 },
    };
    const found = (delta: object) =>
      read([
        { type: 'message_start', message: { usage: start } },
        { type: 'message_delta', usage: { output_tokens: 2, ...delta } },
      ]);
    const more = { input_tokens: 5, cache_creation_input_tokens: 518 };
    expect(found(more).counts).toMatchObject({ input_total: 523, cache_write: 518 });
    // A corrected input beside a 0, which may be a correction as well.
    expect(found({ input_tokens: 5, cache_creation_input_tokens: 0 })).toMatchObject({
      counts: { input_total: 423, cache_write: 418 },
      usage: { doubt: 'ambiguous_usage' },
    });
  });

  it('OpenAI responses', () => {
    const usage = { input_tokens: 9, output_tokens: 3, output_tokens_details: { reasoning_tokens: 2 } };
    const found = read([
      { type: 'response.created', response: { id: 'resp_1', model: 'gpt-5', usage: null } },
      { type: 'response.output_text.delta', delta: 'x', item_id: 'msg_9' },
      { type: 'response.completed', response: { id: 'resp_1', model: 'gpt-5', service_tier: 'flex', usage } },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseId: 'resp_1',
      serviceTier: 'flex',
      counts: { reasoning: 2 },
    });
  });

  it('Gemini: cumulative, the last counts', () => {
    const chunk = (candidatesTokenCount: number, finishReason?: string) => ({
      modelVersion: 'gemini-2.5-flash',
      responseId: 'r1',
      candidates: [{ finishReason }],
      usageMetadata: {
        promptTokenCount: 7,
        candidatesTokenCount,
        totalTokenCount: 7 + candidatesTokenCount,
        trafficType: 'ON_DEMAND_FLEX',
      },
    });
    expect(read([chunk(2), chunk(5), chunk(9, 'STOP')])).toMatchObject({
      complete: true,
      responseModel: 'gemini-2.5-flash',
      serviceTier: 'flex',
      finishReasons: ['STOP'],
      counts: { input_total: 7, output_total: 9 },
    });
  });

  it('Gemini interactions', () => {
    const usage = {
      total_input_tokens: 7,
      total_output_tokens: 26,
      total_thought_tokens: 115,
      total_tokens: 148,
    };
    const found = read([
      { event_type: 'interaction.complete', interaction: { id: 'v1', model: 'gemini', usage } },
    ]);
    expect(found).toMatchObject({ complete: true, responseId: 'v1', counts: { output_total: 141 } });
  });

  it('Bedrock Converse', () => {
    const found = read([
      { messageStart: { role: 'assistant' } },
      { messageStop: { stopReason: 'end_turn' } },
      {
        metadata: {
          usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
          serviceTier: { type: 'priority' },
        },
      },
    ]);
    expect(found).toMatchObject({
      complete: true,
      serviceTier: 'priority',
      counts: { input_total: 7, output_total: 5 },
    });
  });

  it('Ollama: on the last line', () => {
    const found = read([
      { model: 'llama3', done: false },
      { model: 'llama3', done: true, done_reason: 'stop', prompt_eval_count: 26, eval_count: 298 },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseModel: 'llama3',
      counts: { input_total: 26, output_total: 298 },
    });
  });

  it('Cohere', () => {
    const usage = {
      billed_units: { input_tokens: 4, output_tokens: 2 },
      tokens: { input_tokens: 70, output_tokens: 2 },
    };
    const found = read([
      { type: 'message-start', id: 'c1' },
      { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage } },
    ]);
    expect(found).toMatchObject({ complete: true, counts: { input_total: 4, output_total: 2 } });
  });

  it('AI SDK: the total over the steps, with the parts the steps know', () => {
    const step = (cacheWrite: number) => ({
      type: 'finish-step',
      finishReason: 'stop',
      response: { id: 'r', modelId: 'claude' },
      usage: { inputTokens: 4, outputTokens: 10, totalTokens: 14 },
      providerMetadata: { anthropic: { cacheCreationInputTokens: cacheWrite } },
    });
    const found = read([
      { type: 'text-delta', id: '0', text: 'x' },
      step(100),
      step(0),
      {
        type: 'finish',
        finishReason: 'stop',
        totalUsage: { inputTokens: 8, outputTokens: 20, totalTokens: 28 },
      },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseId: 'r',
      responseModel: 'claude',
      counts: { input_total: 108, cache_write: 100, output_total: 20 },
    });
  });

  it('AI SDK model parts', () => {
    const usage = { inputTokens: { total: 40, cacheRead: 30 }, outputTokens: { total: 9, reasoning: 5 } };
    const found = read([
      { type: 'response-metadata', id: 'r', modelId: 'gpt-5' },
      { type: 'finish', finishReason: { unified: 'stop', raw: 'completed' }, usage },
    ]);
    expect(found).toMatchObject({
      responseModel: 'gpt-5',
      finishReasons: ['stop'],
      counts: { cache_read: 30, reasoning: 5 },
    });
  });

  it("LangChain's chunks of Anthropic's answer count its first token of output once", () => {
    // As from @langchain/anthropic 1.5, whose own sum has 264 output tokens.
    const { usage, responseId } = read([
      {
        id: 'msg_1',
        response_metadata: { model_provider: 'anthropic' },
        additional_kwargs: { type: 'message', model: 'claude-sonnet-4-5-20250929' },
        usage_metadata: {
          input_tokens: 7151,
          output_tokens: 1,
          total_tokens: 7152,
          input_token_details: { cache_creation: 719, cache_read: 5120 },
        },
      },
      {
        id: 'run-01a203e4-f61f-719f-a078-d98f3c0972e8',
        response_metadata: {},
        additional_kwargs: { stop_reason: 'end_turn' },
        usage_metadata: { input_tokens: 0, output_tokens: 263, total_tokens: 263 },
      },
    ]);
    expect(usage?.tokens).toMatchObject({ input: 1312, cacheRead: 5120, cacheWrite: 719, output: 263 });
    expect(responseId).toBe('msg_1');
  });

  it('LangChain chunks add up', () => {
    const found = read([
      { response_metadata: {}, usage_metadata: { input_tokens: 9, output_tokens: 1, total_tokens: 10 } },
      {
        response_metadata: { finish_reason: 'stop' },
        usage_metadata: { input_tokens: 0, output_tokens: 5, total_tokens: 5 },
      },
    ]);
    expect(found).toMatchObject({ complete: true, counts: { input_total: 9, output_total: 6 } });
  });

  it('Claude Agent SDK: the result, not the messages that repeat', () => {
    const usage = { input_tokens: 4, output_tokens: 5 };
    const found = read([
      { type: 'assistant', message: { id: 'msg_1', usage } },
      { type: 'assistant', message: { id: 'msg_1', usage } },
      {
        type: 'result',
        subtype: 'success',
        total_cost_usd: 0.02,
        usage,
        modelUsage: { claude: { inputTokens: 4, outputTokens: 5, costUSD: 0.02 } },
      },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseModel: 'claude',
      counts: { input_total: 4 },
      usage: { reportedCostUsd: 0.02 },
    });
  });

  it('Mistral SDK events', () => {
    const found = read([
      {
        data: {
          id: 'm',
          model: 'mistral',
          choices: [{ finishReason: 'stop' }],
          usage: { promptTokens: 4, completionTokens: 5 },
        },
      },
    ]);
    expect(found).toMatchObject({
      complete: true,
      responseId: 'm',
      counts: { input_total: 4, output_total: 5 },
    });
  });

  it('takes anything', () => {
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(
      read([undefined, null, 5, 'x', [], {}, throwing, { type: 'message_delta' }, { type: 'finish' }]).counts,
    ).toBeUndefined();
  });
});
