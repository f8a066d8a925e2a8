import { describe, expect, it } from 'vitest';
import { PriceBook } from '../../src/pricing/price-book.js';
import { resolveProvider } from '../../src/pricing/providers.js';
import { NOON, queryOf, usageOf } from './query.js';

const book = new PriceBook();
const arn = (resource: string) => `arn:aws:bedrock:us-east-1:123456789012:${resource}`;

describe('provider names', () => {
  it.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    ['openai.responses', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['azure.ai.openai', 'azure'],
    ['azure.ai.inference', 'azure'],
    ['az.ai.inference', 'azure'],
    ['azure-openai.chat', 'azure'],
    ['aws.bedrock', 'aws'],
    ['aws-bedrock', 'aws'],
    ['amazon-bedrock', 'aws'],
    ['bedrock.anthropic.messages', 'aws'],
    ['gcp.gemini', 'google'],
    ['gcp.vertex_ai', 'google'],
    ['gcp.gen_ai', 'google'],
    ['gcp.vertex.agent', 'google'],
    ['google-gla', 'google'],
    ['google-vertex', 'google'],
    ['google.generative-ai', 'google'],
    ['vertex.anthropic.messages', 'google'],
    ['x_ai', 'x-ai'],
    ['xai.chat', 'x-ai'],
    ['mistral_ai', 'mistral'],
    ['mistralai', 'mistral'],
    ['deepseek.chat', 'deepseek'],
    ['groq.chat', 'groq'],
    ['perplexity', 'perplexity'],
    ['cohere', 'cohere'],
    ['togetherai.chat', 'together'],
    ['fireworks_ai', 'fireworks'],
    ['openrouter', 'openrouter'],
    ['moonshot_ai', 'moonshotai'],
    ['github_copilot', 'github-copilot'],
  ])('%s is %s', (name, id) => {
    expect(resolveProvider(name)).toEqual({ id, kind: 'own' });
  });

  it.each([
    ['', 'open'],
    ['langchain', 'open'],
    ['microsoft.agent_framework', 'open'],
    ['litellm', 'open'],
    ['gateway', 'open'],
    ['acme', 'unknown'],
    ['ollama', 'self-hosted'],
    ['vllm', 'self-hosted'],
  ])('%s is %s', (name, kind) => {
    expect(resolveProvider(name)).toEqual({ id: undefined, kind });
  });
});

