/** Parts of usage objects that decide the bill and that few providers state. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';
import { readSpan } from '../../src/usage/read-span.js';
import { readUsage } from '../../src/usage/read-usage.js';
import { counts } from './fixtures.js';

function read(usage: Record<string, unknown>) {
  const found = readUsage(usage);
  return found && { ...counts(found), ...found.tokens, anomaly: found.anomaly, units: found.units };
}

describe('cache writes by lifetime', () => {
  it('Qwen: an object beside the count, or alone', () => {
    const usage = (details: Record<string, unknown>) => ({
      prompt_tokens: 3019,
      completion_tokens: 104,
      total_tokens: 3123,
      prompt_tokens_details: {
        cached_tokens: 2048,
        cache_creation: { ephemeral_5m_input_tokens: 500 },
        cache_type: 'ephemeral',
        ...details,
      },
    });
    const expected = { input: 471, cacheRead: 2048, cacheWrite: 500, anomaly: undefined };
    expect(read(usage({ cache_creation_input_tokens: 500 }))).toMatchObject(expected);
    expect(read(usage({}))).toMatchObject(expected);
  });

  it('LiteLLM: the hour-long cache writes are in details of the details', () => {
    const usage = {
      prompt_tokens: 10_000,
      completion_tokens: 104,
      total_tokens: 10_104,
      cache_creation_input_tokens: 5000,
      cache_read_input_tokens: 2048,
      prompt_tokens_details: {
        cached_tokens: 2048,
        cache_creation_tokens: 5000,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 4000 },
      },
    };
    expect(read(usage)).toMatchObject({ input: 2952, cacheRead: 2048, cacheWrite: 1000, cacheWrite1h: 4000 });
  });
});

describe('camel case with `TokensDetails`', () => {
  it('OpenAI Agents: the details of each request in a list', () => {
    const usage = {
      requests: 2,
      inputTokens: 3000,
      outputTokens: 200,
      totalTokens: 3200,
      inputTokensDetails: [{ cached_tokens: 1024 }, { cached_tokens: 1280, cache_write_tokens: 16 }],
      outputTokensDetails: [{ reasoning_tokens: 64 }, { reasoning_tokens: 32 }],
    };
    const expected = { input: 680, cacheRead: 2304, cacheWrite: 16, output: 104, reasoning: 96 };
    expect(read(usage)).toMatchObject({ ...expected, anomaly: undefined });
  });

  it("OpenRouter's client: cache and bill of the Responses API", () => {
    const usage = {
      inputTokens: 3000,
      outputTokens: 200,
      totalTokens: 3200,
      inputTokensDetails: { cachedTokens: 1024 },
      outputTokensDetails: { reasoningTokens: 64 },
      cost: 0.0005,
      isByok: true,
      costDetails: { upstreamInferenceCost: 0.01 },
    };
    expect(read(usage)).toMatchObject({ input: 1976, cacheRead: 1024, output: 136, reasoning: 64 });
    expect(readUsage(usage)?.reportedCostUsd).toBe(0.0105);
  });

  it('Codex: reasoning beside the totals', () => {
    const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, reasoningOutputTokens: 12 };
    expect(read(usage)).toMatchObject({ input: 60, cacheRead: 40, output: 8, reasoning: 12 });
  });
});

describe('server-side tools', () => {
  it("Mistral's connectors: their tokens are read by the model, and searches are pieces", () => {
    // As of a published answer of the conversations API: 177 + 134 + 3929 = 4240.
    const usage = {
      prompt_tokens: 177,
      completion_tokens: 134,
      total_tokens: 4240,
      connector_tokens: 3929,
      connectors: { web_search: 1, code_interpreter: 2 },
    };
    const expected = { input_total: 4106, output_total: 134, reasoning: 0, anomaly: undefined };
    expect(read(usage)).toMatchObject({ ...expected, units: { webSearches: 1, codeExecutions: 2 } });
    const camelCase = {
      promptTokens: 177,
      completionTokens: 134,
      totalTokens: 4240,
      connectorTokens: 3929,
      connectors: { web_search: 1, code_interpreter: 2 },
    };
    expect(readUsage(camelCase)).toEqual(readUsage(usage));
  });

  it('Anthropic: searches count where no cache is stated', () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 5,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
      server_tool_use: { web_search_requests: 2 },
    };
    expect(read(usage)).toMatchObject({ input_total: 10, output_total: 5, units: { webSearches: 2 } });
  });

  it("names of another's usage hide no counts", () => {
    const searched = { inputTokens: 10, outputTokens: 5, server_tool_use: { web_search_requests: 2 } };
    expect(read(searched)).toMatchObject({ input_total: 10, output_total: 5 });
    const thought = { input_tokens: 10, output_tokens: 5, thoughts_token_count: 3 };
    expect(read(thought)).toMatchObject({ input_total: 10, output_total: 8, reasoning: 3 });
  });

  it("LiteLLM: Anthropic's and Gemini's searches beside OpenAI's names", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const perplexity = { num_search_queries: 1, prompt_tokens_details: { web_search_requests: 1 } };
    expect(read({ ...usage, ...perplexity })?.units).toEqual({ webSearches: 1 });
    expect(read({ ...usage, server_tool_use: { web_search_requests: 2 } })?.units).toEqual({
      webSearches: 2,
    });
    expect(
      read({ ...usage, prompt_tokens_details: { text_tokens: 10, web_search_requests: 1 } })?.units,
    ).toEqual({ webSearches: 1 });
  });
});

describe("Anthropic's passes", () => {
  const pass = (type: string, input_tokens: number, output_tokens: number, model?: string) => ({
    type,
    ...(model !== undefined && { model }),
    input_tokens,
    output_tokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  });
  const usage = (iterations: unknown[]) => ({
    input_tokens: 412,
    output_tokens: 90,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    iterations,
  });

  it.each(['claude-fable-5', undefined])(
    'a fallback that served the answer is what the top level says, not one call more (%s refused)',
    (refused) => {
      const found = readUsage(
        usage([pass('message', 400, 0, refused), pass('fallback_message', 412, 90, 'claude-opus-4-8')]),
      );
      expect(found).toMatchObject({ tokens: { input: 412, output: 90 } });
      expect(found?.parts).toBeUndefined();
    },
  );

  it('an attempt that was cut off after some output is billed as the model that made it', () => {
    const found = readUsage(
      usage([
        pass('message', 400, 30, 'claude-fable-5'),
        pass('fallback_message', 412, 90, 'claude-opus-4-8'),
      ]),
    );
    expect(found).toMatchObject({ tokens: { input: 812, output: 120 } });
    expect(found?.parts).toMatchObject([
      { usage: { tokens: { input: 412, output: 90 } } },
      { model: 'claude-fable-5', usage: { tokens: { input: 400, output: 30 } } },
    ]);
  });
});

describe('reported bills', () => {
  const cost = (usage: Record<string, unknown>) =>
    readUsage({ prompt_tokens: 194, completion_tokens: 2, total_tokens: 196, ...usage });

  it("OpenRouter with the customer's own key, where only the amounts say so", () => {
    // The example of its own documentation: a fee of 5 % beside what the provider charges.
    const documented = { cost: 0.95, cost_details: { upstream_inference_cost: 19 } };
    expect(cost(documented)?.reportedCostUsd).toBe(19.95);
    expect(cost({ cost: 0, cost_details: { upstream_inference_cost: 0.002 } })?.reportedCostUsd).toBe(0.002);
  });

  it("OpenRouter with its own key: the provider's charge is in the cost, or left out", () => {
    // A sum of doubles is not the double of the sum.
    const alike = { cost: 0.00219855, cost_details: { upstream_inference_cost: 0.0021985500000000005 } };
    expect(cost(alike)?.reportedCostUsd).toBe(0.00219855);
    const inside = { cost: 0.0161, cost_details: { upstream_inference_cost: 0.0001 } };
    expect(cost(inside)?.reportedCostUsd).toBe(0.0161);
    const discounted = { cost: 0.01, is_byok: false, cost_details: { upstream_inference_cost: 0.02 } };
    expect(cost(discounted)?.reportedCostUsd).toBe(0.01);
    expect(cost({ cost: 0.01, cost_details: { upstream_inference_cost: null } })?.reportedCostUsd).toBe(0.01);
  });

  it('own key: the parts stand in for a missing sum', () => {
    const chat = { upstream_inference_prompt_cost: 0.001, upstream_inference_completions_cost: 0.002 };
    expect(cost({ cost: 0.0001, is_byok: true, cost_details: chat })?.reportedCostUsd).toBe(0.0031);
    const responses = { upstream_inference_input_cost: 0.001, upstream_inference_output_cost: 0.002 };
    expect(cost({ cost: 0.0001, is_byok: true, cost_details: responses })?.reportedCostUsd).toBe(0.0031);
  });

  it('DeepInfra', () => {
    expect(cost({ estimated_cost: 2.68e-5 })?.reportedCostUsd).toBe(2.68e-5);
    // Others write an estimate of 0 when they have no price.
    expect(cost({ estimated_cost: 0 })?.reportedCostUsd).toBeUndefined();
  });

  it('in camel case beside counts in camel case', () => {
    expect(readUsage({ promptTokens: 4, completionTokens: 2, costUsd: 0.01 })?.reportedCostUsd).toBe(0.01);
    expect(readUsage({ promptTokens: 4, completionTokens: 2, costUSD: 0.01 })?.reportedCostUsd).toBe(0.01);
  });
});

describe("AI SDK: Perplexity's bill in its metadata", () => {
  const metadata = {
    perplexity: {
      usage: { citationTokens: 20_016, numSearchQueries: 20 },
      cost: { inputTokensCost: 0.01, outputTokensCost: 0.2, requestCost: 0.1, totalCost: 0.31 },
    },
  };

  it('of a result', () => {
    const found = readResponse({
      finishReason: 'stop',
      usage: { inputTokens: 33, outputTokens: 7163, totalTokens: 7196 },
      providerMetadata: metadata,
      response: { id: 'r', modelId: 'sonar-deep-research' },
    });
    expect(found?.usage).toMatchObject({ tokens: { input: 33, output: 7163 }, reportedCostUsd: 0.31 });
  });

  it('of a span', () => {
    const found = readSpan({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'perplexity',
      'ai.model.id': 'sonar-deep-research',
      'ai.usage.inputTokens': 33,
      'ai.usage.outputTokens': 7163,
      'ai.response.providerMetadata': JSON.stringify(metadata),
    });
    expect(found?.usage?.reportedCostUsd).toBe(0.31);
  });
});
