import { describe, expect, it } from 'vitest';
import { type LlmOptions, withLlm, withTask } from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

/** Responses as providers send them, figures and names only. Rates are USD per million tokens. */
interface Case {
  what: string;
  options: LlmOptions;
  response: object;
  costUsd: number;
  attributes: Record<string, unknown>;
}

const overrides = { 'model-x': { inputUsdPerMtok: 1, outputUsdPerMtok: 10, cacheReadUsdPerMtok: 0.1 } };

const cases: Case[] = [
  {
    what: 'OpenAI chat, with cached and reasoning tokens',
    options: { provider: 'openai', model: 'gpt-4o' },
    response: {
      id: 'chatcmpl-9',
      object: 'chat.completion',
      model: 'gpt-4o-2024-08-06',
      service_tier: 'default',
      choices: [{ index: 0, finish_reason: 'tool_calls' }],
      usage: {
        prompt_tokens: 2000,
        completion_tokens: 300,
        total_tokens: 2300,
        prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 100, audio_tokens: 0 },
      },
    },
    // 976 × 2.5 + 1,024 × 1.25 + 300 × 10
    costUsd: 0.00672,
    attributes: {
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.id': 'chatcmpl-9',
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.usage.input_tokens': 2000,
      'gen_ai.usage.output_tokens': 300,
      'gen_ai.usage.cache_read.input_tokens': 1024,
      'gen_ai.usage.reasoning.output_tokens': 100,
    },
  },
  {
    what: 'OpenAI responses',
    options: { provider: 'openai', model: 'gpt-4o' },
    response: {
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      model: 'gpt-4o-2024-08-06',
      output: [{ type: 'message' }],
      usage: {
        input_tokens: 1000,
        input_tokens_details: { cached_tokens: 400 },
        output_tokens: 100,
        output_tokens_details: { reasoning_tokens: 64 },
        total_tokens: 1100,
      },
    },
    // 600 × 2.5 + 400 × 1.25 + 100 × 10
    costUsd: 0.003,
    attributes: {
      'gen_ai.response.id': 'resp_1',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.reasoning.output_tokens': 64,
    },
  },
  {
    what: 'Anthropic messages, where input stands beside the cache',
    options: { provider: 'anthropic', model: 'claude-3-5-sonnet-20241022' },
    response: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-3-5-sonnet-20241022',
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 1000,
        cache_creation_input_tokens: 2000,
        cache_read_input_tokens: 4000,
        cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 0 },
        output_tokens: 100,
        service_tier: 'standard',
      },
    },
    // 1,000 × 3 + 2,000 × 3.75 + 4,000 × 0.3 + 100 × 15
    costUsd: 0.0132,
    attributes: {
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 7000,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 4000,
      'gen_ai.usage.cache_creation.input_tokens': 2000,
    },
  },
  {
    what: 'Gemini, where thoughts stand beside the candidates',
    options: { provider: 'gcp.gemini', model: 'model-x' },
    response: {
      modelVersion: 'model-x',
      responseId: 'g1',
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: 1000,
        candidatesTokenCount: 100,
        thoughtsTokenCount: 50,
        cachedContentTokenCount: 500,
        totalTokenCount: 1150,
      },
    },
    // 500 × 1 + 500 × 0.1 + 150 × 10
    costUsd: 0.00205,
    attributes: {
      'gen_ai.response.id': 'g1',
      'gen_ai.response.model': 'model-x',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 150,
      'gen_ai.usage.cache_read.input_tokens': 500,
      'gen_ai.usage.reasoning.output_tokens': 50,
    },
  },
  {
    what: 'Bedrock Converse, where input stands beside the cache',
    options: { provider: 'aws.bedrock', model: 'model-x' },
    response: {
      output: { message: { role: 'assistant' } },
      stopReason: 'end_turn',
      metrics: { latencyMs: 800 },
      usage: {
        inputTokens: 1000,
        outputTokens: 100,
        totalTokens: 1600,
        cacheReadInputTokens: 500,
        cacheWriteInputTokens: 0,
      },
    },
    // 1,000 × 1 + 500 × 0.1 + 100 × 10
    costUsd: 0.00205,
    attributes: {
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 1500,
      'gen_ai.usage.cache_read.input_tokens': 500,
    },
  },
  {
    what: 'generateText of the Vercel AI SDK: the sum of its steps',
    options: { provider: 'openai', model: 'gpt-4o' },
    response: {
      text: '',
      finishReason: 'stop',
      response: { id: 'ai-1', modelId: 'gpt-4o-2024-08-06' },
      usage: { inputTokens: 600, outputTokens: 40, totalTokens: 640 },
      totalUsage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 },
      steps: [
        { usage: { inputTokens: 400, outputTokens: 60, totalTokens: 460 } },
        { usage: { inputTokens: 600, outputTokens: 40, totalTokens: 640 } },
      ],
    },
    costUsd: 0.0035,
    attributes: {
      'gen_ai.response.id': 'ai-1',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    },
  },
];

