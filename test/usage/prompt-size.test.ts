import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePromptTokens } from '../../src/usage/prompt-size.js';

const TEXT = 'a word '.repeat(300);
/** OpenAI's and Claude's tokenizers have 600 for it. */
const TOKENS = 600;

const ask = (request: object) => estimatePromptTokens({ model: 'gpt-4o', max_tokens: 10, ...request });
const say = (content: unknown) => ({ messages: [{ role: 'user', content }] });

describe('the most tokens of a prompt', () => {
  it.each<[string, object]>([
    ['OpenAI', say(TEXT)],
    ['OpenAI responses', { input: TEXT, instructions: '' }],
    ['OpenAI responses, items', { input: [{ role: 'user', content: [{ type: 'input_text', text: TEXT }] }] }],
    ['Anthropic', { system: '', ...say([{ type: 'text', text: TEXT }]) }],
    ['Gemini', { contents: [{ role: 'user', parts: [{ text: TEXT }] }] }],
    ['Gemini instructions', { contents: 'a', config: { systemInstruction: { parts: [{ text: TEXT }] } } }],
    ['Bedrock', { modelId: 'amazon.nova-pro-v1:0', system: [{ text: TEXT }], ...say([{ text: 'a' }]) }],
    ['AI SDK', { prompt: TEXT, onFinish: () => {}, abortSignal: new AbortController().signal }],
    ['a key that nobody knows', { prompt: 'a', of_next_year: { text: [TEXT] } }],
  ])('are more than it has and at most three times as many: %s', (_, request) => {
    const tokens = ask(request);
    expect(tokens).toBeGreaterThanOrEqual(TOKENS);
    expect(tokens).toBeLessThanOrEqual(3 * TOKENS);
  });

  it.each<[string, object]>([
    ['OpenAI', { tools: [{ type: 'function', function: { name: 'a', description: TEXT, parameters: {} } }] }],
    ['OpenAI functions', { functions: [{ name: 'a', description: TEXT }] }],
    ['Anthropic', { tools: [{ name: 'a', input_schema: { description: TEXT } }] }],
    ['Gemini', { config: { tools: [{ functionDeclarations: [{ name: 'a', description: TEXT }] }] } }],
    ['Bedrock', { toolConfig: { tools: [{ toolSpec: { name: 'a', description: TEXT } }] } }],
    ['AI SDK', { tools: { audio: { description: TEXT, inputSchema: { type: 'object' }, execute() {} } } }],
    ['a schema', { response_format: { type: 'json_schema', json_schema: { description: TEXT } } }],
  ])('count tools and schemas, and what providers add to them: %s', (_, request) => {
    const tokens = ask({ ...say('hi'), ...request });
    expect(tokens).toBeGreaterThanOrEqual(TOKENS + 530);
    expect(tokens).toBeLessThanOrEqual(3 * TOKENS + 800);
  });

  it('count what providers add to a prompt with tools, once', () => {
    const tool = { name: 'a', input_schema: {} };
    const [none = 0, one = 0, two = 0] = [[], [tool], [tool, tool]].map((tools) =>
      ask({ ...say('hi'), ...(tools.length > 0 && { tools }) }),
    );
    expect(one - none).toBeGreaterThanOrEqual(530);
    expect(two - one).toBeLessThan(100);
  });

  it('count the names of what they hold', () => {
    expect(ask({ ...say('hi'), metadata: { [TEXT]: 1 } })).toBeGreaterThanOrEqual(TOKENS);
  });

  it('count a schema whose properties are named like parts of a request', () => {
    const properties = {
      file_id: { type: 'string' },
      conversation: {},
      image: {},
      audio: {},
      previous_response_id: {},
    };
    const tools = [{ type: 'function', function: { name: 'a', parameters: { type: 'object', properties } } }];
    expect(ask({ ...say('hi'), tools })).toBeLessThan(1000);
  });

  it('count what is there twice twice', () => {
    const message = { role: 'user', content: TEXT };
    const [one = 0, two = 0] = [[message], [message, message]].map((messages) => ask({ messages }));
    expect(two - one).toBeGreaterThan(TOKENS);
  });

  it.each<[string, unknown, string]>([
    ['OpenAI', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }, 'gpt-4o'],
    ['OpenAI responses', { type: 'input_image', file_id: 'file-1' }, 'gpt-4.1-nano'],
    ['Anthropic', { type: 'image', source: { type: 'base64', data: 'a'.repeat(9e6) } }, 'claude-opus-4-7'],
    ['Gemini', { inlineData: { mimeType: 'image/png', data: 'a'.repeat(9e6) } }, 'gemini-2.5-pro'],
    ['Bedrock', { image: { source: { bytes: new Uint8Array(9) } } }, 'eu.anthropic.claude-sonnet-4-5'],
    ['AI SDK', { type: 'image', image: new URL('https://example.com') }, 'o4-mini'],
    ['AI SDK file', { type: 'file', mediaType: 'image/png', data: new Uint8Array(9) }, 'gpt-5'],
  ])('count an image with the most that its provider makes of it: %s', (_, part, model) => {
    const withImage = ask({ model, ...say([part]) }) ?? 0;
    const without = ask({ model, ...say([]) }) ?? 0;
    expect(withImage - without).toBeGreaterThanOrEqual(3779);
    expect(withImage - without).toBeLessThan(4900);
    expect(ask({ model: 'pixtral-large', ...say([part]) })).toBeUndefined();
  });

  it('count every image of a list', () => {
    const images = ['a', 'b', 'c'];
    expect(ask({ messages: [{ role: 'user', content: 'a', images }] })).toBeGreaterThan(3 * 3779);
    expect(ask({ model: 'llava', messages: [{ role: 'user', content: 'a', images }] })).toBeUndefined();
    expect(ask({ model: 'llava', messages: [{ role: 'user', content: 'a', images: [] }] })).toBeLessThan(150);
  });

  it('count an image of gpt-4o-mini, which has 33 times as many', () => {
    expect(ask({ model: 'gpt-4o-mini', ...say([{ type: 'image_url', image_url: {} }]) })).toBeGreaterThan(
      48_000,
    );
  });
});

