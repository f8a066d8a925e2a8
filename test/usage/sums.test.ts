/** Results that stand for several calls: read call by call where they list the calls, else marked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';
import { inputTokens, outputTokens, type Usage } from '../../src/usage/usage.js';

const sdkUsage = (input: number, output: number) => ({
  inputTokens: input,
  outputTokens: output,
  totalTokens: input + output,
});
const step = (input: number, output: number, modelId: string, more: object = {}) => ({
  finishReason: 'stop',
  usage: sdkUsage(input, output),
  response: { id: `${modelId}-${input}`, modelId },
  ...more,
});

function read(response: unknown, request?: unknown) {
  const facts = readResponse(response, request);
  const { usage } = facts ?? {};
  return {
    ...facts,
    ...(usage !== undefined && { input: inputTokens(usage.tokens), output: outputTokens(usage.tokens) }),
    doubt: usage?.doubt,
  };
}

describe('a run of the AI SDK', () => {
  it('is its steps, each with its model, tier and bill', () => {
    const openRouter = (cost: number) => ({
      providerMetadata: { openrouter: { usage: { promptTokens: 100, completionTokens: 10, cost } } },
    });
    const steps = [
      step(100, 10, 'gpt-4o', openRouter(0.5)),
      step(100, 10, 'gpt-4o-mini', { providerMetadata: { openai: { serviceTier: 'flex' } } }),
    ];
    // Beside the steps are the counts and the bill of the last one.
    const result = { text: 'x', ...steps[1], ...openRouter(0.5), steps, totalUsage: sdkUsage(200, 20) };
    expect(read(result)).toMatchObject({
      input: 200,
      output: 20,
      calls: 2,
      stepIds: ['gpt-4o-100', 'gpt-4o-mini-100'],
      doubt: undefined,
      usage: {
        parts: [
          { model: 'gpt-4o', usage: { reportedCostUsd: 0.5 } },
          { model: 'gpt-4o-mini', serviceTier: 'flex' },
        ],
      },
    });
    expect(read(result).usage?.reportedCostUsd).toBeUndefined();
  });

  const two = [step(100, 10, 'a'), step(200, 20, 'a')];

  it.each([
    ['as much', sdkUsage(300, 30), 300, undefined],
    ['less: the steps are the larger reading', sdkUsage(200, 20), 300, 'ambiguous_usage'],
    ['more: the total is the larger reading', sdkUsage(400, 40), 400, 'ambiguous_usage'],
    ['nothing', sdkUsage(0, 0), 300, undefined],
  ])('with a total that states %s', (_name, totalUsage, input, doubt) => {
    expect(read({ usage: sdkUsage(200, 20), totalUsage, steps: two })).toMatchObject({ input, doubt });
  });

  it('without a total: the usage beside the steps may be that of the last one', () => {
    expect(read({ usage: sdkUsage(200, 20), steps: two })).toMatchObject({ input: 300, doubt: undefined });
    expect(read({ usage: sdkUsage(300, 30), steps: two })).toMatchObject({ input: 300, doubt: undefined });
  });

  it('with a step without usage is a lower bound, or the total', () => {
    const steps = [step(100, 10, 'a'), { finishReason: 'stop', response: { modelId: 'a' } }];
    const usage = { usage: sdkUsage(100, 10), steps };
    expect(read({ ...usage, totalUsage: sdkUsage(100, 10) })).toMatchObject({ usage: { incomplete: true } });
    expect(read({ ...usage, totalUsage: sdkUsage(300, 30) })).toMatchObject({
      input: 300,
      doubt: 'sum_of_calls',
    });
  });

  it('whose steps have no usage is a sum, of several models perhaps', () => {
    const bare = (modelId: string) => ({ response: { modelId } });
    const of = (...models: string[]) =>
      read({ usage: sdkUsage(9, 3), totalUsage: sdkUsage(9, 3), steps: models.map(bare) });
    expect(of('a', 'a')).toMatchObject({ input: 9, doubt: undefined, usage: { isSum: true } });
    expect(of('a', 'b')).toMatchObject({ input: 9, doubt: 'sum_of_calls' });
  });

  it('without steps is a sum where the messages show several answers', () => {
    const messages = [{ role: 'assistant' }, { role: 'tool' }, { role: 'assistant' }];
    const result = { usage: sdkUsage(9, 3), finishReason: 'stop', response: { messages } };
    expect(read(result).doubt).toBe('sum_of_calls');
    expect(read({ ...result, totalUsage: sdkUsage(9, 3) })).toMatchObject({
      doubt: undefined,
      usage: { isSum: true },
    });
    expect(read({ ...result, response: { messages: messages.slice(2) } }).usage?.isSum).toBeUndefined();
  });

  it('with a bill for less than its counts: that of one call', () => {
    const metadata = { openrouter: { usage: { promptTokens: 60, completionTokens: 5, cost: 0.1 } } };
    const found = read({ usage: sdkUsage(100, 10), finishReason: 'stop', providerMetadata: metadata });
    expect(found).toMatchObject({ input: 100, doubt: 'reported_differs' });
    expect(found.usage?.reportedCostUsd).toBeUndefined();
  });
});

describe('a result of the Claude Agent SDK', () => {
  const models = (costUSD?: number) => ({
    large: { inputTokens: 100, outputTokens: 50, ...(costUSD !== undefined && { costUSD }) },
    small: { inputTokens: 30, outputTokens: 5, ...(costUSD !== undefined && { costUSD: 0.001 }) },
  });
  const result = (more: object) =>
    read({ type: 'result', usage: { input_tokens: 100, output_tokens: 50 }, ...more });

  it('is the sum of all its models', () => {
    expect(result({ modelUsage: models(0.01), total_cost_usd: 0.011 })).toMatchObject({
      input: 130,
      output: 55,
      doubt: undefined,
      usage: { reportedCostUsd: 0.011, parts: [{ model: 'large' }, { model: 'small' }] },
    });
  });

  it('whose models have less than its own usage: the larger, without the bill of the models', () => {
    const modelUsage = { large: { inputTokens: 40, outputTokens: 20, costUSD: 0.004 } };
    const found = result({ modelUsage, total_cost_usd: 0.004 });
    expect(found).toMatchObject({ input: 100, output: 50, doubt: 'ambiguous_usage', responseModel: 'large' });
    expect(found.usage?.reportedCostUsd).toBeUndefined();
  });

  it('whose total is less than the bills of its models: the larger', () => {
    expect(result({ modelUsage: models(0.01), total_cost_usd: 0.004 })).toMatchObject({
      doubt: 'reported_differs',
      usage: { reportedCostUsd: 0.011 },
    });
  });
});

describe('the result of a loop', () => {
  const answer = (id: string, input: number, model = 'gpt-4o') => ({
    type: 'ai',
    id,
    usage_metadata: { input_tokens: input, output_tokens: 10, total_tokens: input + 10 },
    response_metadata: { id, model_name: model },
  });
  const human = (content: string) => ({ type: 'human', content });
  const tool = { type: 'tool', content: 'x' };

  it('of LangGraph is all its answers', () => {
    const messages = [human('q'), answer('a', 100), tool, answer('b', 200, 'gpt-4o-mini')];
    expect(read({ messages })).toMatchObject({
      input: 300,
      output: 20,
      calls: 2,
      stepIds: ['a', 'b'],
      doubt: undefined,
      usage: { parts: [{ model: 'gpt-4o' }, { model: 'gpt-4o-mini' }] },
    });
    // One message may stand in the state twice.
    expect(read({ messages: [...messages, answer('b', 200)] })).toMatchObject({ input: 300 });
  });

  it('of LangGraph does not bill what was said before, and is sure where the request shows it', () => {
    const messages = [human('p'), answer('a', 100), human('q'), answer('b', 200)];
    expect(read({ messages })).toMatchObject({ input: 200, doubt: 'ambiguous_usage' });
    for (const request of [{ messages: [human('q')] }, { messages: [['user', 'q']] }, { input: 'q' }]) {
      expect(read({ messages }, request)).toMatchObject({ input: 200, doubt: undefined });
    }
  });

  it('of LangGraph takes instances of messages', () => {
    class HumanMessage {
      readonly content = 'q';
      _getType() {
        return 'human';
      }
    }
    const messages = [answer('a', 100), new HumanMessage(), answer('b', 200)];
    expect(read({ messages }, { messages: [new HumanMessage()] })).toMatchObject({
      input: 200,
      doubt: undefined,
    });
  });

  it('of the OpenAI Agents SDK is all its responses', () => {
    const response = (responseId: string, inputTokens: number, model?: string) => ({
      responseId,
      usage: { requests: 1, inputTokens, outputTokens: 10, totalTokens: inputTokens + 10 },
      ...(model !== undefined && { providerData: { id: responseId, model, service_tier: 'flex' } }),
    });
    const rawResponses = [response('a', 100, 'gpt-5'), response('b', 200, 'gpt-5-mini')];
    expect(read({ rawResponses, state: {} })).toMatchObject({
      input: 300,
      calls: 2,
      stepIds: ['a', 'b'],
      usage: { parts: [{ model: 'gpt-5', serviceTier: 'flex' }, { model: 'gpt-5-mini' }] },
    });
    expect(read({ rawResponses: [...rawResponses, { responseId: 'c' }] })).toMatchObject({
      input: 300,
      usage: { incomplete: true },
    });
  });

  it('of the OpenAI Agents SDK counts agents that were tools in its state alone', () => {
    const usage = { requests: 1, inputTokens: 100, outputTokens: 10, totalTokens: 110 };
    const rawResponses = [{ responseId: 'a', usage }];
    expect(read({ rawResponses, state: { usage } })).toMatchObject({ input: 100, doubt: undefined });
    const more = { requests: 3, inputTokens: 400, outputTokens: 40, totalTokens: 440 };
    expect(read({ rawResponses, state: { usage: more } })).toMatchObject({
      input: 400,
      doubt: 'sum_of_calls',
    });
    expect(read({ rawResponses: [], state: { usage: more } })).toMatchObject({ input: 400 });
  });

  it("of LangChain's own sum of a stream, which differs from the provider's counts", () => {
    const message = (input: number) => ({
      usage_metadata: { input_tokens: input, output_tokens: 50, total_tokens: input + 50 },
      response_metadata: { usage: { input_tokens: 100, output_tokens: 1 } },
    });
    expect(read(message(280))).toMatchObject({ input: 280, doubt: 'ambiguous_usage' });
    expect(read(message(100))).toMatchObject({ input: 100, output: 50, doubt: undefined });
  });

  it("of Gemini's function calling is its last response: the calls before it are missing", () => {
    const called = { role: 'model', parts: [{ functionCall: { name: 'f' } }] };
    const asked = { role: 'user', parts: [{ text: 'q' }] };
    const result = { role: 'user', parts: [{ functionResponse: {} }] };
    const gemini = (automaticFunctionCallingHistory: unknown) =>
      read({
        candidates: [],
        usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 },
        automaticFunctionCallingHistory,
      }).usage?.incomplete;
    expect(gemini([asked, called, result])).toBe(true);
    // The history of the app, before the question.
    expect(gemini([asked, called, result, { role: 'model', parts: [] }, asked])).toBeUndefined();
    expect(gemini(undefined)).toBeUndefined();
  });

  it('of Genkit is its last response: its request shows the calls before', () => {
    const genkit = (messages: unknown[]) =>
      read({ message: {}, usage: sdkUsage(100, 10), request: { messages } }).usage?.incomplete;
    expect(genkit([{ role: 'user' }, { role: 'model' }, { role: 'tool' }])).toBe(true);
    expect(genkit([{ role: 'user' }, { role: 'model' }, { role: 'user' }])).toBeUndefined();
  });

  it('of several prompts is all their answers', () => {
    const generations = [[{ message: answer('a', 100) }], [{ message: answer('b', 200) }]];
    expect(read({ generations })).toMatchObject({ input: 300, calls: 2 });
    // Further answers to one prompt repeat its counts.
    expect(
      read({ generations: [[{ message: answer('a', 100) }, { message: answer('a', 100) }]] }),
    ).toMatchObject({
      input: 100,
    });
  });

  it('is a list of responses', () => {
    const chat = (id: string, input: number) => ({
      id,
      model: 'gpt-4o',
      choices: [{ finish_reason: 'stop' }],
      usage: { prompt_tokens: input, completion_tokens: 10, total_tokens: input + 10 },
    });
    expect(read([chat('a', 100), chat('b', 200)])).toMatchObject({
      input: 300,
      calls: 2,
      stepIds: ['a', 'b'],
    });
    expect(read([chat('a', 100), { error: 'x' }])).toMatchObject({ input: 100, usage: { incomplete: true } });
    expect(readResponse(['x', { a: 1 }])).toBeUndefined();
  });
});

describe('laws of parts', () => {
  it('the tokens of a usage are the sum of its parts', () => {
    const steps = fc.array(fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.constantFrom('a', 'b')), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(steps, (counts) => {
        const list = counts.map(([input, output, model]) => step(input, output, model));
        const usage = read({ usage: sdkUsage(0, 0), steps: list }).usage;
        expect(usage && sumOf(usage)).toEqual([
          counts.reduce((sum, [input]) => sum + input, 0),
          counts.reduce((sum, [, output]) => sum + output, 0),
        ]);
      }),
    );
  });
});

function sumOf({ tokens, parts = [] }: Usage): [number, number] {
  const input = parts.reduce((sum, { usage }) => sum + inputTokens(usage.tokens), 0);
  const output = parts.reduce((sum, { usage }) => sum + outputTokens(usage.tokens), 0);
  expect([input, output]).toEqual([inputTokens(tokens), outputTokens(tokens)]);
  return [input, output];
}
