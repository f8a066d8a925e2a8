/** Spans whose own names, or whose own way to count, decide the bill. */
import { describe, expect, it } from 'vitest';
import { readSpan } from '../../src/usage/read-span.js';
import { counts } from './fixtures.js';

function read(attributes: Record<string, unknown>) {
  const found = readSpan(attributes);
  const usage = found?.usage;
  return usage && { ...counts(usage), ...usage.tokens, anomaly: usage.anomaly, cost: usage.reportedCostUsd };
}

describe('AI SDK 5: cached tokens of Claude', () => {
  const span = (provider: string, model: string, input: number) => ({
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.provider': provider,
    'ai.model.id': model,
    'ai.usage.inputTokens': input,
    'ai.usage.cachedInputTokens': 9000,
    'ai.usage.outputTokens': 77,
    'ai.usage.totalTokens': input + 77,
  });

  it.each(['openrouter', 'openrouter.chat', 'litellm.chat', 'openai.chat'])(
    'are part of the input where %s speaks for the model',
    (provider) => {
      const found = read(span(provider, 'anthropic/claude-sonnet-4', 9096));
      expect(found).toMatchObject({ input: 96, cacheRead: 9000, output: 77 });
    },
  );

  // The last is what an app may call a client of Anthropic's: createAnthropic({ name: 'our-proxy' }).
  it.each(['anthropic.messages', 'amazon-bedrock', 'vertex.anthropic.messages', 'gateway', '', 'our-proxy'])(
    'stand beside the input where it is %s',
    (provider) => {
      const found = read(span(provider, 'anthropic/claude-sonnet-4', 9096));
      expect(found).toMatchObject({ input: 9096, cacheRead: 9000, output: 77 });
    },
  );
});

describe('Sentry', () => {
  it("counts Anthropic's cache in the total alone: it was read, not written by the model", () => {
    const found = read({
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 77,
      'gen_ai.usage.total_tokens': 9087,
    });
    expect(found).toMatchObject({ input: 9010, output: 77, reasoning: 0, anomaly: 'total > input + output' });
  });

  it('names the parts below the totals', () => {
    const found = read({
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 1010,
      'gen_ai.usage.input_tokens.cached': 1000,
      'gen_ai.usage.input_tokens.cache_write': 4,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.output_tokens.reasoning': 30,
      'gen_ai.usage.total_tokens': 1060,
    });
    expect(found).toMatchObject({ input: 6, cacheRead: 1000, cacheWrite: 4, output: 20, reasoning: 30 });
  });
});

describe('Mastra', () => {
  it('names audio apart', () => {
    const found = read({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-audio',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.audio_input_tokens': 60,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.audio_output_tokens': 40,
    });
    expect(found).toMatchObject({ input: 40, inputAudio: 60, output: 10, outputAudio: 40 });
  });
});

describe('Google ADK', () => {
  const span = (model: string) => ({
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.system': 'gcp.vertex.agent',
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 200,
    'gen_ai.usage.experimental.reasoning_tokens': 90,
  });

  it.each([
    'gemini-2.5-flash',
    'models/gemini-2.5-flash',
    'projects/p/locations/us/publishers/google/models/gemini-2.5-pro',
  ])('states thoughts beside the candidates: %s', (model) => {
    const found = read(span(model));
    expect(found).toMatchObject({ input: 100, output: 200, reasoning: 90, anomaly: undefined });
  });

  it.each(['openai/o3', 'gemini/gemini-2.5-flash', 'vertex_ai/gemini-2.5-flash', 'gpt-5'])(
    'hands on what its other clients count, where they are inside the output: %s',
    (model) => {
      const found = read(span(model));
      expect(found).toMatchObject({ input: 100, output: 110, reasoning: 90, anomaly: undefined });
    },
  );
});

describe('Langfuse', () => {
  const span = (usage: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    'langfuse.observation.type': 'generation',
    'langfuse.observation.model.name': 'gpt-4o',
    'langfuse.observation.usage_details': JSON.stringify(usage),
    ...more,
  });

  it('names the model', () => {
    expect(readSpan(span({ input: 1 }))?.requestModel).toBe('gpt-4o');
  });

  it.each([
    [
      'its OpenAI client',
      {
        input: 986,
        output: 20,
        total: 2070,
        input_cached_tokens: 1024,
        input_audio_tokens: 10,
        output_reasoning_tokens: 30,
        output_audio_tokens: 0,
        output_accepted_prediction_tokens: 0,
      },
      { input: 986, cacheRead: 1024, inputAudio: 10, output: 20, reasoning: 30 },
    ],
    [
      'its LangChain handler',
      { input: 20, output: 5, total: 45, input_cache_read: 12, input_cache_creation: 3, output_reasoning: 5 },
      { input: 20, cacheRead: 12, cacheWrite: 3, output: 5, reasoning: 5 },
    ],
    [
      "Anthropic's names",
      { input: 20, output: 5, cache_read_input_tokens: 12, cache_creation_input_tokens: 3 },
      { input: 20, cacheRead: 12, cacheWrite: 3, output: 5 },
    ],
    [
      'camel case of an app',
      { promptTokens: 20, completionTokens: 5, totalTokens: 25 },
      { input: 20, output: 5 },
    ],
  ])('%s', (_name, usage, expected) => {
    expect(read(span(usage))).toMatchObject({ ...expected, anomaly: undefined });
  });

  it("OpenAI's own object: details are parts of the counts", () => {
    const chat = {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 80 },
      completion_tokens_details: { reasoning_tokens: 15 },
    };
    const responses = {
      input_tokens: 100,
      output_tokens: 20,
      total_tokens: 120,
      input_tokens_details: { cached_tokens: 80 },
      output_tokens_details: { reasoning_tokens: 15 },
    };
    for (const usage of [chat, responses])
      expect(read(span(usage))).toMatchObject({ input: 20, cacheRead: 80, output: 5, reasoning: 15 });
  });

  it('a bare total of an embedding is input', () => {
    const found = read(span({ total: 8 }, { 'langfuse.observation.type': 'embedding' }));
    expect(found).toMatchObject({ input: 8, output: 0 });
  });

  it('a bill that was stated', () => {
    const total = { 'langfuse.observation.cost_details': '{"input":0.01,"output":0.02,"total":0.04}' };
    expect(read(span({ input: 1, output: 1 }, total))?.cost).toBe(0.04);
    const parts = { 'langfuse.observation.cost_details': '{"input":0.01,"output":0.02}' };
    expect(read(span({ input: 1, output: 1 }, parts))?.cost).toBe(0.03);
    const none = { 'langfuse.observation.cost_details': '{"total":0}' };
    expect(read(span({ input: 1, output: 1 }, none))?.cost).toBeUndefined();
  });

  it('what cannot be read says nothing', () => {
    for (const text of ['', '[1]', '{"input":', '{"input":"many"}', '{"note":{}}', 'null', 7]) {
      const found = readSpan({ ...span({}), 'langfuse.observation.usage_details': text });
      expect(found?.usage, String(text)).toBeUndefined();
    }
  });
});
