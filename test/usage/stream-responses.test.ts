/** Several responses in one stream, and streams that state their counts in other ways than cumulatively. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';
import { StreamReader } from '../../src/usage/stream-reader.js';
import { inputTokens, outputTokens } from '../../src/usage/usage.js';

function read(...chunks: unknown[]) {
  const reader = new StreamReader();
  for (const chunk of chunks) reader.push(chunk);
  const { usage, ...facts } = reader.facts();
  return {
    ...facts,
    complete: reader.complete,
    ...(usage !== undefined && { input: inputTokens(usage.tokens), output: outputTokens(usage.tokens) }),
    doubt: usage?.doubt,
    usage,
  };
}

const chat = (input: number, output: number, more: object = {}) => ({
  id: 'c',
  model: 'gpt-4o',
  choices: [{ index: 0, delta: { content: 'x' } }],
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  ...more,
});
const stop = (id = 'c') => ({ id, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });

describe('several responses in one stream', () => {
  const done = (id: string, input: number, output: number, type = 'response.done') => ({
    type,
    response: {
      id,
      model: `m-${id}`,
      usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    },
  });

  it('OpenAI Realtime: each response is a call', () => {
    expect(read(done('a', 200, 100), done('b', 500, 100))).toMatchObject({
      input: 700,
      output: 200,
      calls: 2,
      stepIds: ['a', 'b'],
      doubt: undefined,
      usage: { parts: [{ model: 'm-a' }, { model: 'm-b' }] },
    });
  });

  it('one response that is incomplete and then completed, or completed twice, is one call', () => {
    const incomplete = done('a', 200, 80, 'response.incomplete');
    const completed = done('a', 200, 100, 'response.completed');
    expect(read(incomplete, completed, completed)).toMatchObject({
      input: 200,
      output: 100,
      doubt: undefined,
    });
  });

  it('the OpenAI Agents SDK: its events hold those of the model', () => {
    const event = (data: object) => ({ type: 'raw_model_stream_event', data });
    const response = (id: string, inputTokens: number) =>
      event({
        type: 'response_done',
        response: { id, usage: { inputTokens, outputTokens: 10, totalTokens: inputTokens + 10 } },
      });
    expect(read(response('a', 100), event({ type: 'model', event: {} }), response('b', 200))).toMatchObject({
      input: 300,
      output: 20,
      calls: 2,
    });
  });

  it('Gemini Live: the counts of a turn are cumulative, and those of turns add up', () => {
    const turn = (input: number, output: number, isEnd = false) => ({
      serverContent: isEnd ? { turnComplete: true } : { modelTurn: { parts: [{ text: 'x' }] } },
      usageMetadata: { promptTokenCount: input, responseTokenCount: output, totalTokenCount: input + output },
    });
    const turns = [turn(100, 5), turn(100, 20, true), turn(150, 3), turn(150, 30, true), turn(210, 40, true)];
    expect(read(...turns)).toMatchObject({ input: 460, output: 90, calls: 3, doubt: undefined });
    // Counts that come behind the end of their turn.
    const behind = [100, 150, 210].flatMap((input) => [
      { serverContent: { turnComplete: true } },
      { usageMetadata: { promptTokenCount: input, responseTokenCount: 10, totalTokenCount: input + 10 } },
    ]);
    expect(read(...behind)).toMatchObject({ input: 460, output: 30, doubt: undefined });
  });

  it('Bedrock: each message has its own counts', () => {
    const message = (inputTokens: number) => [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { delta: { text: 'x' } } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: { inputTokens, outputTokens: 10, totalTokens: inputTokens + 10 } } },
    ];
    expect(read(...message(100), ...message(100))).toMatchObject({
      input: 200,
      output: 20,
      doubt: undefined,
    });
  });

  it('Anthropic: a message that starts again is the same one, another one adds', () => {
    const start = (id: string, input: number) => ({
      type: 'message_start',
      message: { id, model: 'claude', usage: { input_tokens: input, output_tokens: 1 } },
    });
    const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 50 } };
    const end = { type: 'message_stop' };
    expect(read(start('a', 100), start('a', 100), delta, end)).toMatchObject({
      input: 100,
      output: 50,
      doubt: undefined,
    });
    const two = [start('a', 100), delta, end, start('b', 300), delta, end];
    expect(read(...two)).toMatchObject({ input: 400, output: 100, calls: 2, doubt: undefined });
    // The first one was cut off: its output is not known.
    expect(read(start('a', 100), start('b', 300), delta, end)).toMatchObject({
      input: 400,
      doubt: 'stream_cut',
    });
  });

  it('whole responses of a loop: each is a call, and one of zeros changes nothing', () => {
    const answer = (id: string, input: number) => ({
      id,
      object: 'chat.completion',
      model: 'gpt-4o',
      choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: input, completion_tokens: 10, total_tokens: input + 10 },
    });
    const { id: _id, ...zeros } = { ...answer('', 0), usage: { prompt_tokens: 0, completion_tokens: 0 } };
    expect(read(answer('a', 100), answer('b', 200), zeros)).toMatchObject({
      input: 300,
      output: 20,
      doubt: undefined,
    });
    const { id: _a, ...one } = answer('', 100);
    const { id: _b, ...other } = answer('', 100);
    expect(read(one, other)).toMatchObject({ input: 200, calls: 2 });
    expect(read(one, one)).toMatchObject({ input: 100 });
    const message = {
      type: 'message',
      role: 'assistant',
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: 5 },
    };
    expect(read({ ...message, id: 'a' }, { ...message, id: 'b' })).toMatchObject({ input: 20, output: 10 });
  });

  it('results of the AI SDK from a loop: each run has its steps', () => {
    const step = (id: string, inputTokens: number) => ({
      finishReason: 'stop',
      usage: { inputTokens, outputTokens: 10, totalTokens: inputTokens + 10 },
      response: { id, modelId: `m-${id}` },
    });
    const run = { ...step('b', 20), steps: [step('a', 10), step('b', 20)] };
    expect(read(run, { ...step('c', 30), steps: [step('c', 30)] })).toMatchObject({
      input: 60,
      calls: 3,
      stepIds: ['a', 'b', 'c'],
      usage: { parts: [{ model: 'm-a' }, { model: 'm-b' }, { model: 'm-c' }] },
    });
  });

  it('is complete when its last response is', () => {
    const { usage: _usage, ...begun } = chat(0, 0, { id: 'd' });
    expect(read(chat(100, 5), stop()).complete).toBe(true);
    expect(read(chat(100, 5), stop(), begun).complete).toBe(false);
    // The second response has ended without counts.
    expect(read(chat(100, 5), stop(), begun, stop('d'))).toMatchObject({
      complete: true,
      input: 100,
      usage: { incomplete: true },
    });
  });

  it('without ids: each has its own model', () => {
    const one = (model: string, input: number) => ({
      model,
      choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: input, completion_tokens: 5, total_tokens: input + 5 },
    });
    expect(read(one('gpt-4o', 100), one('gpt-4o-mini', 200))).toMatchObject({
      input: 300,
      usage: { parts: [{ model: 'gpt-4o' }, { model: 'gpt-4o-mini' }] },
    });
  });

  it('ids that change with every chunk: one response or several', () => {
    const chunks = [
      chat(100, 1, { id: 'a' }),
      chat(100, 2, { id: 'b' }),
      chat(100, 3, { id: 'c' }),
      stop('d'),
    ];
    expect(read(...chunks)).toMatchObject({ input: 300, doubt: 'ambiguous_usage' });
    // Counts on the last chunk alone are those of the whole.
    const last = [1, 2, 3].map((id) => ({ ...chat(0, 0), id: `${id}`, usage: null }));
    expect(read(...last, stop('d'), chat(100, 3, { id: 'e', choices: [] }))).toMatchObject({
      input: 100,
      output: 3,
      doubt: undefined,
    });
  });
});

describe('the counts of one response', () => {
  it('are cumulative where the input is stated again', () => {
    expect(read(chat(100, 1), chat(100, 2), chat(100, 3), stop())).toMatchObject({
      input: 100,
      output: 3,
      doubt: undefined,
    });
  });

  it('are not wiped by zeros', () => {
    expect(read(chat(100, 20), stop(), chat(0, 0))).toMatchObject({
      input: 100,
      output: 20,
      doubt: undefined,
    });
  });

  it('keep their parts where a later chunk leaves them out', () => {
    const cached = { prompt_tokens_details: { cached_tokens: 80 } };
    const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 };
    const chunk = (more: object) => ({ id: 'c', choices: [], usage: { ...usage, ...more } });
    expect(
      read(chunk(cached), chunk({ completion_tokens: 9, total_tokens: 109 })).usage?.tokens,
    ).toMatchObject({
      input: 20,
      cacheRead: 80,
      output: 9,
    });
  });

  it('of Google ADK are those of whole events', () => {
    const event = (id: string, partial: boolean) => ({
      id,
      partial,
      content: { parts: [{ text: 'x' }] },
      finishReason: partial ? undefined : 'STOP',
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    });
    expect(read(event('a', true), event('b', true), event('c', false), event('d', false))).toMatchObject({
      input: 20,
      output: 10,
      calls: 2,
      doubt: undefined,
    });
  });

  it('are increments where the input is stated once and the output falls', () => {
    expect(read(chat(100, 5), chat(0, 3), chat(0, 7), stop())).toMatchObject({
      input: 100,
      output: 15,
      doubt: undefined,
    });
  });

  it('may be either where the input is stated once and the output grows: the larger', () => {
    expect(read(chat(100, 1), chat(0, 50), stop())).toMatchObject({
      input: 100,
      output: 51,
      doubt: 'ambiguous_usage',
    });
  });

  it('that never change while content comes do not count it', () => {
    const same = chat(100, 1);
    expect(read(same, same, same, same, stop()).doubt).toBe('ambiguous_usage');
    expect(
      read({ ...same, choices: [] }, { ...same, choices: [] }, { ...same, choices: [] }).doubt,
    ).toBeUndefined();
  });

  it('that fall under one id may be corrected or increments: the larger', () => {
    expect(read(chat(100, 50), chat(100, 40), stop())).toMatchObject({
      input: 200,
      output: 90,
      doubt: 'ambiguous_usage',
    });
  });

  it('keep the bill and the units that came with some of them', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 };
    const found = read(
      { id: 'c', choices: [], usage: { ...usage, cost: 0.002, num_search_queries: 2 } },
      { id: 'c', choices: [], usage: { ...usage, cost: 0 } },
    );
    expect(found.usage).toMatchObject({ reportedCostUsd: 0.002, units: { webSearches: 2 } });
  });

  it('of a stream that says that it goes on, and ends, are of a part', () => {
    const goesOn = { choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }] };
    expect(read(chat(100, 5, goesOn)).doubt).toBe('stream_cut');
    expect(read(chat(100, 5, goesOn), stop()).doubt).toBeUndefined();
  });

  it('without any output are half a call', () => {
    expect(read({ id: 'c', choices: [], usage: { prompt_tokens: 100 } }).usage?.incomplete).toBe(true);
    const known = { id: 'c', choices: [], usage: { prompt_tokens: 100, completion_tokens: 5 } };
    const prompt = { ...known, usage: { prompt_tokens: 100 } };
    expect(read(prompt, known).usage).not.toHaveProperty('incomplete');
    expect(read(known, prompt).usage).not.toHaveProperty('incomplete');
  });

  it('of Google: searches whose fee is not known', () => {
    const chunk = (grounding: object) => ({
      candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP', ...grounding }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    });
    expect(read(chunk({ groundingMetadata: { webSearchQueries: ['q'] } })).doubt).toBe('unread_usage');
  });
});

describe('LangChain', () => {
  const chunk = (
    id: string | undefined,
    input: number,
    output: number,
    details: object = {},
    more: object = {},
  ) => ({
    ...(id !== undefined && { id }),
    content: 'x',
    response_metadata: {},
    usage_metadata: {
      input_tokens: input,
      output_tokens: output,
      total_tokens: input + output,
      input_token_details: details,
    },
    ...more,
  });

  it('increments add up; counts that state the input again are cumulative', () => {
    expect(read(chunk('run-1', 100, 5), chunk('run-1', 0, 7), chunk('run-1', 0, 8))).toMatchObject({
      input: 100,
      output: 20,
      doubt: undefined,
    });
    expect(read(chunk('run-1', 100, 5), chunk('run-1', 100, 12), chunk('run-1', 100, 20))).toMatchObject({
      input: 100,
      output: 20,
      doubt: undefined,
    });
  });

  it("Anthropic's last chunk repeats the cached tokens of the first", () => {
    const cached = { cache_read: 9000, cache_creation: 500 };
    const start = chunk('msg_1', 9600, 1, cached, { additional_kwargs: { type: 'message' } });
    expect(read(start, chunk('run-1', 0, 50, cached))).toMatchObject({
      input: 9600,
      output: 50,
      usage: { tokens: { input: 100, cacheRead: 9000, cacheWrite: 500 } },
    });
  });

  it('LangGraph: messages of several calls, in tuples, updates and states', () => {
    const messages = [
      [chunk('run-1', 100, 10), { langgraph_node: 'agent' }],
      [chunk('run-2', 200, 10), { langgraph_node: 'agent' }],
    ];
    expect(read(...messages)).toMatchObject({ input: 300, output: 20, calls: 2, doubt: undefined });
    const updates = messages.map(([message]) => ({ agent: { messages: [message] } }));
    expect(read(...updates)).toMatchObject({ input: 300, output: 20 });
    // The two modes at once show each message twice.
    const both = messages.flatMap((tuple, index) => [
      ['messages', tuple],
      ['updates', updates[index]],
    ]);
    expect(read(...both)).toMatchObject({ input: 300, output: 20 });
    const human = { type: 'human', content: 'q' };
    const [first, second] = messages.map(([message]) => message);
    const states = [
      { messages: [chunk('run-0', 900, 90), human] },
      { messages: [chunk('run-0', 900, 90), human, first] },
      { messages: [chunk('run-0', 900, 90), human, first, second] },
    ];
    expect(read(...states)).toMatchObject({ input: 300, output: 20 });
  });

  it('events: the end of each model call', () => {
    const end = (id: string) => ({
      event: 'on_chat_model_end',
      run_id: id,
      data: { output: chunk(id, 100, 10) },
    });
    expect(read(end('run-1'), { event: 'on_chain_end', data: {} }, end('run-2'))).toMatchObject({
      input: 200,
      output: 20,
    });
  });
});

describe('a session of the Claude Agent SDK', () => {
  const result = (cost: number, input: number, session = 's', models = true) => ({
    type: 'result',
    session_id: session,
    total_cost_usd: cost,
    usage: { input_tokens: input, output_tokens: 10 },
    ...(models && { modelUsage: { claude: { inputTokens: input, outputTokens: 10, costUSD: cost } } }),
  });

  it('is not sure where the SDK took the rate of another model', () => {
    const guessed = { ...result(0.02, 100, 'guessed'), modelUsage: undefined };
    const claude = { inputTokens: 100, outputTokens: 10, costUSD: 0.02, costBasis: 'unknown' };
    expect(read({ ...guessed, modelUsage: { claude } })).toMatchObject({
      usage: { reportedCostUsd: 0.02, doubt: 'guessed_provider' },
    });
  });

  it('may go on from a total that was billed with an earlier call', () => {
    expect(read(result(0.02, 100, 'twice'))?.usage?.doubt).toBeUndefined();
    expect(read(result(0.02, 100, 'twice'))?.usage?.doubt).toBeUndefined();
    expect(read(result(0.05, 300, 'twice'))?.usage?.doubt).toBe('ambiguous_usage');
  });

  it('states running totals: the last one counts, for each session', () => {
    expect(read(result(0.02, 100), result(0.05, 300))).toMatchObject({
      input: 300,
      usage: { reportedCostUsd: 0.05 },
    });
    expect(read(result(0.02, 100), result(0.05, 300, 't')).usage?.reportedCostUsd).toBe(0.07);
    // A total that falls is that of another process.
    expect(read(result(0.05, 300), result(0.02, 100)).usage?.reportedCostUsd).toBe(0.07);
  });

  it('without a list of models states the counts of each turn', () => {
    expect(read(result(0.02, 100, 's', false), result(0.05, 300, 's', false))).toMatchObject({
      input: 400,
      usage: { reportedCostUsd: 0.05 },
    });
  });

  it('that is resumed is billed for what it adds to the totals of the session', () => {
    const models = (cost: number, input: number) => ({
      claude: { inputTokens: input, outputTokens: 10, costUSD: cost },
    });
    const turn = (index: number, total: [number, number], since: [number, number]) => ({
      ...result(...total),
      modelUsage: models(...total),
      result_index: index,
      model_usage_since_last_result: models(...since),
    });
    const resumed = turn(0, [0.009, 300], [0.005, 200]);
    const added = { input: 200, usage: { reportedCostUsd: 0.005 } };
    expect(read(resumed)).toMatchObject(added);
    expect(readResponse(resumed)?.usage?.reportedCostUsd).toBe(0.005);
    expect(read(resumed, turn(1, [0.015, 700], [0.006, 400]))).toMatchObject({
      input: 600,
      usage: { reportedCostUsd: 0.011 },
    });
    // The last message alone, of several questions in one query.
    expect(readResponse(turn(1, [0.011, 500], [0.006, 300]))?.usage?.reportedCostUsd).toBe(0.011);
  });

  it('that was cut off before its result shows its answers so far', () => {
    const answer = (id: string) => ({
      type: 'assistant',
      message: { id, model: 'claude', usage: { input_tokens: 100, output_tokens: 5 } },
    });
    expect(read(answer('a'), answer('a'), answer('b'))).toMatchObject({
      input: 200,
      output: 10,
      complete: false,
      usage: { incomplete: true },
    });
    expect(read(answer('a'), result(0.02, 150))).toMatchObject({
      input: 150,
      usage: { reportedCostUsd: 0.02 },
    });
  });
});

it('keeps a bounded number of responses', () => {
  const chunks = Array.from({ length: 6_000 }, (_, id) => chat(1, 1, { id: `${id}` }));
  expect(read(...chunks)).toMatchObject({ doubt: 'ambiguous_usage' });
});
