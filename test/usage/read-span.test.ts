import { describe, expect, it } from 'vitest';
import { readSessionId, readSpan } from '../../src/usage/read-span.js';
import { readRole } from '../../src/usage/span-role.js';
import { counts, expectedCounts, spanCases } from './fixtures.js';

/** The fixtures' words for a role. */
const ROLES: Record<string, string> = {
  'llm-duplicate': 'llm',
  embedding: 'llm',
  'agent-aggregate': 'agent',
  chain: 'plain',
};

describe('recorded spans', () => {
  for (const one of spanCases()) {
    it(`${one.id} ${one.name} of ${one.instrumentation.name}`, () => {
      expect(readRole(one.attributes)).toBe(ROLES[one.expected.role] ?? one.expected.role);
      const facts = readSpan(one.attributes);
      const model = facts?.responseModel ?? facts?.requestModel;
      expect(model ?? null).toBe(one.expected.model);
      if (one.expected.usage === null) {
        expect(facts?.usage).toBeUndefined();
        return;
      }
      if (facts?.usage === undefined) throw new Error('no usage');
      expect(counts(facts.usage)).toMatchObject(expectedCounts(one.expected.usage));
    });
  }
});

describe('spans beside the recorded ones', () => {
  const read = (attributes: Record<string, unknown>) => {
    const usage = readSpan(attributes)?.usage;
    return (
      usage && {
        ...counts(usage),
        unsplit: usage.unsplitTokens,
        cost: usage.reportedCostUsd,
        anomaly: usage.anomaly,
      }
    );
  };

  it('adds no dialect to another', () => {
    const both = {
      'gen_ai.usage.input_tokens': 40,
      'gen_ai.usage.prompt_tokens': 40,
      'gen_ai.usage.output_tokens': 5,
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 40,
      'llm.token_count.completion': 9,
      'llm.token_count.prompt_details.cache_read': 30,
      'llm.token_count.completion_details.reasoning': 4,
    };
    expect(read(both)).toMatchObject({ input_total: 40, cache_read: 30, output_total: 9, reasoning: 4 });
  });

  it('reads the older names of OpenLLMetry', () => {
    const older = {
      'gen_ai.usage.prompt_tokens': 40,
      'gen_ai.usage.completion_tokens': 5,
      'llm.usage.total_tokens': 45,
    };
    expect(read(older)).toMatchObject({ input_total: 40, output_total: 5 });
  });

  it('puts the cache of Anthropic spans inside where it was left out', () => {
    const span = {
      'gen_ai.system': 'anthropic',
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 33,
      'gen_ai.usage.cache_read_input_tokens': 1111,
      'gen_ai.usage.cache_creation_input_tokens': 418,
    };
    expect(read(span)).toMatchObject({ input_total: 1532, input_uncached: 3, anomaly: undefined });
    // More cache than input can only mean that the cache is outside, whoever served the call.
    expect(read({ ...span, 'gen_ai.system': 'openai' })).toMatchObject({ input_uncached: 3 });
    const totalTells = { ...span, 'gen_ai.system': 'openai', 'gen_ai.usage.total_tokens': 1565 };
    expect(read(totalTells)).toMatchObject({ input_total: 1532, anomaly: undefined });
  });

  it('finds the cache of older AI SDKs in their metadata', () => {
    const metadata = {
      anthropic: { usage: { input_tokens: 4, output_tokens: 1, cache_creation_input_tokens: 2183 } },
    };
    const span = {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.provider': 'anthropic.messages',
      'ai.usage.inputTokens': 4,
      'ai.usage.outputTokens': 104,
      'ai.usage.totalTokens': 108,
      'ai.usage.cachedInputTokens': 0,
      'ai.response.providerMetadata': JSON.stringify(metadata),
    };
    expect(read(span)).toMatchObject({ input_total: 2187, cache_write: 2183, output_total: 104 });
    expect(read({ ...span, 'ai.response.providerMetadata': '{broken' })).toMatchObject({ input_total: 4 });
    const gateway = JSON.stringify({ gateway: { cost: '0.0045' }, openai: { serviceTier: 'Flex' } });
    const facts = readSpan({ ...span, 'ai.response.providerMetadata': gateway });
    expect(facts).toMatchObject({ serviceTier: 'flex', usage: { reportedCostUsd: 0.0045 } });
  });

  it("reads Claude Code's bare names", () => {
    const span = {
      'span.type': 'llm_request',
      model: 'm',
      input_tokens: 2,
      output_tokens: 1200,
      cache_read_tokens: 84562,
      cache_creation_tokens: 7096,
    };
    expect(readRole(span)).toBe('llm');
    expect(read(span)).toMatchObject({ input_total: 91660, input_uncached: 2, output_total: 1200 });
    expect(readSpan({ 'span.type': 'tool', tool_name: 'Bash' })).toMatchObject({ toolName: 'Bash' });
  });

  it.each(['{"cache_read": 4, "cache_creation": 2}', "{'cache_read': 4, 'cache_creation': 2}"])(
    'unpacks %s',
    (details) => {
      const span = {
        'gen_ai.usage.input_tokens': 11,
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.usage.input_token_details': details,
      };
      expect(read(span)).toMatchObject({ input_total: 11, input_uncached: 5, cache_read: 4, cache_write: 2 });
    },
  );

  it('reads a cost, but not a 0 for an unknown one', () => {
    const span = { 'gen_ai.usage.input_tokens': 11, 'gen_ai.usage.output_tokens': 7 };
    const key = 'gen_ai.usage.cost';
    expect(read({ ...span, [key]: 0.01 })).toMatchObject({ cost: 0.01 });
    expect(read({ ...span, [key]: 0 })).toMatchObject({ cost: undefined });
    expect(read({ ...span, [key]: -1 })).toMatchObject({ cost: undefined });
  });

  it.each([
    ['operation.cost', ''],
    ['llm.cost.total', ''],
    ['gen_ai.usage.cost', 'openlit'],
  ])('takes no bill from %s that the recorder %s computed', (key, recorder) => {
    const span = { 'gen_ai.usage.input_tokens': 11, 'gen_ai.usage.output_tokens': 7, [key]: 0.01 };
    const usage = readSpan(span, recorder)?.usage;
    expect(usage).toMatchObject({ estimatedCostUsd: 0.01 });
    expect(usage?.reportedCostUsd).toBeUndefined();
  });

  it('takes the bare total of embeddings for input, of others for unsplit', () => {
    expect(read({ 'gen_ai.operation.name': 'embeddings', 'gen_ai.usage.total_tokens': 9 })).toMatchObject({
      input_total: 9,
    });
    expect(read({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.total_tokens': 9 })).toMatchObject({
      unsplit: 9,
    });
  });

  it('treats a chat with input only, as of a stream that was cut off, as a lower bound', () => {
    // As @anthropic-ai/sdk 1.12 writes when its stream is closed early.
    const broken = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.response.id': 'msg_1',
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.usage.input_tokens': 1811,
    };
    expect(readSpan(broken)?.usage).toMatchObject({ incomplete: true, tokens: { input: 1811, output: 0 } });
    const embedding = { ...broken, 'gen_ai.operation.name': 'embeddings' };
    expect(readSpan(embedding)?.usage).not.toHaveProperty('incomplete');
  });

  it("finds the id of a response in OpenInference's copy of it", () => {
    // As @arizeai/openinference-instrumentation-openai 4.2 and -openai-agents 0.2 write.
    const span = (output: string, kind = 'LLM') => ({
      'openinference.span.kind': kind,
      'llm.model_name': 'gpt-4o-mini',
      'output.value': output,
    });
    expect(readSpan(span('{"id":"resp_0a1b","object":"response"}'))?.responseId).toBe('resp_0a1b');
    expect(readSpan(span('{"generations":[]}'))?.responseId).toBeUndefined();
    const said = JSON.stringify({ text: 'say {"id":"msg_no"}', message: { id: ['AIMessage'], kwargs: {} } });
    expect(readSpan(span(`{"generations":[[${said}]]}`))?.responseId).toBeUndefined();
    expect(readSpan(span('{"id":"resp_0a1b"}', 'CHAIN'))?.responseId).toBeUndefined();
  });

  it("finds counts that OpenInference leaves out in its copy of LangChain's answer", () => {
    // As @arizeai/openinference-instrumentation-langchain 4.1 writes for ChatAnthropic's answers; figures only.
    const message = {
      kwargs: {
        content: '',
        usage_metadata: {
          input_tokens: 6133,
          output_tokens: 207,
          input_token_details: { cache_creation: 613, cache_read: 4096 },
        },
        response_metadata: { usage: { cache_creation: { ephemeral_1h_input_tokens: 13 } } },
        id: 'msg_0a1b',
      },
    };
    const span = {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'claude-sonnet-4-5',
      'llm.token_count.prompt': 6133,
      'llm.token_count.completion': 207,
      'llm.token_count.prompt_details.cache_read': 4096,
      'output.value': JSON.stringify({ generations: [[{ text: '', message }]] }),
    };
    const facts = readSpan(span);
    expect(facts?.responseId).toBe('msg_0a1b');
    expect(facts?.usage?.tokens).toMatchObject({
      input: 1424,
      cacheRead: 4096,
      cacheWrite: 600,
      cacheWrite1h: 13,
      output: 207,
    });
  });

  it('says nothing of other spans, and nothing of attributes that throw', () => {
    expect(readSpan({ 'http.request.method': 'GET' })).toBeUndefined();
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(readSpan(throwing)).toBeUndefined();
  });
});

