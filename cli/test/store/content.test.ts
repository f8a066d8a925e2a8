import { priceSpans } from 'otel-agent-cost/offline';
import { afterEach, describe, expect, it } from 'vitest';
import { withoutContent } from '../../src/store/content.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { span } from '../support/made.js';

const SECRET = 'the patient said that';
const MESSAGES = JSON.stringify([{ role: 'user', content: SECRET }]);
const RESULT = JSON.stringify({
  content: [{ type: 'text', text: JSON.stringify({ answer: SECRET, costDollars: { total: 0.007 } }) }],
  structuredContent: { note: SECRET, cost_usd: 0.02, currency: 'USD' },
  isError: false,
});

/** Spans as instrumentations record them, with content. */
const RECORDED: Record<string, Record<string, unknown>> = {
  'gen_ai chat': {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1_000,
    'gen_ai.usage.output_tokens': 100,
    'gen_ai.input.messages': MESSAGES,
    'gen_ai.output.messages': MESSAGES,
    'gen_ai.system_instructions': MESSAGES,
    'gen_ai.tool.definitions': MESSAGES,
  },
  'OpenLLMetry chat': {
    'gen_ai.system': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    'llm.request.type': 'chat',
    'gen_ai.usage.prompt_tokens': 1_000,
    'gen_ai.usage.completion_tokens': 100,
    'gen_ai.prompt.0.content': SECRET,
    'gen_ai.completion.0.content': SECRET,
    'traceloop.entity.input': MESSAGES,
  },
  'OpenInference LLM with a copy of the response': {
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'gpt-4o',
    'llm.token_count.prompt': 1_000,
    'llm.token_count.completion': 100,
    'llm.input_messages.0.message.content': SECRET,
    'llm.output_messages.0.message.content': SECRET,
    'input.value': MESSAGES,
    'output.value': JSON.stringify({
      id: 'chatcmpl-1',
      choices: [{ message: SECRET }],
      usage: { total_tokens: 1_100 },
    }),
  },
  'OpenInference LangChain with cache writes': {
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'claude-sonnet-4-5',
    'llm.provider': 'anthropic',
    'llm.token_count.prompt': 1_000,
    'llm.token_count.completion': 100,
    'output.value': `{"generations":[[{"text":${JSON.stringify(SECRET)},"message":{"kwargs":{"id":"msg_1","usage_metadata":{"input_tokens":1000,"input_token_details":{"cache_creation":400}}}}}]]}`,
  },
  'OpenInference Bedrock': {
    'openinference.span.kind': 'LLM',
    'llm.provider': 'aws',
    'llm.model_name': 'anthropic',
    'input.value': JSON.stringify({ modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0', messages: SECRET }),
    'output.value': JSON.stringify({
      answer: SECRET,
      usage: { inputTokens: 1_000, outputTokens: 10, cacheReadInputTokens: 5 },
    }),
  },
  'AI SDK': {
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.id': 'gpt-4o',
    'ai.usage.promptTokens': 1_000,
    'ai.usage.completionTokens': 100,
    'ai.prompt.messages': MESSAGES,
    'ai.response.text': SECRET,
    'ai.response.toolCalls': MESSAGES,
  },
  'a tool with a bill in its result': {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'gen_ai.tool.call.arguments': MESSAGES,
    'gen_ai.tool.call.result': RESULT,
  },
  'an unknown key with a long text': { 'gen_ai.operation.name': 'chat', 'my.notes': SECRET.repeat(100) },
};

describe('content', () => {
  it.each(Object.entries(RECORDED))('of %s is dropped, and its price stays the same', (_name, attributes) => {
    const kept = withoutContent(attributes);
    expect(JSON.stringify(kept)).not.toContain('patient');
    const price = (given: Readonly<Record<string, unknown>>) =>
      priceSpans(
        [
          {
            traceId: 'a'.repeat(32),
            spanId: 'b'.repeat(16),
            name: 'span',
            startTimeUnixNano: 1_790_000_000_000_000_000n,
            endTimeUnixNano: 1_790_000_001_000_000_000n,
            attributes: given,
          },
        ],
        { tools: { search: { billable: true } } },
      ).map((priced) => priced.attributes);
    expect(price(kept)).toEqual(price(attributes));
  });

  it('leaves spans without content as they are', () => {
    const attributes = { 'gen_ai.operation.name': 'chat', cost_usd: 0.1 };
    expect(withoutContent(attributes)).toBe(attributes);
  });

  it('keeps a hash of the arguments, equal for equal ones', () => {
    const hashOf = (value: unknown) =>
      withoutContent({ 'gen_ai.tool.call.arguments': value })['cost.arguments_hash'];
    expect(hashOf('{"q":"a"}')).toMatch(/^[\w-]{22}$/);
    expect(hashOf('{"q":"a"}')).toBe(hashOf('{"q":"a"}'));
    expect(hashOf('{"q":"a"}')).not.toBe(hashOf('{"q":"b"}'));
  });
});

describe('a store', () => {
  let store: Store;
  afterEach(() => store.close());

  async function exported(keepContent: boolean): Promise<string> {
    store = await openStore({ keepContent });
    await store.add(Object.values(RECORDED).map((attributes) => span(attributes)));
    let json = '';
    for await (const piece of store.otlpJson('all')) json += piece;
    JSON.parse(json);
    return json;
  }

  it('keeps no content', async () => {
    expect(await exported(false)).not.toContain('patient');
  });

  it('keeps content when asked', async () => {
    expect(await exported(true)).toContain(SECRET);
  });
});