describe('model names that are exact enough', () => {
  it.each([
    ['openai', 'gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['openai', 'gpt-4.1-mini-2025-04-14', 'openai/gpt-4.1-mini'],
    ['openai', 'gpt-4-1106-preview', 'openai/gpt-4-turbo'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
    ['anthropic', 'claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4-0'],
    ['anthropic', 'claude-sonnet-4-5@20250929', 'anthropic/claude-sonnet-4-5'],
    ['anthropic', 'claude-opus-5-20260401', 'anthropic/claude-opus-5'],
    ['mistral', 'mistral-large-2411', 'mistral/mistral-large'],
    ['x_ai', 'grok-4', 'x-ai/grok-4-0709'],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 'openrouter/anthropic/claude-sonnet-4.5'],
    ['groq', 'meta-llama/llama-4-scout-17b-16e-instruct', 'groq/meta-llama/llama-4-scout-17b-16e-instruct'],
    ['langchain', 'gpt-4o', 'openai/gpt-4o'],
    [undefined, 'claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
    [
      undefined,
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0',
    ],
    [
      'aws.bedrock',
      'anthropic.claude-3-5-haiku-20241022-v1:0',
      'aws/regional.anthropic.claude-3-5-haiku-20241022-v1:0',
    ],
    [
      'aws.bedrock',
      'global.anthropic.claude-opus-4-5-20251101-v1:0',
      'aws/global.anthropic.claude-opus-4-5-v1:0',
    ],
  ])('%s %s', (provider, model, id) => {
    const { source, rateMatch, status } = book.price(queryOf(provider, model));
    expect(source?.replace(/^genai-prices\/(.*)@[\d.]+$/, '$1')).toBe(id);
    expect({ rateMatch, status }).toEqual({ rateMatch: undefined, status: undefined });
  });
});

describe('model names that are rewritten', () => {
  it.each([
    [undefined, 'anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    [undefined, 'openrouter/anthropic/claude-sonnet-4.5', 'openrouter/anthropic/claude-sonnet-4.5'],
    [undefined, 'x-ai/grok-4', 'x-ai/grok-4-0709'],
    ['Some Gateway', 'anthropic/claude-sonnet-4.6', 'anthropic/claude-sonnet-4-6'],
    [
      'litellm',
      'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0',
    ],
    ['litellm', 'vertex_ai/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['litellm', 'azure/gpt-4o', 'azure/gpt-4o'],
    ['google', 'models/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    [undefined, 'publishers/google/models/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    [
      undefined,
      'projects/p/locations/l/publishers/google/models/gemini-2.5-flash',
      'google/gemini-2.5-flash',
    ],
    ['vertex_ai', 'publishers/anthropic/models/claude-sonnet-4-5@20250929', 'google/claude-sonnet-4-5'],
    [
      'aws.bedrock',
      arn('inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
      'aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
    [
      undefined,
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0',
      'aws/regional.anthropic.claude-3-haiku-20240307-v1:0',
    ],
  ])('%s %s', (provider, model, id) => {
    const { source, rateMatch } = book.price(queryOf(provider, model));
    expect(source?.replace(/^genai-prices\/(.*)@[\d.]+$/, '$1')).toBe(id);
    expect(rateMatch).toBe('alias');
  });
});

describe('matches that are flagged', () => {
  it.each([
    ['anthropic', 'claude-sonnet-5-5', 'prefix', 'prefix_match'],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:org::id', 'prefix', 'prefix_match'],
    ['acme', 'gpt-4o', undefined, 'guessed_provider'],
    ['openai', 'deepseek-chat', undefined, 'guessed_provider'],
  ])('%s %s', (provider, model, rateMatch, reason) => {
    const billed = book.price(queryOf(provider, model));
    expect(billed.pico).toBeGreaterThan(0);
    expect(billed).toMatchObject({ rateMatch, status: 'estimated', reason });
  });

  it('the requested model, when the one that answered has no price', () => {
    const billed = book.price(queryOf('openai', 'gpt-4o-nightly', { requestModel: 'gpt-4o' }));
    expect(billed).toMatchObject({ pico: 3.5e9, rateMatch: 'alias' });
  });

  it('not the requested model, when the one that answered is unknown', () => {
    const billed = book.price(queryOf('openai', undefined, { requestModel: 'gpt-4o' }));
    expect(billed).toMatchObject({ pico: 3.5e9, rateMatch: undefined });
  });
});

describe('models without a known vendor, or without this price', () => {
  it.each([
    ['ollama', 'deepseek-r1:8b'],
    ['ollama', 'granite4:latest'],
    ['acme', 'deepseek-r1:8b'],
    ['acme', 'claude-sonnet-5-5'],
    ['huggingface', 'deepseek-ai/DeepSeek-R1'],
    ['openai', 'google/gemma-3-27b-it'],
    ['openai', 'ft:gpt-4o-mini:org::id'],
    ['openai', 'ft:gpt-4-0613:org::id'],
    ['aws.bedrock', arn('application-inference-profile/abc123')],
    ['aws.bedrock', arn('custom-model/anthropic.claude-3-haiku-20240307-v1:0:200k/abc')],
    ['google', 'projects/p/locations/l/endpoints/gemini-2.5-pro'],
    ['groq', 'gpt-4o'],
    [undefined, 'constructor'],
    ['__proto__', 'toString'],
  ])('%s %s', (provider, model) => {
    expect(book.price(queryOf(provider, model)).reason).toBe('unknown_model');
  });
});

describe('suffixes that make another product', () => {
  const flag = { rateMatch: 'prefix', status: 'estimated', reason: 'prefix_match' };

  it.each([
    ['anthropic', 'claude-opus-4-6-fast'],
    ['anthropic', 'claude-sonnet-4-5-thinking'],
    ['anthropic', 'claude-sonnet-4-5-high'],
    ['openrouter', 'openai/gpt-4o:nitro'],
    ['openrouter', 'openai/gpt-4o:floor'],
    ['openrouter', 'openai/gpt-4o:online'],
    ['openrouter', 'anthropic/claude-sonnet-4.5:nitro'],
    ['openrouter', 'meta-llama/llama-3.3-70b-instruct:exacto'],
  ])('%s %s is priced as the model, and estimated', (provider, model) => {
    const billed = book.price(queryOf(provider, model));
    expect(billed.pico).toBeGreaterThan(0);
    expect(billed).toMatchObject({ status: flag.status, reason: flag.reason });
  });

  it.each([
    ['openrouter', 'openai/gpt-4o', 'openai/gpt-4o:online'],
    ['openrouter', 'openai/gpt-4o', 'openai/gpt-4o:nitro'],
    ['anthropic', 'claude-opus-5', 'claude-opus-5-fast'],
  ])('%s %s, requested as %s', (provider, model, requestModel) => {
    const billed = book.price(queryOf(provider, model, { requestModel }));
    expect(billed.pico).toBeGreaterThan(0);
    expect(billed).toMatchObject(flag);
  });

  it('of which the list has a price are billed at it, also where the answer leaves them out', () => {
    const asked = { requestModel: 'openai/gpt-4o:extended' };
    const billed = book.price(queryOf('openrouter', 'openai/gpt-4o', asked));
    expect(billed).toMatchObject({ pico: 7.8e9, status: undefined });
    const fast = { requestModel: 'anthropic/claude-opus-4.6-fast' };
    expect(book.price(queryOf('openrouter', 'anthropic/claude-opus-4.6', fast))).toMatchObject({
      pico: 45e9,
      status: undefined,
    });
    const free = { requestModel: 'deepseek/deepseek-r1:free' };
    expect(book.price(queryOf('openrouter', 'deepseek/deepseek-r1', free))).toMatchObject({
      pico: 0,
      status: 'free',
    });
  });

  it.each([
    ['azure', 'gpt-4o-2024-08-06', 'gpt-4o-prod'],
    ['openai', 'gpt-4o-2024-08-06', 'gpt-4o'],
    ['x-ai', 'grok-4-fast-reasoning', 'grok-4-fast'],
    ['aws.bedrock', undefined, 'anthropic.claude-3-haiku-20240307-v1:0'],
  ])('%s %s, requested as %s, is no variant', (provider, model, requestModel) => {
    expect(book.price(queryOf(provider, model, { requestModel })).status).toBeUndefined();
  });

  it('an answer without a price takes that of the request, and says that it is another model', () => {
    const other = book.price(queryOf('openai', 'qq-9', { requestModel: 'gpt-4o' }));
    expect(other).toMatchObject({ pico: 3.5e9, rateMatch: 'alias', reason: 'prefix_match' });
  });

  it('models that a vendor gives away are free under their own names only', () => {
    expect(book.price(queryOf('google', 'gemma-3-27b-it'))).toMatchObject({ status: 'free' });
    expect(book.price(queryOf('openrouter', 'google/gemma-3-27b-it-pro')).pico).toBeUndefined();
    expect(book.price(queryOf('openrouter', 'deepseek/deepseek-r1:free:online')).status).toBe('estimated');
  });
});

describe('routers', () => {
  const usage = usageOf({ input: 100_000, output: 1000 });
  const routed = (requestModel: string, timeMillis = NOON, provider = 'azure') =>
    book.price(queryOf(provider, 'gpt-5-nano-2025-08-07', { requestModel, timeMillis, usage }));

  it.each(['model-router', 'Model-Router-2025-11-18', 'azure_ai/model_router/my-router', 'auto'])(
    '%s of Azure adds its fee to the model that answered',
    (name) => {
      const billed = routed(name);
      expect(billed.pico).toBe(0.0194e12);
      expect(billed.status).toBeUndefined();
      expect(billed.source).toMatch(
        /^corrections\/azure\/model-router\+genai-prices\/azure\/gpt-5-nano@\d+\.\d+\.\d+$/,
      );
    },
  );

  it('is charged on cached input as well, and not before November 2025', () => {
    const cached = usageOf({ cacheRead: 100_000 });
    const query = queryOf('azure', 'gpt-5-nano-2025-08-07', { requestModel: 'model-router', usage: cached });
    expect(book.price(query).pico).toBe(0.0145e12);
    expect(routed('model-router', Date.parse('2025-10-31T23:59:59Z')).pico).toBe(0.0054e12);
    expect(routed('model-router', Date.parse('2025-11-01T00:00:00Z')).pico).toBe(0.0194e12);
  });

  it('of others have no fee, and are priced as the model that answered', () => {
    const billed = book.price(queryOf('openrouter', 'openai/gpt-4o', { requestModel: 'openrouter/auto' }));
    expect(billed).toMatchObject({ pico: 3.5e9, status: undefined });
    expect(routed('auto', NOON, 'openai').pico).toBe(0.0054e12);
    expect(book.price(queryOf('openrouter', 'openrouter/auto')).pico).toBeUndefined();
    expect(book.price(queryOf('azure', 'model-router')).pico).toBeUndefined();
  });
});
