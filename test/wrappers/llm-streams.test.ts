import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { type LlmOptions, withLlm, withTask } from '../../src/index.js';
import { chat, startTracing, wait } from '../support/tracing.js';

async function* streamOf(chunks: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
  for (const chunk of chunks) {
    await wait(0);
    yield chunk;
  }
}

const overrides = { 'model-x': { inputUsdPerMtok: 1, outputUsdPerMtok: 10, cacheReadUsdPerMtok: 0.1 } };
const gpt4o = { provider: 'openai', model: 'gpt-4o' };

/** Streams as providers send them, figures and names only. */
const streams: [string, LlmOptions, unknown[], number, Record<string, unknown>][] = [
  [
    'OpenAI chat: usage on a last chunk without choices',
    gpt4o,
    [
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        model: 'gpt-4o-2024-08-06',
        choices: [{ delta: {} }],
        usage: null,
      },
      { id: 'c1', object: 'chat.completion.chunk', choices: [{ delta: {}, finish_reason: 'stop' }] },
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        choices: [],
        usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
      },
    ],
    0.0035,
    {
      'gen_ai.response.id': 'c1',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.finish_reasons': ['stop'],
    },
  ],
  [
    'OpenAI responses: usage in the last event',
    gpt4o,
    [
      { type: 'response.created', response: { id: 'resp_1', model: 'gpt-4o-2024-08-06', usage: null } },
      { type: 'response.output_text.delta', delta: 'x' },
      {
        type: 'response.completed',
        response: {
          id: 'resp_1',
          model: 'gpt-4o-2024-08-06',
          usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
        },
      },
    ],
    0.0035,
    { 'gen_ai.response.id': 'resp_1' },
  ],
  [
    'Anthropic: input at the start, output replaced by each delta',
    { provider: 'anthropic', model: 'claude-3-5-sonnet-20241022' },
    [
      {
        type: 'message_start',
        message: {
          id: 'msg_1',
          model: 'claude-3-5-sonnet-20241022',
          usage: { input_tokens: 1000, cache_read_input_tokens: 500, output_tokens: 1 },
        },
      },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x' } },
      { type: 'message_delta', delta: {}, usage: { output_tokens: 60 } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 100 } },
      { type: 'message_stop' },
    ],
    // 1,000 × 3 + 500 × 0.3 + 100 × 15
    0.00465,
    { 'gen_ai.usage.input_tokens': 1500, 'gen_ai.usage.output_tokens': 100 },
  ],
  [
    'Gemini: cumulative counts replace each other',
    { provider: 'gcp.gemini', model: 'model-x' },
    [
      {
        candidates: [{}],
        usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 10, totalTokenCount: 1010 },
      },
      {
        candidates: [{ finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 100, totalTokenCount: 1100 },
      },
    ],
    0.002,
    { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 },
  ],
];

describe('a streamed response', () => {
  it.each(streams)('is billed at its end: %s', async (_, options, chunks, costUsd, expected) => {
    const { attributes } = startTracing({ cost: { overrides } });
    await withTask('t', async (task) => {
      const read: unknown[] = [];
      for await (const chunk of withLlm(options, () => streamOf(chunks))) {
        read.push(chunk);
        if (read.length < chunks.length) expect(task.totals.costUsd).toBe(0);
      }
      expect(read).toEqual(chunks);
    });
    expect(attributes(`chat ${options.model}`)).toMatchObject({ cost_usd: costUsd, ...expected });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': costUsd, 'task.cost_complete': true });
  });

  it.each(streams)('is billed when it comes from a promise, too: %s', async (_, options, chunks, costUsd) => {
    const { attributes } = startTracing({ cost: { overrides } });
    for await (const _chunk of await withLlm(options, async () => streamOf(chunks)));
    expect(attributes(`chat ${options.model}`).cost_usd).toBe(costUsd);
  });

  it('of Bedrock Converse is the stream in the response', async () => {
    const { attributes } = startTracing({ cost: { overrides } });
    const response = {
      stream: streamOf([
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { delta: { text: 'x' } } },
        { messageStop: { stopReason: 'end_turn' } },
        { metadata: { usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 } } },
      ]),
    };
    const given = await withLlm({ provider: 'aws.bedrock', model: 'model-x' }, async () => response);
    expect(given).toBe(response);
    for await (const _ of given.stream);
    expect(attributes('chat model-x').cost_usd).toBe(0.002);
  });

  it('of the Vercel AI SDK is the sum of its steps, stated at its end', async () => {
    const { attributes } = startTracing();
    const parts = [
      { type: 'start' },
      { type: 'finish-step', usage: { inputTokens: 400, outputTokens: 60, totalTokens: 460 } },
      { type: 'finish-step', usage: { inputTokens: 600, outputTokens: 40, totalTokens: 640 } },
      {
        type: 'finish',
        finishReason: 'stop',
        totalUsage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 },
      },
    ];
    for await (const _ of withLlm(gpt4o, () => streamOf(parts)));
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
  });

  it('that is broken off before its usage came has no known cost, and is counted', async () => {
    const { attributes } = startTracing();
    await withTask('t', async () => {
      for await (const _ of withLlm(gpt4o, () => streamOf(streams[0]?.[2] ?? []))) break;
    });
    expect(attributes('chat gpt-4o')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': false });
  });

  it('that is broken off after some usage came is an estimate', async () => {
    const { attributes } = startTracing();
    const [, options, chunks] = streams[2] ?? ['', {}, []];
    for await (const chunk of withLlm(options, () => streamOf(chunks))) {
      if (JSON.stringify(chunk).includes('60')) break;
    }
    // 1,000 × 3 + 500 × 0.3 + 60 × 15
    expect(attributes('chat claude-3-5-sonnet-20241022')).toMatchObject({
      cost_usd: 0.00405,
      'cost.status': 'estimated',
      'cost.reason': 'stream_cut',
    });
  });

  it('that fails passes its error through, is failed, and is counted', async () => {
    const { attributes } = startTracing();
    const boom = new Error('connection reset');
    await withTask('t', async () => {
      const broken = withLlm(gpt4o, async function* () {
        yield { choices: [{ delta: {} }] };
        throw boom;
      });
      await expect(async () => {
        for await (const _ of broken);
      }).rejects.toBe(boom);
    });
    expect(attributes('chat gpt-4o')).toMatchObject({ 'error.type': 'Error' });
    expect(attributes('task t')).toMatchObject({ 'task.failed_calls': 1, 'task.llm_calls': 1 });
  });

  it('has its own context inside the generator, whoever pulls', async () => {
    const { attributes } = startTracing();
    const inside: unknown[] = [];
    const outside = trace.getActiveSpan();
    const numbers = withTask('t', async function* (task) {
      inside.push(trace.getActiveSpan() === task.span);
      yield 1;
      await wait(0);
      inside.push(trace.getActiveSpan() === task.span);
      chat(1000, 100);
      yield 2;
    });
    for await (const _ of numbers) expect(trace.getActiveSpan()).toBe(outside);
    expect(inside).toEqual([true, true]);
    expect(attributes('task t')['task.cost_usd']).toBe(0.0035);
  });

  it("bills another instrumentation's span of it on the wrapper", async () => {
    const { attributes } = startTracing();
    await withTask('t', async () => {
      const [, options, chunks] = streams[0] ?? ['', {}, []];
      const response = withLlm(options, async function* () {
        yield* streamOf(chunks);
        chat(1000, 100, {}, 'theirs');
      });
      for await (const _ of response);
    });
    expect(attributes('theirs')['cost.reason']).toBe('covered');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });
});
