import { describe, expect, it } from 'vitest';
import { BudgetExceededError, type LlmOptions, withLlm, withTask, withTool } from '../../src/index.js';
import { estimatePromptTokens } from '../../src/usage/prompt-size.js';
import { completion, startTracing } from '../support/tracing.js';

/** What a refused call was expected to use. */
function estimateOf(options: LlmOptions, measure: 'usd' | 'tokens' = 'usd'): number | undefined {
  const error = withTask({ name: 't', budget: { [measure]: 1e-9 * (measure === 'usd' ? 1 : 1e9) } }, () => {
    try {
      return withLlm(options, () => undefined);
    } catch (refused) {
      return refused;
    }
  });
  if (error instanceof BudgetExceededError) return error.estimate;
  throw new Error('it was let in', { cause: error });
}

/** The learned estimate of a call: it waits beside a stream that holds nearly everything, and cannot here. */
function learnedFor(options: LlmOptions, measure: 'usd' | 'tokens' = 'usd'): number | undefined {
  const refused = withTask({ name: 't', budget: { [measure]: 1_000_000 } }, () => {
    const request = { model: 'gpt-4o', messages: [], max_tokens: 999_500 };
    withLlm({ request, provider: 'openai', estimateUsd: 1_000_000 }, async function* () {
      yield 1;
    });
    try {
      return withLlm(options, () => undefined);
    } catch (error) {
      return error;
    }
  });
  if (refused instanceof BudgetExceededError) return refused.estimate;
  throw new Error('it was let in', { cause: refused });
}

const MESSAGES = [{ role: 'user', content: 'word '.repeat(60) }];
const SIZED = { model: 'gpt-4o', messages: MESSAGES, max_tokens: 1000 };
/** Its words, the names of its keys, and room for what the provider adds. */
const PROMPT_TOKENS = estimatePromptTokens(SIZED) ?? 0;
const INPUT_USD = 2.5e-6;
const OUTPUT_USD = 1e-5;

