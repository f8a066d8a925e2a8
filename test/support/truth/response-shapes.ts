/** The usage objects of providers. */
import { type Counts, INPUTS, type Kind, OUTPUTS, sum, TIME } from './counts.js';
import { type Leaf, leaf, type Named, type Shape } from './encoding.js';
import type { Report } from './report.js';

const CACHED = ['cacheRead', 'cacheReadAudio'] as const satisfies readonly Kind[];
export const WRITTEN = ['cacheWrite', 'cacheWrite1h'] as const satisfies readonly Kind[];

export const allInput = (c: Counts) => sum(c, INPUTS);
export const allOutput = (c: Counts) => sum(c, OUTPUTS);
export const all = (c: Counts) => allInput(c) + allOutput(c);

export function call(response: (usage: unknown, model: string) => object, more: object = {}): Shape['wrap'] {
  return (usage, { model, provider }: Named): Report['input'] => ({
    calls: [{ provider, model, time: TIME, ...more, response: response(usage, model) }],
  });
}

const chat = call((usage, model) => ({ id: 'c', object: 'chat.completion', model, choices: [], usage }));
const message = call((usage, model) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  usage,
}));

/** Chat completions of OpenAI and of all that imitate them. */
function chatCounts(c: Counts, input = 'prompt_tokens', output = 'completion_tokens'): Leaf[] {
  return [
    ...leaf(input, allInput(c), 'input'),
    ...leaf(output, allOutput(c), 'output'),
    ...leaf('total_tokens', all(c), 'total'),
    ...leaf(`${input}_details/cached_tokens`, c.cacheRead, 'cache'),
    ...leaf(`${input}_details/cache_write_tokens`, c.cacheWrite, 'cache'),
    ...leaf(`${output}_details/reasoning_tokens`, c.reasoning, 'part'),
  ];
}

const openAiShapes: Shape[] = [
  {
    name: 'OpenAI chat',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    encode: (c) => chatCounts(c),
    wrap: chat,
  },
  {
    name: 'OpenAI responses',
    model: 'gpt-5.6-sol',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
    cache: 'inside',
    reasoning: 'inside',
    encode: (c) => chatCounts(c, 'input_tokens', 'output_tokens'),
    wrap: call((usage, model) => ({ id: 'resp_1', object: 'response', model, output: [], usage })),
  },
  {
    name: 'OpenAI realtime',
    model: 'gpt-realtime-mini',
    provider: 'openai',
    kinds: ['input', 'inputAudio', 'inputImage', 'cacheRead', 'cacheReadAudio', 'output', 'outputAudio'],
    encode: (c) => [
      ...leaf('input_tokens', allInput(c), 'input'),
      ...leaf('output_tokens', allOutput(c), 'output'),
      ...leaf('total_tokens', all(c), 'total'),
      ...leaf('input_token_details/text_tokens', c.input + c.cacheRead, 'part', true),
      ...leaf('input_token_details/audio_tokens', c.inputAudio + c.cacheReadAudio, 'part', true),
      ...leaf('input_token_details/image_tokens', c.inputImage, 'part', true),
      ...leaf('input_token_details/cached_tokens', sum(c, CACHED), 'cache', true),
      ...leaf('input_token_details/cached_tokens_details/text_tokens', c.cacheRead, 'cache', true),
      ...leaf('input_token_details/cached_tokens_details/audio_tokens', c.cacheReadAudio, 'cache', true),
      ...leaf('output_token_details/text_tokens', c.output, 'part', true),
      ...leaf('output_token_details/audio_tokens', c.outputAudio, 'part', true),
    ],
    wrap: (usage, { model, provider }) => ({
      calls: [
        { provider, model, time: TIME, stream: [{ type: 'response.done', response: { id: 'r1', usage } }] },
      ],
    }),
  },
  {
    name: 'OpenAI images',
    model: 'gpt-image-1.5',
    provider: 'openai',
    kinds: ['input', 'inputImage', 'outputImage'],
    encode: (c) => [
      ...leaf('input_tokens', allInput(c), 'input'),
      ...leaf('output_tokens', allOutput(c), 'output'),
      ...leaf('total_tokens', all(c), 'total'),
      ...leaf('input_tokens_details/text_tokens', c.input, 'part', true),
      ...leaf('input_tokens_details/image_tokens', c.inputImage, 'part', true),
    ],
    wrap: call((usage) => ({ created: 1, data: [{ b64_json: 'AAAA' }], usage }), {
      operation: 'image_generation',
    }),
  },
  {
    name: 'Mistral camel case',
    model: 'mistral-medium-3-5',
    provider: 'mistral',
    kinds: ['input', 'cacheRead', 'output'],
    cache: 'inside',
    encode: (c) => [
      ...leaf('promptTokens', allInput(c), 'input'),
      ...leaf('completionTokens', allOutput(c), 'output'),
      ...leaf('totalTokens', all(c), 'total'),
      ...leaf('promptTokensDetails/cachedTokens', c.cacheRead, 'cache'),
    ],
    wrap: chat,
  },
  {
    name: 'xAI',
    model: 'grok-4',
    provider: 'xai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    encode: (c) => [
      ...leaf('prompt_tokens', allInput(c), 'input'),
      ...leaf('completion_tokens', c.output, 'output'),
      // Without the total, nothing but the provider tells that reasoning is beside the output.
      ...leaf('total_tokens', all(c), 'total', c.reasoning === 0),
      ...leaf('prompt_tokens_details/cached_tokens', c.cacheRead, 'cache'),
      ...leaf('completion_tokens_details/reasoning_tokens', c.reasoning, 'part', true),
    ],
    wrap: chat,
  },
  {
    name: 'DeepSeek',
    model: 'deepseek-v4-pro',
    provider: 'deepseek',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    encode: (c) => [
      ...leaf('prompt_tokens', allInput(c), 'input'),
      ...leaf('completion_tokens', allOutput(c), 'output'),
      ...leaf('total_tokens', all(c), 'total'),
      ...leaf('prompt_cache_hit_tokens', c.cacheRead, 'cache', true),
      ...leaf('prompt_cache_miss_tokens', c.input, 'part', true),
      ...leaf('completion_tokens_details/reasoning_tokens', c.reasoning, 'part'),
    ],
    wrap: chat,
  },
  {
    name: 'Perplexity',
    model: 'sonar-deep-research',
    provider: 'perplexity',
    kinds: ['input', 'output', 'reasoning', 'citation', 'searches'],
    encode: (c) => [
      ...leaf('prompt_tokens', c.input, 'input'),
      ...leaf('completion_tokens', c.output, 'output'),
      ...leaf('total_tokens', c.input + c.output, 'total'),
      ...leaf('reasoning_tokens', c.reasoning, 'part'),
      ...leaf('citation_tokens', c.citation, 'part'),
      ...leaf('num_search_queries', c.searches, 'part'),
    ],
    wrap: chat,
  },
];

