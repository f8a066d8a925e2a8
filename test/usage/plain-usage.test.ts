import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainRecord, readPlainSpan } from '../../src/usage/plain-usage.js';
import { readInFull } from '../../src/usage/read-usage.js';
import { readWholeUsage } from '../../src/usage/span-usage.js';

const COUNTS = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.prompt_tokens',
  'gen_ai.usage.completion_tokens',
  'gen_ai.usage.total_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.reasoning.output_tokens',
  'gen_ai.usage.audio.input_tokens',
  'gen_ai.usage.text.input_tokens',
  'gen_ai.usage.text.output_tokens',
  'gen_ai.usage.foo_tokens',
  'llm.usage.total_tokens',
  'llm.token_count.prompt',
  'llm.token_count.completion',
  'llm.token_count.total',
  'llm.token_count.prompt_details.cache_read',
  'ai.usage.inputTokens',
  'ai.usage.outputTokens',
  'ai.usage.promptTokens',
  'ai.usage.completionTokens',
  'ai.usage.inputTokenDetails.noCacheTokens',
  'ai.usage.inputTokenDetails.cacheReadTokens',
  'ai.usage.outputTokenDetails.textTokens',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'gen_ai.usage.cost',
  'operation.cost',
  'llm.cost.total',
  'http.response.status_code',
];

const TEXTS: Record<string, readonly string[]> = {
  'gen_ai.operation.name': ['chat', 'embeddings', 'invoke_agent'],
  'gen_ai.system': ['openai', 'anthropic', 'gcp.vertex.agent'],
  'gen_ai.request.model': ['gpt-4o', 'gemini-2.5-flash', 'claude-sonnet-4-5', 'text-embedding-3-small'],
  'openinference.span.kind': ['LLM', 'EMBEDDING', 'AGENT'],
  'llm.provider': ['aws', 'openai'],
  'llm.request.type': ['chat', 'embedding'],
  'ai.operationId': ['ai.generateText.doGenerate', 'ai.embed.doEmbed'],
  'ai.response.providerMetadata': ['{"anthropic":{"cacheCreationInputTokens":5}}'],
  'genkit:metadata:subtype': ['model'],
  'genkit:output': ['{"usage":{"inputTokens":7,"outputTokens":3}}'],
  'gcp.vertex.agent.llm_response': ['{"usage_metadata":{"prompt_token_count":7,"candidates_token_count":3}}'],
  'output.value': [
    '{"usage":{"inputTokens":7,"outputTokens":3}}',
    '{"generations":[[{"message":{"usage_metadata":{"input_token_details":{"cache_creation":5}}}}]]}',
  ],
  'langfuse.observation.usage_details': ['{"input":7,"output":3}', '{"prompt_tokens":7}'],
  'langfuse.observation.cost_details': ['{"total":0.5}'],
  'gen_ai.usage.input_token_details': ['{"cache_read": 5}', 'text'],
  'gen_ai.usage.output_token_details': ["{'reasoning': 5}"],
};

const count = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(0, 10, 10, 30, 30, 40, 40) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(-0, -1, 0.5, Number.NaN, 2e12, '10', 'many', null) },
);
const text = fc
  .constantFrom(...Object.keys(TEXTS))
  .chain((key) => fc.constantFrom(...(TEXTS[key] ?? [])).map((value): [string, unknown] => [key, value]));