describe('role', () => {
  it.each([
    [{ 'gen_ai.operation.name': 'invoke_workflow' }, 'agent'],
    [{ 'gen_ai.operation.name': 'create_agent' }, 'plain'],
    [{ 'gen_ai.operation.name': 'constructor' }, 'plain'],
    [{ 'gen_ai.operation.name': 'workflow', 'gen_ai.usage.input_tokens': 5 }, 'aggregate'],
    [{ 'ai.operationId': 'ai.streamObject.doStream' }, 'llm'],
    [{ 'ai.operationId': 'ai.streamObject' }, 'aggregate'],
    [{ 'openinference.span.kind': 'CHAIN' }, 'plain'],
    [{ 'openinference.span.kind': 'CHAIN', 'llm.token_count.total': 5 }, 'aggregate'],
    [{ 'openinference.span.kind': 'agent' }, 'agent'],
    [{ 'traceloop.span.kind': 'task', 'llm.request.type': 'chat' }, 'llm'],
    [{ 'traceloop.span.kind': 'tool' }, 'tool'],
    [{ 'langsmith.span.kind': 'chain' }, 'plain'],
    [{ 'langfuse.observation.type': 'generation' }, 'llm'],
    [{ 'mastra.span.type': 'mcp_tool_call' }, 'tool'],
    [{ 'gen_ai.system': 'gcp.vertex.agent', 'gen_ai.request.model': 'gemini-2.0-flash' }, 'llm'],
    [{ 'gen_ai.usage.input_tokens': 5 }, 'aggregate'],
    [{ 'http.request.method': 'GET' }, 'plain'],
  ])('%j is %s', (attributes, role) => {
    expect(readRole(attributes)).toBe(role);
  });
});

describe('session id', () => {
  it('prefers session.id, then the further keys in order, then the conversation', () => {
    const all = {
      'session.id': 's',
      'langfuse.session.id': 'l',
      'my.session': 'm',
      'gen_ai.conversation.id': 'c',
    };
    const { 'session.id': _own, ...rest } = all;
    expect(readSessionId(all, ['my.session'])).toBe('s');
    expect(readSessionId(rest, ['my.session', 'langfuse.session.id'])).toBe('m');
    expect(readSessionId(rest, [])).toBe('c');
    expect(readSessionId({ 'session.id': '' }, [])).toBeUndefined();
  });
});
