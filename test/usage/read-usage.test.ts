import { describe, expect, it } from 'vitest';
import { readUsage } from '../../src/usage/read-usage.js';
import { counts, expectedCounts, usageCases } from './fixtures.js';

describe('recorded usage objects', () => {
  for (const one of usageCases()) {
    it(`${one.id} ${one.api}: ${one.why}`, () => {
      const usage = readUsage(one.usage);
      if (usage === undefined) throw new Error('not read');
      // The first part is the model that answered.
      const own = usage.parts?.[0]?.usage ?? usage;
      expect(counts(own)).toMatchObject(expectedCounts(one.expected));
      expect(usage.incomplete).toBeUndefined();
      expect(usage.anomaly).toBeUndefined();
      expect(usage.units?.inputAudioSeconds).toBe(one.audio_seconds);
      expect(usage.units?.rerankSearches).toBe(one.search_units);
      expect(usage.units?.webSearches).toBe(one.server_tools?.web_search_requests);
      expect(usage.units?.otherToolCalls).toBe(one.server_tools?.num_server_side_tools_used);
      for (const other of one.other_model_usage ?? []) {
        const found = usage.parts?.find(({ model }) => model === other.model);
        expect(found && counts(found.usage)).toMatchObject({
          input_total: other.input_total,
          output_total: other.output_total,
        });
      }
    });
  }
});

describe('reported cost', () => {
  const base = { prompt_tokens: 10, completion_tokens: 5 };

  it.each([
    ['what a gateway billed', { ...base, cost: 0.01 }, 0.01],
    ['a numeric string', { ...base, cost: '0.01' }, 0.01],
    ['free', { ...base, cost: 0, is_byok: false }, 0],
    [
      'own key: fee and the provider bill',
      { ...base, cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } },
      0.021,
    ],
    [
      'own key: market cost where no upstream is stated',
      { ...base, cost: 0, is_byok: true, market_cost: 0.03 },
      0.03,
    ],
    ['own key without the provider bill is unknown', { ...base, cost: 0, is_byok: true }, undefined],
    [
      'upstream is inside cost without own key',
      { ...base, cost: 0.02, is_byok: false, cost_details: { upstream_inference_cost: 0.02 } },
      0.02,
    ],
    ['ticks of 1e-10 USD', { ...base, cost_in_usd_ticks: 1641500 }, 0.00016415],
    ['a gateway estimate', { ...base, pydantic_ai_gateway: { cost_estimate: 0.00012625 } }, 0.00012625],
    ['parts and total', { ...base, cost: { input_tokens_cost: 1, request_cost: 2, total_cost: 3 } }, 3],
    ['negative is refused', { ...base, cost: -1 }, undefined],
    ['above the limit is refused', { ...base, cost: 1e9 }, undefined],
  ])('%s', (_name, usage, costUsd) => {
    expect(readUsage(usage)?.reportedCostUsd).toBe(costUsd);
  });

  it('reads the bills of the recorded gateways', () => {
    const reported = usageCases().flatMap((one) => {
      const cost = readUsage(one.usage)?.reportedCostUsd;
      return cost === undefined || one.recorded_cost_usd === undefined
        ? []
        : [[one.id, cost, one.recorded_cost_usd]];
    });
    // u106 is served with the customer's own key: the recorder wrote down the gateway's fee of 5 % alone.
    for (const [id, cost, recorded] of reported)
      expect(cost, String(id)).toBe(id === 'u106' ? 0.006825 : recorded);
    expect(reported.length).toBeGreaterThan(7);
  });
});