describe('what an LLM call is expected to cost', () => {
  it('is what the app says', () => {
    startTracing();
    expect(estimateOf({ request: SIZED, provider: 'openai', estimateUsd: 0.25 })).toBe(0.25);
  });

  it('else the most that its request allows, where the price is known', () => {
    startTracing();
    const usd = PROMPT_TOKENS * INPUT_USD + 1000 * OUTPUT_USD;
    expect(PROMPT_TOKENS).toBeGreaterThan(60);
    expect(PROMPT_TOKENS).toBeLessThan(4 * 60 + 50);
    expect(estimateOf({ request: SIZED, provider: 'openai' })).toBeCloseTo(usd, 12);
    expect(estimateOf({ request: SIZED, provider: 'openai' }, 'tokens')).toBe(PROMPT_TOKENS + 1000);
  });

  it('is the prompt alone for embeddings', () => {
    startTracing();
    const request = { model: 'text-embedding-3-small', input: 'word '.repeat(600) };
    const tokens = estimateOf({ request, provider: 'openai', operation: 'embeddings' }, 'tokens');
    expect(tokens).toBe(estimatePromptTokens(request));
    const usd = estimateOf({ request, provider: 'openai', operation: 'embeddings' });
    expect(usd).toBeCloseTo((tokens ?? 0) * 2e-8, 12);
  });

  it('is as many answers as the request asks for', () => {
    startTracing();
    const most = (extra: object) =>
      estimateOf({ request: { ...SIZED, ...extra }, provider: 'openai' }, 'tokens');
    expect(most({ n: 10 })).toBeGreaterThanOrEqual(PROMPT_TOKENS + 10_000);
    expect(most({ config: { candidateCount: 8 } })).toBeGreaterThanOrEqual(PROMPT_TOKENS + 8000);
  });

  it.each([
    ['of reading', { cacheWriteUsdPerMtok: 1 }, 2, 8],
    ['of writing the prompt to a cache, where that is higher', { cacheWriteUsdPerMtok: 3 }, 3, 8],
    ['of reasoning, where that is higher', { reasoningUsdPerMtok: 9 }, 2, 9],
    ['of both', { cacheWriteUsdPerMtok: 3, reasoningUsdPerMtok: 9 }, 3, 9],
    ['of a cache beside cheap reasoning', { cacheWriteUsdPerMtok: 3, reasoningUsdPerMtok: 1 }, 3, 8],
  ])('is at the price %s', (_, rates, input, output) => {
    startTracing({
      cost: { overrides: { ours: { inputUsdPerMtok: 2, outputUsdPerMtok: 8, ...rates } } },
    });
    const request = { ...SIZED, model: 'ours' };
    const prompt = estimatePromptTokens(request) ?? 0;
    expect(estimateOf({ request })).toBeCloseTo((prompt * input + 1000 * output) / 1e6, 12);
  });

  it('is at the price of writing the prompt to the cache of Claude', () => {
    startTracing();
    const request = { ...SIZED, model: 'claude-sonnet-4-5' };
    const prompt = estimatePromptTokens(request) ?? 0;
    expect(estimateOf({ request, provider: 'anthropic' })).toBeCloseTo((prompt * 3.75 + 1000 * 15) / 1e6, 12);
  });

  it.each([
    [
      'context that it does not show',
      { messages: undefined, input: 'go on', previous_response_id: 'resp_1' },
    ],
    ['a limit that is none', { max_tokens: -1 }],
    ['a file', { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] }],
  ])('is not taken from a request with %s: the mean is', (_, extra) => {
    startTracing();
    withLlm('gpt-4o', () => completion(1000, 0));
    const options = { request: { ...SIZED, ...extra }, provider: 'openai' };
    expect(learnedFor(options)).toBe(0.0025);
    expect(learnedFor(options, 'tokens')).toBe(1000);
  });

  it('else the mean of earlier calls of that model', () => {
    startTracing();
    for (const tokens of [1000, 3000]) withLlm('gpt-4o', () => completion(tokens, 0));
    expect(learnedFor({ model: 'gpt-4o' })).toBe(0.005);
    expect(learnedFor({ model: 'gpt-4o' }, 'tokens')).toBe(2000);
    expect(estimateOf({ request: SIZED })).toBeGreaterThan(0.005);
  });

  it('says nothing of calls that failed before the model ran', () => {
    startTracing();
    withLlm('gpt-4o', () => completion(1000, 0));
    const rejected = Object.assign(new Error('too many'), { status: 429 });
    for (let call = 0; call < 9; call++) {
      const run = () =>
        withLlm('gpt-4o', () => {
          throw rejected;
        });
      expect(run).toThrow(rejected);
    }
    expect(learnedFor({ model: 'gpt-4o' })).toBe(0.0025);
  });

  it('else is not known: it runs alone', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 1, reserveTimeoutMillis: 0 } }, async () => {
      const first = withLlm('gpt-4o', async () => completion(1, 1));
      await expect(withLlm('gpt-4o', async () => completion(1, 1))).rejects.toThrow('has to run alone');
      await first;
      await Promise.all([1, 2, 3].map(() => withLlm('gpt-4o', async () => completion(1, 1))));
    });
  });

  it('is nothing for a model that is free', () => {
    startTracing({ cost: { overrides: { 'our-llama': { free: true } } } });
    const run = () =>
      withTask({ name: 't', budgetUsd: 0 }, () => withLlm('our-llama', () => completion(1, 1)));
    expect(run()).toBeDefined();
  });
});

describe('what a tool call is expected to cost', () => {
  const refusal = (options: Parameters<typeof withTool>[0]) =>
    withTask({ name: 't', budget: { usd: 0.001, reserveTimeoutMillis: 0 } }, () => {
      // Learned estimates are refused only where a call cannot wait for another one.
      withTool({ name: 'stream', estimateUsd: 0.001 }, async function* () {
        yield 1;
      });
      try {
        return withTool(options, () => 1);
      } catch (error) {
        return error;
      }
    });

  it('is what the app says, else the declared price, here or at the processor', () => {
    startTracing({ cost: { tools: { declared: { costUsd: 0.02 } } } });
    expect(refusal({ name: 'declared', estimateUsd: 0.01 })).toMatchObject({ estimate: 0.01 });
    expect(refusal({ name: 'declared', costUsd: 0.03 })).toMatchObject({ estimate: 0.03 });
    expect(refusal('declared')).toMatchObject({ estimate: 0.02 });
  });

  it('else the mean of its earlier calls', () => {
    startTracing();
    for (const costUsd of [0.01, 0.02]) withTool({ name: 'varies', costUsd: () => costUsd }, () => 1);
    expect(refusal({ name: 'varies', costUsd: () => 0.02 })).toMatchObject({ estimate: 0.015 });
  });
});
