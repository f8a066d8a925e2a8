/** The attributes of other instrumentations' spans. */
import type { Attributes } from '@opentelemetry/api';
import { CACHES, type Counts, INPUTS, OUTPUTS, sum, TIME } from './counts.js';
import { attribute, type Named, type Shape } from './encoding.js';
import type { Report } from './report.js';

function span(scope: string, attributes: (named: Named) => object): Shape['wrap'] {
  return (usage, named): Report['input'] => ({
    spans: [
      {
        name: `chat ${named.model}`,
        scope,
        time: TIME,
        attributes: { ...attributes(named), ...numbersOf(usage) },
      },
    ],
  });
}

function numbersOf(usage: Record<string, unknown>): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(usage)) {
    if (typeof value === 'number' || typeof value === 'string') attributes[key] = value;
  }
  return attributes;
}

function isMoreCache(counts: Counts): boolean {
  const cached = sum(counts, CACHES);
  return cached === 0 || cached > counts.input;
}

const conventions = ({ model, provider }: Named) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': provider,
  'gen_ai.request.model': model,
});
const GEN_AI = ['gen_ai.usage.'];

export const SPAN_SHAPES: readonly Shape[] = [
  {
    name: 'span, conventions',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    prefixes: GEN_AI,
    encode: (c) => [
      ...attribute('gen_ai.usage.input_tokens', sum(c, INPUTS), 'input'),
      ...attribute('gen_ai.usage.output_tokens', sum(c, OUTPUTS), 'output'),
      ...attribute('gen_ai.usage.cache_read.input_tokens', c.cacheRead, 'cache'),
      ...attribute('gen_ai.usage.cache_creation.input_tokens', c.cacheWrite, 'cache'),
      ...attribute('gen_ai.usage.reasoning.output_tokens', c.reasoning, 'part'),
    ],
    wrap: span('conventions', conventions),
  },
  {
    name: 'span, modalities of the conventions',
    model: 'gpt-realtime-mini',
    provider: 'openai',
    kinds: ['input', 'inputAudio', 'inputImage', 'output', 'outputAudio'],
    prefixes: GEN_AI,
    encode: (c) => [
      ...attribute('gen_ai.usage.input_tokens', sum(c, INPUTS), 'input'),
      ...attribute('gen_ai.usage.output_tokens', sum(c, OUTPUTS), 'output'),
      ...attribute('gen_ai.usage.text.input_tokens', c.input, 'part', true),
      ...attribute('gen_ai.usage.audio.input_tokens', c.inputAudio, 'part', true),
      ...attribute('gen_ai.usage.image.input_tokens', c.inputImage, 'part', true),
      ...attribute('gen_ai.usage.text.output_tokens', c.output, 'part', true),
      ...attribute('gen_ai.usage.audio.output_tokens', c.outputAudio, 'part', true),
    ],
    wrap: span('conventions', conventions),
  },
  {
    name: 'span, old names',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    prefixes: ['gen_ai.usage.', 'llm.usage.'],
    encode: (c) => [
      ...attribute('gen_ai.usage.prompt_tokens', sum(c, INPUTS), 'input'),
      ...attribute('gen_ai.usage.completion_tokens', sum(c, OUTPUTS), 'output'),
      ...attribute('llm.usage.total_tokens', sum(c, [...INPUTS, ...OUTPUTS]), 'total'),
      ...attribute('gen_ai.usage.cache_read_input_tokens', c.cacheRead, 'cache'),
      ...attribute('gen_ai.usage.reasoning_tokens', c.reasoning, 'part'),
    ],
    wrap: span('old', ({ model, provider }) => ({
      'llm.request.type': 'chat',
      'gen_ai.system': provider,
      'gen_ai.request.model': model,
    })),
  },
  {
    name: 'span, OpenInference',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    prefixes: ['llm.token_count.'],
    encode: (c) => [
      ...attribute('llm.token_count.prompt', sum(c, INPUTS), 'input'),
      ...attribute('llm.token_count.completion', sum(c, OUTPUTS), 'output'),
      ...attribute('llm.token_count.total', sum(c, [...INPUTS, ...OUTPUTS]), 'total'),
      ...attribute('llm.token_count.prompt_details.cache_read', c.cacheRead, 'cache'),
      ...attribute('llm.token_count.completion_details.reasoning', c.reasoning, 'part'),
    ],
    wrap: span('@arizeai/openinference-instrumentation-x', ({ model, provider }) => ({
      'openinference.span.kind': 'LLM',
      'llm.provider': provider,
      'llm.system': provider,
      'llm.model_name': model,
    })),
  },
  {
    name: 'span, OpenInference with Bedrock',
    model: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    provider: 'aws',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output'],
    cache: 'outside',
    prefixes: ['llm.token_count.'],
    encode: (c) => [
      ...attribute('llm.token_count.prompt', c.input, 'input'),
      ...attribute('llm.token_count.completion', c.output, 'output'),
      // Without the total, only more cache than prompt tells that the cache is beside it.
      ...attribute('llm.token_count.total', sum(c, [...INPUTS, ...OUTPUTS]), 'total', isMoreCache(c)),
      ...attribute('llm.token_count.prompt_details.cache_read', c.cacheRead, 'cache', true),
      ...attribute('llm.token_count.prompt_details.cache_write', c.cacheWrite, 'cache', true),
    ],
    wrap: span('@arizeai/openinference-instrumentation-bedrock', ({ model, provider }) => ({
      'openinference.span.kind': 'LLM',
      'llm.provider': provider,
      'llm.system': 'anthropic',
      'llm.model_name': model,
    })),
  },
  {
    name: 'span, AI SDK 5',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    prefixes: ['gen_ai.usage.', 'ai.usage.'],
    encode: (c) => [
      ...attribute('gen_ai.usage.input_tokens', sum(c, INPUTS), 'input'),
      ...attribute('gen_ai.usage.output_tokens', sum(c, OUTPUTS), 'output'),
      ...attribute('ai.usage.inputTokens', sum(c, INPUTS), 'input'),
      ...attribute('ai.usage.outputTokens', sum(c, OUTPUTS), 'output'),
      ...attribute('ai.usage.totalTokens', sum(c, [...INPUTS, ...OUTPUTS]), 'total'),
      ...attribute('ai.usage.cachedInputTokens', c.cacheRead, 'cache'),
      ...attribute('ai.usage.reasoningTokens', c.reasoning, 'part'),
    ],
    wrap: span('ai', ({ model, provider }) => ({
      'operation.name': 'ai.generateText.doGenerate',
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.id': model,
      'ai.model.provider': provider,
      'gen_ai.system': provider,
      'gen_ai.request.model': model,
    })),
  },
];