const vendorShapes: Shape[] = [
  {
    name: 'Anthropic',
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output'],
    cache: 'outside',
    encode: (c) => [
      ...leaf('input_tokens', c.input, 'input'),
      ...leaf('cache_creation_input_tokens', sum(c, WRITTEN), 'cache', true),
      ...leaf('cache_read_input_tokens', c.cacheRead, 'cache'),
      ...leaf('cache_creation/ephemeral_5m_input_tokens', c.cacheWrite, 'part', true),
      // Alone, it is the sum beside it, and what is left says that all was written for five minutes.
      ...leaf('cache_creation/ephemeral_1h_input_tokens', c.cacheWrite1h, 'part', c.cacheWrite > 0),
      ...leaf('output_tokens', c.output, 'output'),
    ],
    wrap: message,
  },
  {
    name: 'Bedrock Converse',
    model: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    provider: 'aws.bedrock',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output'],
    cache: 'outside',
    encode: (c) => [
      ...leaf('inputTokens', c.input, 'input'),
      ...leaf('outputTokens', c.output, 'output'),
      ...leaf('totalTokens', all(c), 'total'),
      ...leaf('cacheReadInputTokens', c.cacheRead, 'cache', true),
      ...leaf('cacheWriteInputTokens', c.cacheWrite, 'cache', true),
    ],
    wrap: call((usage) => ({
      output: { message: {} },
      stopReason: 'end_turn',
      usage,
      metrics: { latencyMs: 812 },
    })),
  },
  {
    name: 'Gemini',
    model: 'gemini-2.5-flash',
    provider: 'google',
    kinds: ['input', 'inputAudio', 'cacheRead', 'cacheReadAudio', 'output', 'reasoning'],
    encode: (c) => [
      ...leaf('promptTokenCount', allInput(c), 'input'),
      ...leaf('candidatesTokenCount', c.output, 'output'),
      ...leaf('thoughtsTokenCount', c.reasoning, 'part', true),
      ...leaf('totalTokenCount', all(c), 'total'),
      ...leaf('cachedContentTokenCount', sum(c, CACHED), 'cache', true),
      ...modalities('promptTokensDetails', c.input + c.cacheRead, c.inputAudio + c.cacheReadAudio),
      ...modalities('cacheTokensDetails', c.cacheRead, c.cacheReadAudio),
    ],
    wrap: call((usageMetadata, modelVersion) => ({ candidates: [], modelVersion, usageMetadata })),
  },
  {
    name: 'Cohere',
    model: 'command-a-03-2025',
    provider: 'cohere',
    kinds: ['input', 'output'],
    encode: (c) => [
      ...leaf('billed_units/input_tokens', c.input, 'input'),
      // Without an output, it is what an embedding says.
      ...leaf('billed_units/output_tokens', c.output, 'output', false),
    ],
    wrap: call((usage) => ({ id: 'c', finish_reason: 'COMPLETE', message: {}, usage })),
  },
];

function modalities(list: string, text: number, audio: number): Leaf[] {
  return [
    ...leaf(`${list}/0/modality`, text + audio > 0 ? 'TEXT' : undefined, 'label'),
    ...leaf(`${list}/0/tokenCount`, text, 'part', true),
    ...leaf(`${list}/1/modality`, audio > 0 ? 'AUDIO' : undefined, 'label'),
    ...leaf(`${list}/1/tokenCount`, audio, 'part', true),
  ];
}

export const PROVIDER_SHAPES: readonly Shape[] = [...openAiShapes, ...vendorShapes];
