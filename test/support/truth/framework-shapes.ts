/** The usage objects of frameworks. */
import { sum } from './counts.js';
import { leaf, type Shape } from './encoding.js';
import { all, allInput, allOutput, call, WRITTEN } from './response-shapes.js';

const aiSdk = call((usage, modelId) => ({
  text: 'x',
  finishReason: 'stop',
  usage,
  totalUsage: usage,
  response: { id: 'r', modelId },
}));

export const FRAMEWORK_SHAPES: readonly Shape[] = [
  {
    name: 'AI SDK 5',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    encode: (c) => [
      ...leaf('inputTokens', allInput(c), 'input'),
      ...leaf('outputTokens', allOutput(c), 'output'),
      ...leaf('totalTokens', all(c), 'total'),
      ...leaf('reasoningTokens', c.reasoning, 'part'),
      ...leaf('cachedInputTokens', c.cacheRead, 'cache'),
    ],
    wrap: aiSdk,
  },
  {
    name: 'AI SDK 5 with Anthropic',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'output'],
    needsProvider: true,
    encode: (c) => [
      ...leaf('inputTokens', c.input, 'input'),
      ...leaf('outputTokens', c.output, 'output'),
      ...leaf('totalTokens', c.input + c.output, 'total'),
      ...leaf('cachedInputTokens', c.cacheRead, 'cache'),
    ],
    // Its results always name the provider so. Without that, OpenRouter's look the same and hold the cache.
    wrap: call((usage, modelId) => ({
      text: 'x',
      finishReason: 'stop',
      usage,
      totalUsage: usage,
      response: { id: 'r', modelId },
      providerMetadata: { anthropic: { cacheCreationInputTokens: 0 } },
    })),
  },
  {
    name: 'AI SDK 6 and 7',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
    encode: (c) => [
      ...leaf('inputTokens', allInput(c), 'input'),
      ...leaf('inputTokenDetails/noCacheTokens', c.input, 'part', true),
      ...leaf('inputTokenDetails/cacheReadTokens', c.cacheRead, 'cache', true),
      ...leaf('inputTokenDetails/cacheWriteTokens', c.cacheWrite, 'cache', true),
      ...leaf('outputTokens', allOutput(c), 'output'),
      ...leaf('outputTokenDetails/textTokens', c.output, 'part', true),
      ...leaf('outputTokenDetails/reasoningTokens', c.reasoning, 'part', true),
      ...leaf('totalTokens', all(c), 'total'),
      ...leaf('reasoningTokens', c.reasoning, 'part', true),
      ...leaf('cachedInputTokens', c.cacheRead, 'cache', true),
    ],
    wrap: aiSdk,
  },
  {
    name: 'AI SDK provider',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
    encode: (c) => [
      ...leaf('inputTokens/total', allInput(c), 'input'),
      ...leaf('inputTokens/noCache', c.input, 'part', true),
      ...leaf('inputTokens/cacheRead', c.cacheRead, 'cache', true),
      ...leaf('inputTokens/cacheWrite', c.cacheWrite, 'cache', true),
      ...leaf('outputTokens/total', allOutput(c), 'output'),
      ...leaf('outputTokens/text', c.output, 'part', true),
      ...leaf('outputTokens/reasoning', c.reasoning, 'part', true),
    ],
    wrap: call((usage, modelId) => ({
      content: [],
      finishReason: 'stop',
      usage,
      response: { id: 'r', modelId },
    })),
  },
  {
    name: 'LangChain',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    encode: (c) => [
      ...leaf('input_tokens', allInput(c), 'input'),
      ...leaf('output_tokens', allOutput(c), 'output'),
      ...leaf('total_tokens', all(c), 'total'),
      ...leaf('input_token_details/cache_read', c.cacheRead, 'cache'),
      ...leaf('input_token_details/cache_creation', c.cacheWrite, 'cache'),
      ...leaf('output_token_details/reasoning', c.reasoning, 'part'),
    ],
    wrap: call((usage_metadata, model_name) => ({
      content: 'x',
      additional_kwargs: {},
      response_metadata: { model_name },
      usage_metadata,
    })),
  },
  {
    name: 'pi',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output'],
    cache: 'outside',
    encode: (c) => [
      ...leaf('input', c.input, 'input'),
      ...leaf('output', c.output, 'output'),
      ...leaf('cacheRead', c.cacheRead, 'cache', true),
      ...leaf('cacheWrite', sum(c, WRITTEN), 'cache', true),
      ...leaf('cacheWrite1h', c.cacheWrite1h, 'part'),
      ...leaf('totalTokens', all(c), 'total'),
    ],
    wrap: call((usage, model) => ({
      role: 'assistant',
      content: [],
      api: 'anthropic-messages',
      model,
      usage,
    })),
  },
];