describe('withLlm takes tokens from', () => {
  it.each(cases)('$what', async ({ options, response, costUsd, attributes: expected }) => {
    const { attributes } = startTracing({ cost: { overrides } });
    const task = await withTask('t', async (handle) => {
      expect(await withLlm(options, async () => response)).toBe(response);
      return handle;
    });
    const span = attributes(`chat ${options.model}`);
    expect(span).toMatchObject({ cost_usd: costUsd, ...expected });
    expect(task.totals).toMatchObject({
      costUsd,
      costComplete: true,
      inputTokens: span['gen_ai.usage.input_tokens'],
      outputTokens: span['gen_ai.usage.output_tokens'],
    });
  });

  it('a response returned at once, and one returned by a nested SDK promise', async () => {
    const { attributes } = startTracing();
    const [{ response, options }] = [cases[0] ?? { response: {}, options: {} }];
    withLlm({ ...options, operation: 'sync' }, () => response);
    await withLlm({ ...options, operation: 'async' }, () => Promise.resolve(Promise.resolve(response)));
    expect(attributes('sync gpt-4o').cost_usd).toBe(0.00672);
    expect(attributes('async gpt-4o').cost_usd).toBe(0.00672);
  });

  it('an embedding, which has no output', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'text-embedding-3-small', operation: 'embeddings' }, () => ({
      object: 'list',
      data: [{ object: 'embedding', embedding: [0.1] }],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 1000, total_tokens: 1000 },
    }));
    expect(attributes('embeddings text-embedding-3-small')).toMatchObject({
      cost_usd: 0.00002,
      'gen_ai.usage.input_tokens': 1000,
    });
  });

  it('the model that answered, not the one that was asked for', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'router' }, () => ({
      object: 'chat.completion',
      model: 'gpt-4o-mini',
      usage: { prompt_tokens: 1000, completion_tokens: 100 },
    }));
    expect(attributes('chat router')).toMatchObject({
      cost_usd: 0.00021,
      'gen_ai.response.model': 'gpt-4o-mini',
    });
  });

  it('a cost that the gateway reports in the response, before any price list', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openrouter', model: 'openai/gpt-4o' }, () => ({
      object: 'chat.completion',
      model: 'openai/gpt-4o',
      usage: { prompt_tokens: 1000, completion_tokens: 100, cost: 0.0036 },
    }));
    expect(attributes('chat openai/gpt-4o')).toMatchObject({ cost_usd: 0.0036, 'cost.source': 'reported' });
  });

  it('a reported cost of 0, which is free', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openrouter', model: 'house-model-7' }, () => ({
      object: 'chat.completion',
      model: 'house-model-7',
      usage: { prompt_tokens: 1000, completion_tokens: 100, cost: 0 },
    }));
    expect(attributes('chat house-model-7')).toMatchObject({
      cost_usd: 0,
      'cost.source': 'reported',
      'cost.status': 'free',
      'gen_ai.usage.cost': 0,
    });
  });

  it('the tier as it was served', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => ({
      object: 'chat.completion',
      model: 'gpt-4o',
      service_tier: 'priority',
      usage: { prompt_tokens: 1000, completion_tokens: 100 },
    }));
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'cost.status': 'estimated' });
  });
});

describe('a call that failed', () => {
  const failing = async (error: unknown) => {
    const { attributes } = startTracing();
    await withTask('t', () =>
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () => Promise.reject(error)).catch(() => {}),
    );
    return { llm: attributes('chat gpt-4o'), task: attributes('task t') };
  };

  it.each([400, 401, 404, 429])('before the model ran is known to be free: %s', async (status) => {
    const { llm, task } = await failing(Object.assign(new Error('refused'), { status }));
    expect(llm).toMatchObject({ cost_usd: 0, 'cost.status': 'free', 'error.type': String(status) });
    expect(task).toMatchObject({ 'task.llm_calls': 1, 'task.failed_calls': 1, 'task.cost_complete': true });
  });

  it.each([
    ['in the provider', Object.assign(new Error('overloaded'), { status: 529 })],
    ['on the way', new TypeError('fetch failed')],
  ])('%s has no known cost', async (_, error) => {
    const { llm, task } = await failing(error);
    expect(llm).toMatchObject({ 'cost.status': 'unpriced' });
    expect(task).toMatchObject({ 'task.llm_calls': 1, 'task.failed_calls': 1, 'task.cost_complete': false });
  });
});
