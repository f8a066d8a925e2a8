/** The bill of a response that stands for several calls: each call at its own model, tier and bill. */
import { describe, expect, it } from 'vitest';
import { type LlmHandle, type LlmOptions, withAgent, withLlm, withTask } from '../../src/index.js';
import { chat, startTracing } from '../support/tracing.js';

const OPENAI: LlmOptions = { provider: 'openai', model: 'gpt-4o' };

const sdkUsage = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
});

/** A run of the AI SDK. Beside the steps stand the counts and the bill of the last one. */
function runOf(...steps: { id?: string; model: string; input: number; output: number; more?: object }[]) {
  const all = steps.map(({ id, model, input, output, more }) => ({
    finishReason: 'stop',
    usage: sdkUsage(input, output),
    response: { id, modelId: model },
    ...more,
  }));
  const input = steps.reduce((sum, step) => sum + step.input, 0);
  const output = steps.reduce((sum, step) => sum + step.output, 0);
  return { text: 'x', ...all.at(-1), steps: all, totalUsage: sdkUsage(input, output) };
}

const billed = (cost: number) => ({
  providerMetadata: { openrouter: { usage: { promptTokens: 1000, completionTokens: 100, cost } } },
});

function ownCost(attributes: (name: string) => Record<string, unknown>, name: string) {
  const { cost_usd, 'cost.source': source, 'cost.status': status, 'cost.reason': reason } = attributes(name);
  return { usd: cost_usd, source, status, reason };
}

async function inTask(options: LlmOptions, response: unknown, inside: () => void = () => {}) {
  const { attributes } = startTracing();
  await withTask('t', () =>
    withLlm(options, async () => {
      inside();
      return response;
    }),
  );
  return { span: attributes('chat gpt-4o'), task: attributes('task t'), attributes };
}

describe('a response of several calls', () => {
  it('is priced call by call, with the tokens of all of them', async () => {
    const run = runOf(
      { id: 'a', model: 'gpt-4o', input: 10_000, output: 1_000 },
      { id: 'b', model: 'gpt-4o-mini', input: 10_000, output: 1_000 },
    );
    const { span, task } = await inTask(OPENAI, run);
    expect(span).toMatchObject({ cost_usd: 0.0371, 'gen_ai.usage.input_tokens': 20_000 });
    expect(span['cost.source']).toMatch(/gpt-4o\+genai-prices\/openai\/gpt-4o-mini@/);
    expect(span).not.toHaveProperty(['cost.status']);
    expect(task).toMatchObject({
      'task.cost_usd': 0.0371,
      'task.input_tokens': 20_000,
      'task.llm_calls': 2,
      'task.cost_complete': true,
    });
  });

  it('has the bills that the gateway reported for its calls, not that of the last', async () => {
    const run = runOf(
      { id: 'a', model: 'gpt-4o', input: 1000, output: 100, more: billed(0.0035) },
      { id: 'b', model: 'gpt-4o', input: 1000, output: 100, more: billed(0.0036) },
    );
    const { span } = await inTask(OPENAI, run);
    expect(span).toMatchObject({ cost_usd: 0.0071, 'cost.source': 'reported' });
    expect(span).not.toHaveProperty(['cost.status']);
  });

  it('of which one has a bill is priced by both', async () => {
    const run = runOf(
      { id: 'a', model: 'gpt-4o', input: 1000, output: 100, more: billed(0.0036) },
      { id: 'b', model: 'gpt-4o-mini', input: 1000, output: 100 },
    );
    const { span } = await inTask(OPENAI, run);
    expect(span.cost_usd).toBe(0.00381);
    expect(span['cost.source']).toMatch(/^reported\+genai-prices\/openai\/gpt-4o-mini@/);
  });

  it('is held call by call against the list price of its counts', async () => {
    const run = runOf(
      { id: 'a', model: 'gpt-4o', input: 1000, output: 100, more: billed(0.5) },
      { id: 'b', model: 'gpt-4o', input: 1000, output: 100 },
    );
    expect((await inTask(OPENAI, run)).span).toMatchObject({
      cost_usd: 0.5035,
      'cost.status': 'estimated',
      'cost.reason': 'reported_differs',
    });
  });

  it('is unpriced where one of its models is not known', async () => {
    const run = runOf(
      { id: 'a', model: 'gpt-4o', input: 1000, output: 100 },
      { id: 'b', model: 'house-model', input: 1000, output: 100 },
    );
    const { span, task } = await inTask(OPENAI, run);
    expect(span).toMatchObject({ 'cost.status': 'unpriced', 'cost.reason': 'unknown_model' });
    expect(task['task.cost_complete']).toBe(false);
  });

  it('is priced at the tier of each call', async () => {
    const rates = { inputUsdPerMtok: 1, outputUsdPerMtok: 1 };
    const overrides = { house: { ...rates, tiers: { flex: { ...rates, inputUsdPerMtok: 0.5 } } } };
    const { attributes } = startTracing({ cost: { overrides } });
    const flex = { providerMetadata: { openai: { serviceTier: 'flex' } } };
    const run = runOf(
      { id: 'a', model: 'house', input: 100_000, output: 0 },
      { id: 'b', model: 'house', input: 100_000, output: 0, more: flex },
    );
    await withLlm(OPENAI, async () => run);
    expect(ownCost(attributes, 'chat gpt-4o')).toMatchObject({ usd: 0.15, status: undefined });
  });

  it('beside an agent that bills a part already bills the rest of each, estimated', async () => {
    const { attributes } = startTracing();
    await withTask('t', () =>
      withAgent('a', async () => {
        await withLlm(OPENAI, async () => {
          for (const id of ['x', 'y']) chat(2_500, 250, { 'gen_ai.response.id': id });
          return runOf(
            { id: 'a', model: 'gpt-4o', input: 10_000, output: 1_000 },
            { id: 'b', model: 'gpt-4o-mini', input: 10_000, output: 1_000 },
          );
        });
      }),
    );
    // A quarter was billed at the price of its spans: 0.0175. Three quarters of both calls are left.
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.045325,
      'task.estimated_cost_usd': 0.027825,
      'task.input_tokens': 20_000,
    });
  });

  it('is a sum that may have another price where its calls are not known', async () => {
    const sum = {
      text: 'x',
      finishReason: 'stop',
      usage: sdkUsage(300_000, 10),
      totalUsage: sdkUsage(300_000, 10),
    };
    const bare = { response: { modelId: 'gemini-2.5-pro' } };
    const { attributes } = startTracing();
    const options = { provider: 'google', model: 'gemini-2.5-pro' };
    await withLlm(options, async () => ({ ...sum, steps: [bare, bare] }));
    expect(ownCost(attributes, 'chat gemini-2.5-pro')).toMatchObject({ reason: 'sum_of_calls' });
  });
});