const span = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...COUNTS), count), { maxLength: 3 }),
    fc.array(text, { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([counts, texts, isPlain]): Record<string, unknown> => {
    const both = { 'gen_ai.usage.input_tokens': 30, 'gen_ai.usage.output_tokens': 10 };
    return { ...Object.fromEntries(counts), ...Object.fromEntries(texts), ...(isPlain && both) };
  });

describe('the plain reading of a span', () => {
  it('gives what the full reading gives, or nothing', () => {
    let plain = 0;
    const sources = fc.record({
      provider: fc.constantFrom(undefined, 'openai', 'anthropic', 'aws.bedrock'),
      model: fc.constantFrom(undefined, 'gpt-4o', 'gemini-2.5-pro', 'claude-sonnet-4-5'),
      recorder: fc.constantFrom(
        '',
        'ai',
        'openlit',
        'ruby_llm',
        '@arizeai/openinference-instrumentation-bedrock',
      ),
    });
    fc.assert(
      fc.property(span, sources, (attributes, source) => {
        const usage = readPlainSpan(attributes);
        if (usage === undefined) return;
        plain += usage === 'none' ? 0 : 1;
        expect(usage === 'none' ? undefined : usage).toEqual(readWholeUsage(attributes, source));
      }),
      { numRuns: 3000 },
    );
    expect(plain).toBeGreaterThan(150);
  });

  it.each([
    ['a total that says more', { 'gen_ai.usage.total_tokens': 50 }],
    ['cached tokens', { 'gen_ai.usage.cache_read.input_tokens': 5 }],
    ['a second statement that differs', { 'gen_ai.usage.prompt_tokens': 25 }],
    ['a name that nobody knows', { 'gen_ai.usage.foo_tokens': 5 }],
    ['a bill', { 'gen_ai.usage.cost': 0.01 }],
  ])('leaves %s to the full reading', (_, more) => {
    const counts = { 'gen_ai.usage.input_tokens': 30, 'gen_ai.usage.output_tokens': 10 };
    expect(readPlainSpan({ ...counts, ...more })).toBeUndefined();
    expect(readPlainSpan(counts)).toMatchObject({ tokens: { input: 30, output: 10 } });
  });
});

const NAMES = [
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'inputTokens',
  'outputTokens',
  'promptTokenCount',
  'candidatesTokenCount',
  'totalTokenCount',
  'thoughtsTokenCount',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cachedInputTokens',
  'reasoning_tokens',
  'text_tokens',
  'prompt_cache_miss_tokens',
  'noCacheTokens',
  'input',
  'output',
  'cacheRead',
  'foo_tokens',
  'total_time',
  'cost',
  'estimated_cost',
  'cost_in_usd_ticks',
  'search_context_size',
  'service_tier',
  'num_sources_used',
];
const details = fc.dictionary(
  fc.constantFrom(
    'cached_tokens',
    'audio_tokens',
    'text_tokens',
    'reasoning_tokens',
    'input_tokens',
    'cost',
    'foo',
  ),
  fc.constantFrom<unknown>(0, 0, 5, null, 'text'),
  { maxKeys: 3 },
);
const record = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(...NAMES),
      fc.oneof(
        { weight: 5, arbitrary: count },
        {
          weight: 1,
          arbitrary: fc.constantFrom<unknown>('low', 'standard', [1], true, 7n, { low: 0, high: 0 }),
        },
      ),
      { maxKeys: 3 },
    ),
    fc.dictionary(
      fc.constantFrom(
        'prompt_tokens_details',
        'inputTokenDetails',
        'outputTokenDetails',
        'raw',
        'billed_units',
        'meta',
      ),
      details,
      { maxKeys: 2 },
    ),
    fc.constantFrom(
      {},
      { prompt_tokens: 30, completion_tokens: 10 },
      { input_tokens: 30, output_tokens: 10 },
    ),
  )
  .map((parts): Record<string, unknown> => Object.assign({}, ...parts));

describe('the plain reading of a usage object', () => {
  it('gives what the full reading gives, or nothing', () => {
    let plain = 0;
    const hints = fc.record({
      provider: fc.constantFrom(undefined, 'openai', 'anthropic', 'perplexity'),
      model: fc.constantFrom(undefined, 'gpt-4o', 'gemini-2.5-pro', 'sonar-deep-research'),
    });
    fc.assert(
      fc.property(record, hints, (usage, hint) => {
        const read = readPlainRecord(usage);
        if (read === undefined) return;
        plain += 1;
        expect(read).toEqual(readInFull(usage, hint));
      }),
      { numRuns: 5000 },
    );
    expect(plain).toBeGreaterThan(200);
  });

  it.each([
    ['cached tokens', { prompt_tokens_details: { cached_tokens: 5 } }],
    ['text told apart', { prompt_tokens_details: { text_tokens: 0 } }],
    ['a bill', { cost: 0.01 }],
    ['the size of a search', { search_context_size: 'low' }],
    ['a name that nobody knows', { foo_tokens: 5 }],
  ])('leaves %s to the full reading', (_, more) => {
    const counts = {
      prompt_tokens: 30,
      completion_tokens: 10,
      completion_tokens_details: { reasoning_tokens: 0 },
    };
    expect(readPlainRecord({ ...counts, ...more })).toBeUndefined();
    expect(readPlainRecord(counts)?.tokens).toMatchObject({ input: 30, output: 10 });
  });
});