describe('the size of a prompt is not known', () => {
  it.each<[string, object]>([
    ['of a former response', { input: 'go on', previous_response_id: 'resp_1' }],
    ['of a conversation', { input: 'go on', conversation: { id: 'conv_1' } }],
    ['of a stored prompt', { prompt: { id: 'pmpt_1' }, input: 'a' }],
    ['of stored items', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['of stored reasoning', { input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] }],
    ['of a cache', { contents: 'a', config: { cachedContent: 'cachedContents/1' } }],
    ['of a container', { ...say('a'), container: { skills: [] } }],
    ['of what compaction adds', { ...say('a'), context_management: { edits: [] } }],
    ['of MCP servers', { ...say('a'), mcp_servers: [{ url: 'https://example.com' }] }],
    ["of OpenAI's tools", { input: 'a', tools: [{ type: 'web_search' }] }],
    ["of Anthropic's tools", { ...say('a'), tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ["of Gemini's tools", { contents: 'a', config: { tools: [{ googleSearch: {} }] } }],
    [
      "of Gemini's tools beside functions",
      { contents: 'a', tools: [{ functionDeclarations: [], urlContext: {} }] },
    ],
    [
      "of a provider's tools in the AI SDK",
      { prompt: 'a', tools: { search: { type: 'provider', id: 'a.b' } } },
    ],
    ['of a web search', { ...say('a'), web_search_options: {} }],
    ['of live search', { ...say('a'), search_parameters: { mode: 'auto' } }],
    ['of the data of Azure', { ...say('a'), data_sources: [{}] }],
    ['of plug-ins', { ...say('a'), plugins: [{ id: 'web' }] }],
    ['of a model that searches', { model: 'perplexity/sonar-pro', ...say('a') }],
    [
      'of a prompt of Bedrock',
      { modelId: 'arn:aws:bedrock:eu-west-1:1:prompt/ABC', ...say([{ text: 'a' }]), model: undefined },
    ],
    ['of a file', say([{ type: 'input_file', file_id: 'file-1' }])],
    ['of a document', say([{ type: 'document', source: { type: 'base64', data: 'a' } }])],
    ['of a document of Bedrock', say([{ document: { name: 'a' } }])],
    ['of sound', say([{ type: 'input_audio', input_audio: { data: 'a' } }])],
    ['of sound of Gemini', { contents: [{ parts: [{ inlineData: { mimeType: 'audio/wav', data: 'a' } }] }] }],
    ['of an uploaded file', { contents: [{ parts: [{ fileData: { fileUri: 'gs://a' } }] }] }],
    ['of bytes', { input: new Uint8Array(9) }],
    ['of a stream', { input: new Blob(['a']) }],
    [
      'of an object that writes itself',
      {
        messages: [
          new (class {
            role = 'a';
            toJSON() {}
          })(),
        ],
      },
    ],
    ['of a date', say(new Date())],
    ['of a schema in code', { prompt: 'a', tools: { a: { inputSchema: { parse: () => {} } } } }],
    ['of several calls', { prompt: 'a', stopWhen: () => false }],
    ['of several steps', { prompt: 'a', maxSteps: 5 }],
    ['of a function among messages', { messages: [() => TEXT] }],
    ['of a function that nobody knows', { prompt: 'a', rewrite: () => TEXT }],
    [
      'that may be written to a cache for an hour',
      say([{ type: 'text', text: 'a', cache_control: { ttl: '1h' } }]),
    ],
    ['that is answered with sound', { ...say('a'), modalities: ['text', 'audio'] }],
    ['that is answered with images', { contents: 'a', config: { responseModalities: ['IMAGE'] } }],
    ['that is answered for another price', { ...say('a'), service_tier: 'priority' }],
    ['that another model may answer', { ...say('a'), models: ['a', 'b'] }],
    [
      'whose thinking is beside its limit',
      { prompt: 'a', providerOptions: { anthropic: { thinking: { budgetTokens: 9 } } } },
    ],
    ['that is predicted', { ...say('a'), prediction: { type: 'content', content: 'a' } }],
  ])('%s', (_, request) => {
    expect(ask(request)).toBeUndefined();
  });

  it.each([[undefined], [null], [7], ['text'], [{}], [{ model: 'm' }], [{ max_tokens: 3 }], [[say('a')]]])(
    'of %j',
    (request) => {
      expect(estimatePromptTokens(request)).toBeUndefined();
    },
  );

  it('of cyclic and huge requests', () => {
    const cyclic: { messages: unknown[] } = { messages: ['abcdef'] };
    cyclic.messages.push(cyclic);
    expect(ask(cyclic)).toBeUndefined();
    expect(ask({ messages: Array.from({ length: 1e6 }, () => 'a') })).toBeUndefined();
    expect(ask({ messages: new Array(4e9) })).toBeUndefined();
    expect(ask({ messages: Array.from({ length: 30_000 }, () => ({})) })).toBeUndefined();
    expect(
      ask({ ...say('a'), metadata: Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [at, 1])) }),
    ).toBeUndefined();
    expect(ask(say('a '.repeat(2e6)))).toBeUndefined();
  });
});