describe('shapes beside the recorded ones', () => {
  const read = (usage: unknown, provider?: string) => {
    const found = readUsage(usage, { provider });
    return (
      found && {
        ...counts(found),
        unsplit: found.unsplitTokens,
        anomaly: found.anomaly,
        incomplete: found.incomplete,
      }
    );
  };

  it.each([
    ['ollama', { prompt_eval_count: 26, eval_count: 298 }, { input_total: 26, output_total: 298 }],
    [
      'bedrock titan',
      { inputTextTokenCount: 7, results: [{ tokenCount: 3 }, { tokenCount: 2 }] },
      { input_total: 7, output_total: 5 },
    ],
    [
      'bedrock llama',
      { prompt_token_count: 7, generation_token_count: 5 },
      { input_total: 7, output_total: 5 },
    ],
    [
      'bedrock metrics',
      { inputTokenCount: 7, outputTokenCount: 5, cacheReadInputTokenCount: 90 },
      { input_total: 97, cache_read: 90 },
    ],
    ['cohere v1', { meta: { billed_units: { input_tokens: 4 } } }, { input_total: 4, output_total: 0 }],
    [
      'cohere camel case',
      { billedUnits: { inputTokens: 4, outputTokens: 2 } },
      { input_total: 4, output_total: 2 },
    ],
    [
      'ai sdk 4',
      { promptTokens: 4, completionTokens: 2, totalTokens: 6 },
      { input_total: 4, output_total: 2 },
    ],
    [
      'ai sdk 5',
      { inputTokens: 40, outputTokens: 2, cachedInputTokens: 30 },
      { input_total: 40, cache_read: 30 },
    ],
    [
      'ai sdk model usage',
      { inputTokens: { total: 40, cacheRead: 30, cacheWrite: 4 }, outputTokens: { total: 9, reasoning: 5 } },
      { input_uncached: 6, cache_write: 4, reasoning: 5 },
    ],
    [
      'camel case of an SDK',
      { promptTokens: 40, completionTokens: 5, promptTokensDetails: { cachedTokens: 30 } },
      { input_total: 40, cache_read: 30 },
    ],
    [
      'langchain',
      {
        input_tokens: 40,
        output_tokens: 5,
        total_tokens: 45,
        input_token_details: { cache_read: 30, cache_creation: 4 },
        output_token_details: { reasoning: 3 },
      },
      { input_uncached: 6, cache_read: 30, cache_write: 4, reasoning: 3 },
    ],
    [
      'litellm over anthropic',
      {
        prompt_tokens: 40,
        completion_tokens: 5,
        total_tokens: 45,
        cache_read_input_tokens: 30,
        prompt_tokens_details: { cached_tokens: 30 },
      },
      { input_total: 40, cache_read: 30 },
    ],
    [
      'cache outside, as the total shows',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 45,
        prompt_tokens_details: { cached_tokens: 30 },
      },
      { input_total: 40, output_total: 5 },
    ],
    [
      'misses alone',
      { prompt_cache_hit_tokens: 30, prompt_cache_miss_tokens: 10, completion_tokens: 5 },
      { input_total: 40, cache_read: 30 },
    ],
    [
      'voxtral: audio is in the total alone',
      { prompt_audio_seconds: 203, prompt_tokens: 4, total_tokens: 3264, completion_tokens: 635 },
      { input_total: 4, output_total: 635 },
    ],
    [
      'strings and 64-bit halves',
      { prompt_tokens: '40', completion_tokens: { low: 5, high: 0 }, total_tokens: 45n },
      { input_total: 40, output_total: 5 },
    ],
    [
      'write for an hour',
      {
        input_tokens: 1,
        output_tokens: 2,
        cache_creation_input_tokens: 9,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
      },
      { input_total: 10, cache_write: 9 },
    ],
  ])('%s', (_name, usage, expected) => {
    expect(read(usage)).toMatchObject({ ...expected, anomaly: undefined, incomplete: undefined });
  });

  it('settles cached tokens of older AI SDKs by the provider', () => {
    const usage = { inputTokens: 40, outputTokens: 2, totalTokens: 42, cachedInputTokens: 30 };
    expect(read(usage, 'anthropic.messages')).toMatchObject({ input_total: 70, input_uncached: 40 });
    expect(read(usage, 'openai.chat')).toMatchObject({ input_total: 40, input_uncached: 10 });
  });

  it('keeps writes for an hour apart', () => {
    const usage = { input_tokens: 1, output_tokens: 2, cache_creation: { ephemeral_1h_input_tokens: 5 } };
    expect(readUsage(usage)?.tokens).toMatchObject({ cacheWrite: 0, cacheWrite1h: 5 });
    const bedrock = {
      inputTokens: 1,
      outputTokens: 2,
      cacheWriteInputTokens: 8,
      cacheDetails: [{ ttl: '1h', inputTokens: 5 }],
    };
    expect(readUsage(bedrock)?.tokens).toMatchObject({ cacheWrite: 3, cacheWrite1h: 5 });
  });

  it('distinguishes cached audio from new audio', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 0,
      input_token_details: {
        audio_tokens: 60,
        cached_tokens: 50,
        cached_tokens_details: { audio_tokens: 40, text_tokens: 10 },
      },
    };
    expect(readUsage(usage)?.tokens).toMatchObject({
      input: 30,
      inputAudio: 20,
      cacheRead: 10,
      cacheReadAudio: 40,
    });
    // Without details of the cache, audio that does not fit beside the cache must have been in it.
    const bare = {
      input_tokens: 100,
      output_tokens: 0,
      input_token_details: { audio_tokens: 60, cached_tokens: 50 },
    };
    expect(readUsage(bare)?.tokens).toMatchObject({
      input: 0,
      inputAudio: 50,
      cacheRead: 40,
      cacheReadAudio: 10,
    });
  });

  it('keeps a total without a split apart', () => {
    expect(read({ total_tokens: 50 })).toMatchObject({ unsplit: 50, input_total: 0, output_total: 0 });
    expect(read({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 50 })).toMatchObject({ unsplit: 50 });
  });

  it('derives one side from the total', () => {
    expect(read({ prompt_tokens: 40, total_tokens: 45 })).toMatchObject({ output_total: 5 });
    expect(read({ prompt_tokens: -1, completion_tokens: 5, total_tokens: 45 })).toMatchObject({
      input_total: 40,
      anomaly: 'negative prompt_tokens',
      incomplete: undefined,
    });
  });

  it('puts a part outside that is larger than its total, and flags a total that nothing explains', () => {
    expect(
      read({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 30 } }),
    ).toMatchObject({
      input_total: 40,
      input_uncached: 10,
      anomaly: undefined,
    });
    expect(
      read({ prompt_tokens: 10, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 30 } }),
    ).toMatchObject({
      output_total: 32,
      anomaly: undefined,
    });
    expect(read({ prompt_tokens: 5, completion_tokens: 845, total_tokens: 2023 })).toMatchObject({
      output_total: 2018,
      reasoning: 1173,
      anomaly: 'total > input + output',
    });
  });

  it.each([Number.NaN, -3, 1.5, 1e13, 'many', true, {}])('refuses %s and says so', (rubbish) => {
    const found = read({ prompt_tokens: rubbish, completion_tokens: 5 });
    expect(found).toMatchObject({ input_total: 0, output_total: 5, incomplete: true });
    expect(found?.anomaly).toContain('prompt_tokens');
  });

  it('treats an output without any input as half a call', () => {
    expect(read({ output_tokens: 5 })).toMatchObject({ output_total: 5, incomplete: true });
  });

  it.each([
    undefined,
    null,
    5,
    'usage',
    [],
    {},
    { foo: 1 },
    { inputTokens: undefined },
    { prompt_tokens: null },
  ])('says nothing of %j', (usage) => {
    expect(readUsage(usage)).toBeUndefined();
  });

  it('reads no deeper than usage objects nest, also through lists and through itself', () => {
    let keysRead = 0;
    const usage: Record<string, unknown> = { prompt_tokens: 5, completion_tokens: 1 };
    const counted = new Proxy(usage, {
      ownKeys: (target) => {
        keysRead += 1;
        return Reflect.ownKeys(target);
      },
    });
    Object.assign(usage, { more: [counted, [counted]], raw: counted, iterations: [counted] });
    expect(readUsage(counted)?.tokens).toMatchObject({ input: 5, output: 1 });
    expect(keysRead).toBeLessThan(200);
  });
});
