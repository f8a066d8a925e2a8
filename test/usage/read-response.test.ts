import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';
import { counts, usageCases } from './fixtures.js';

function read(response: unknown) {
  const facts = readResponse(response);
  if (facts === undefined) return undefined;
  const { usage, ...said } = facts;
  return usage === undefined ? said : { ...said, counts: counts(usage), usage };
}

const OPENAI = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

describe('whole responses', () => {
  it('OpenAI chat', () => {
    const response = {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'gpt-4o-2024-08-06',
      service_tier: 'flex',
      choices: [{ finish_reason: 'stop' }, { finish_reason: 'length' }],
      usage: OPENAI,
    };
    expect(read(response)).toMatchObject({
      responseId: 'chatcmpl-1',
      responseModel: 'gpt-4o-2024-08-06',
      serviceTier: 'flex',
      finishReasons: ['stop', 'length'],
      counts: { input_total: 9, output_total: 3 },
    });
  });

  it('Anthropic', () => {
    const usage = {
      input_tokens: 3,
      output_tokens: 33,
      cache_read_input_tokens: 1111,
      service_tier: 'batch',
    };
    expect(
      read({ id: 'msg_1', type: 'message', model: 'claude', stop_reason: 'end_turn', usage }),
    ).toMatchObject({
      responseId: 'msg_1',
      serviceTier: 'batch',
      finishReasons: ['end_turn'],
      counts: { input_total: 1114 },
    });
    expect(read({ usage: { ...usage, speed: 'fast' } })).toMatchObject({ serviceTier: 'fast' });
  });

  it('Gemini, bare and in an older SDK', () => {
    const response = {
      modelVersion: 'gemini-2.5-flash',
      responseId: 'r1',
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: 7,
        candidatesTokenCount: 2,
        totalTokenCount: 9,
        trafficType: 'ON_DEMAND',
      },
    };
    const expected = {
      responseModel: 'gemini-2.5-flash',
      responseId: 'r1',
      serviceTier: 'on_demand',
      finishReasons: ['STOP'],
    };
    expect(read(response)).toMatchObject({ ...expected, counts: { input_total: 7, output_total: 2 } });
    expect(read({ response })).toMatchObject(expected);
  });

  it('Bedrock Converse', () => {
    const response = {
      output: {},
      stopReason: 'end_turn',
      serviceTier: { type: 'Flex' },
      usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
    };
    expect(read(response)).toMatchObject({
      serviceTier: 'flex',
      finishReasons: ['end_turn'],
      counts: { input_total: 7 },
    });
  });

  it('Ollama and Cohere', () => {
    expect(
      read({ model: 'llama3', done_reason: 'stop', prompt_eval_count: 26, eval_count: 8 }),
    ).toMatchObject({
      responseModel: 'llama3',
      counts: { input_total: 26, output_total: 8 },
    });
    expect(read({ id: 'c', results: [], meta: { billed_units: { search_units: 1 } } })).toMatchObject({
      usage: { units: { rerankSearches: 1 } },
    });
    const generated = {
      generations: [{ text: '' }],
      meta: { billed_units: { input_tokens: 4, output_tokens: 2 } },
    };
    expect(read(generated)).toMatchObject({ counts: { input_total: 4, output_total: 2 } });
  });

  it('embeddings and rerankings that state a bare total', () => {
    const usage = { total_tokens: 9 };
    expect(read({ model: 'e', data: [{ embedding: [1] }], usage })).toMatchObject({
      counts: { input_total: 9 },
    });
    expect(read({ model: 'r', results: [{ index: 0 }], usage })).toMatchObject({
      counts: { input_total: 9 },
    });
    expect(read({ model: 'x', usage })).toMatchObject({ usage: { unsplitTokens: 9 } });
  });

  it('images are pieces where there are no counts', () => {
    expect(read({ created: 1, data: [{ url: 'a' }, { url: 'b' }] })).toMatchObject({
      usage: { units: { images: 2 } },
    });
  });

  it('AI SDK 6: the sum over the steps', () => {
    const usage = {
      inputTokens: 9,
      inputTokenDetails: { noCacheTokens: 4, cacheReadTokens: 5 },
      outputTokens: 3,
      outputTokenDetails: {},
      totalTokens: 12,
    };
    const totalUsage = {
      ...usage,
      inputTokens: 20,
      inputTokenDetails: { noCacheTokens: 10, cacheReadTokens: 10 },
      outputTokens: 6,
      totalTokens: 26,
    };
    const response = { id: 'r', modelId: 'gpt-5' };
    expect(
      read({
        usage,
        totalUsage,
        response,
        finishReason: 'stop',
        steps: [],
        providerMetadata: { openai: { serviceTier: 'flex' } },
      }),
    ).toMatchObject({
      responseId: 'r',
      responseModel: 'gpt-5',
      serviceTier: 'flex',
      finishReasons: ['stop'],
      counts: { input_total: 20, cache_read: 10, output_total: 6 },
    });
  });

  it('AI SDK 5 over Anthropic: cache writes of every step', () => {
    const step = (written: number) => ({
      usage: { inputTokens: 4, outputTokens: 10, totalTokens: 14, cachedInputTokens: 0 },
      providerMetadata: {
        anthropic: { usage: { input_tokens: 4, output_tokens: 1, cache_creation_input_tokens: written } },
      },
    });
    const result = {
      ...step(50),
      totalUsage: { inputTokens: 8, outputTokens: 20, totalTokens: 28 },
      steps: [step(100), step(50)],
    };
    expect(read(result)).toMatchObject({ counts: { input_total: 158, cache_write: 150, output_total: 20 } });
  });

  it("AI SDK: the gateway's bill", () => {
    const result = {
      usage: { inputTokens: 4, outputTokens: 1 },
      steps: [],
      providerMetadata: { gateway: { cost: '0.0045' } },
    };
    expect(read(result)).toMatchObject({ usage: { reportedCostUsd: 0.0045 } });
  });

  it('AI SDK 4 and embeddings', () => {
    const response = { id: 'r', modelId: 'm' };
    expect(
      read({
        usage: { promptTokens: 9, completionTokens: 3, totalTokens: 12 },
        response,
        finishReason: 'stop',
      }),
    ).toMatchObject({
      responseModel: 'm',
      counts: { input_total: 9, output_total: 3 },
    });
    expect(read({ embedding: [1], usage: { tokens: 4 }, response })).toMatchObject({
      counts: { input_total: 4 },
    });
  });

  it('LangChain messages: the richer of the two records', () => {
    const message = {
      id: 'run-1',
      usage_metadata: { input_tokens: 9, output_tokens: 3, total_tokens: 12 },
      response_metadata: {
        model_name: 'gpt-4o',
        finish_reason: 'stop',
        usage: { ...OPENAI, prompt_tokens_details: { cached_tokens: 5 } },
      },
    };
    const expected = {
      responseModel: 'gpt-4o',
      finishReasons: ['stop'],
      counts: { input_total: 9, cache_read: 5 },
    };
    expect(read(message)).toMatchObject(expected);
    expect(read({ generations: [[{ text: '', message }]] })).toMatchObject(expected);
    expect(
      read({
        generations: [[{ text: '' }]],
        llmOutput: { tokenUsage: { promptTokens: 9, completionTokens: 3 } },
      }),
    ).toMatchObject({
      counts: { input_total: 9 },
    });
  });

  it('Claude Agent SDK: every model, and the bill of the run', () => {
    const modelUsage = {
      small: { inputTokens: 100, outputTokens: 5, costUSD: 0.001 },
      large: {
        inputTokens: 4,
        outputTokens: 415,
        cacheReadInputTokens: 17653,
        cacheCreationInputTokens: 1215,
        costUSD: 0.016,
      },
    };
    const result = { type: 'result', usage: { input_tokens: 4, output_tokens: 415 }, modelUsage };
    expect(read(result)).toMatchObject({
      responseModel: 'large',
      counts: { input_total: 18972, output_total: 420 },
      usage: { reportedCostUsd: 0.017, parts: [{ model: 'large' }, { model: 'small' }] },
    });
    expect(read({ ...result, total_cost_usd: 0.02 })).toMatchObject({ usage: { reportedCostUsd: 0.02 } });
  });

  it('reads every recorded usage inside a response', () => {
    for (const one of usageCases()) expect(readResponse({ usage: one.usage })?.usage, one.id).toBeDefined();
  });
});

describe('values that are left alone', () => {
  it('streams and promises: no property of theirs is read', () => {
    const started: PropertyKey[] = [];
    const guard = (target: object) =>
      new Proxy(target, {
        get: (_target, key) => {
          started.push(key);
          throw new Error('started');
        },
      });
    const streams = [
      Promise.resolve(),
      { textStream: 1, usage: 2 },
      { async *[Symbol.asyncIterator]() {} },
      new ReadableStream(),
    ];
    for (const stream of streams) expect(readResponse(guard(stream))).toBeUndefined();
    expect(started).toEqual([]);
  });

  it.each([undefined, null, 5, 'x', [], {}, { foo: 1 }])('%j', (response) => {
    expect(readResponse(response)).toBeUndefined();
  });

  it('a getter that throws', () => {
    expect(
      readResponse({
        get usage() {
          throw new Error('no');
        },
      }),
    ).toBeUndefined();
  });
});