describe('the size of a prompt is known', () => {
  it.each<[string, object]>([
    [
      'with nothing hidden in hidden keys',
      { previous_response_id: null, audio: null, models: [], plugins: [], maxSteps: 1 },
    ],
    [
      'with what changes nothing',
      { service_tier: 'auto', modalities: ['text'], store: true, metadata: { file_id: 'a' } },
    ],
    [
      'with a cache of five minutes',
      { system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '5m' } }] },
    ],
    [
      'with calls of tools',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{"file_id":1}' } }],
          },
          { role: 'tool', tool_call_id: 'a', content: 'a' },
        ],
      },
    ],
    [
      'with calls of tools of Anthropic',
      say([
        { type: 'tool_use', id: 'a', name: 'a', input: { file: 'a', image: 'b' } },
        { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'a' }] },
      ]),
    ],
    [
      'with calls of tools of Gemini',
      {
        contents: [
          {
            parts: [
              { functionCall: { name: 'a', args: { file: 'a' } } },
              { functionResponse: { name: 'a', response: { audio: 1 } } },
            ],
          },
        ],
      },
    ],
    ['with thoughts', say([{ type: 'thinking', thinking: 'a', signature: 'b' }])],
  ])('%s', (_, request) => {
    expect(ask({ ...say('a'), ...request })).toBeLessThan(900);
  });
});

describe('a hostile request', () => {
  it('does not throw with what throws', () => {
    const hostile = {
      get messages() {
        throw new Error('of the app');
      },
    };
    expect(estimatePromptTokens(hostile)).toBeUndefined();
    expect(estimatePromptTokens({ messages: [hostile] })).toBeUndefined();
  });

  it('has no property read twice', () => {
    let reads = 0;
    const message = {
      role: 'user',
      get content() {
        reads += 1;
        return reads === 1 ? 'a' : TEXT;
      },
    };
    expect(ask({ messages: [message] })).toBeLessThan(100);
    expect(reads).toBe(1);
  });

  it('has a size or none, whatever is in it', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, fc.constantFrom('messages', 'input', 'tools', 'system'), (value, key) => {
        const tokens = ask({ prompt: 'a', [key]: value });
        expect(tokens === undefined || Number.isSafeInteger(tokens)).toBe(true);
      }),
    );
  });
});