describe('a run of the Claude Agent SDK', () => {
  it('has the tokens of all its models', async () => {
    const result = {
      type: 'result',
      total_cost_usd: 0.0062,
      usage: { input_tokens: 1000, output_tokens: 100 },
      modelUsage: {
        'claude-sonnet-4-5': { inputTokens: 1000, outputTokens: 100, costUSD: 0.0045 },
        'claude-haiku-4-5': { inputTokens: 1200, outputTokens: 100, costUSD: 0.0017 },
      },
    };
    const { span, task } = await inTask(OPENAI, result);
    expect(span).toMatchObject({ cost_usd: 0.0062, 'gen_ai.usage.input_tokens': 2200 });
    expect(span).not.toHaveProperty(['cost.status']);
    expect(task).toMatchObject({ 'task.input_tokens': 2200, 'task.output_tokens': 200 });
  });
});

describe('usage that the app records several times', () => {
  async function record(...usages: object[]) {
    const { attributes } = startTracing();
    await withLlm(OPENAI, async (call: LlmHandle) => {
      for (const usage of usages) call.recordUsage(usage);
    });
    return ownCost(attributes, 'chat gpt-4o').usd;
  }

  it('is of several calls, each of its own model', async () => {
    const usage = { inputTokens: 10_000, outputTokens: 1_000 };
    expect(await record({ ...usage, model: 'gpt-4o' }, { ...usage, model: 'gpt-4o-mini' })).toBe(0.0371);
  });

  it('is of several calls of one model, too, where each record has both sides', async () => {
    const usage = { inputTokens: 150_000, outputTokens: 1, model: 'gemini-2.5-pro', provider: 'google' };
    // Each is below 200,000 tokens, and both together above.
    expect(await record(usage, usage)).toBe(0.37502);
  });

  it('is one call where each record has one side of it', async () => {
    expect(await record({ inputTokens: 10_000 }, { outputTokens: 1_000 })).toBe(0.035);
  });
});
