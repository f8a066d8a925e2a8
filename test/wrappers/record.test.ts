import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  type CostKind,
  type LlmHandle,
  recordCost,
  recordProviderUsage,
  recordUsage,
  withAgent,
  withLlm,
  withTask,
  withTool,
} from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

describe('recordCost', () => {
  it.each<[CostKind, string]>([
    ['compute', 'task.compute_cost_usd'],
    ['storage', 'task.other_cost_usd'],
    ['network', 'task.other_cost_usd'],
    ['other', 'task.other_cost_usd'],
    ['tool', 'task.tool_cost_usd'],
    ['llm', 'task.llm_cost_usd'],
  ])('of kind %s goes into %s, and is no call', (kind, part) => {
    const { attributes } = startTracing();
    withTask('t', () => recordCost(0.25, { kind, name: 'thing' }));
    expect(attributes('cost thing')).toMatchObject({ cost_usd: 0.25, 'cost.kind': kind });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.25,
      [part]: 0.25,
      'task.llm_calls': 0,
      'task.tool_calls': 0,
    });
  });

  it.each<[string, () => unknown]>([
    ['are null', () => null],
    [
      'throw when a key is read',
      () =>
        Object.defineProperty({}, 'kind', {
          enumerable: true,
          get: () => {
            throw new Error('unreadable');
          },
        }),
    ],
    [
      'are a proxy that throws',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('unreadable');
            },
          },
        ),
    ],
  ])('with options that %s is a cost of kind other', (_what, options) => {
    const { attributes, cost } = startTracing();
    withTask('t', () => Reflect.apply(recordCost, undefined, [1, options()]));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 1, 'task.other_cost_usd': 1 });
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('always adds: the same cost twice is twice the cost', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      recordCost(0.25, { name: 'search' });
      recordCost(0.25, { name: 'search' });
    });
    expect(attributes('task t')['task.cost_usd']).toBe(0.5);
  });

  it('adds to what the tool around it costs, on the span of the tool', () => {
    const { spans, attributes } = startTracing();
    withTask('t', () => {
      withTool({ name: 'priced', costUsd: 0.005 }, () => recordCost(0.01, { kind: 'tool' }));
      withTool('free', () => recordCost(0.02, { kind: 'tool' }));
    });
    expect(attributes('execute_tool priced').cost_usd).toBe(0.015);
    expect(attributes('execute_tool free').cost_usd).toBe(0.02);
    expect(attributes('task t')).toMatchObject({ 'task.tool_cost_usd': 0.035, 'task.tool_calls': 2 });
    expect(spans()).toHaveLength(3);
  });

  it('adds to what the LLM call around it costs, on its span', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      recordCost(0.01, { kind: 'llm' });
      return completion(1000, 100);
    });
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0135);
  });

  it('is kept when the call around it bills nothing itself: it repeats a call further in', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm({ operation: 'outer', model: 'gpt-4o' }, () => {
        recordCost(0.01, { kind: 'llm' });
        withLlm({ operation: 'inner', model: 'gpt-4o' }, () => completion(1000, 100));
        return completion(1000, 100);
      }),
    );
    expect(attributes('task t')['task.cost_usd']).toBe(0.0135);
  });

  it('is kept, and makes no price, when the price of the call around it is unknown', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      withLlm('house-model-7', () => {
        recordCost(0.01, { kind: 'llm' });
        return completion(1000, 100, { model: 'house-model-7' });
      });
      withTool({ name: 'pay', billable: true }, () => recordCost(0.02, { kind: 'tool' }));
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.03, 'task.cost_complete': false });
  });

  it('without any span around it is a root of its own', () => {
    const { span } = startTracing();
    recordCost(1, { name: 'alone' });
    expect(span('cost alone').parentSpanContext).toBeUndefined();
    expect(span('cost alone').attributes.cost_usd).toBe(1);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 1_000_001])('refuses %s with a flag', (costUsd) => {
    const { attributes } = startTracing();
    withTask('t', () => recordCost(costUsd, { kind: 'compute' }));
    expect(attributes('cost compute')).toMatchObject({
      'cost.status': 'unpriced',
      'cost.anomaly': expect.stringContaining(String(costUsd)),
    });
    expect(attributes('cost compute')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false });
  });

  it('of 0 is free', () => {
    const { attributes } = startTracing();
    recordCost(0, { name: 'gift' });
    expect(attributes('cost gift')).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
    expect(attributes('cost gift')).not.toHaveProperty(['gen_ai.usage.cost']);
  });

  it.each<[string, unknown, unknown, string]>([
    [
      'an unknown kind',
      1,
      { kind: 'magic' },
      'recorded cost refused: unknown kind "magic"; known are llm, tool, compute, storage, network, other',
    ],
    [
      'a kind that is no string',
      1,
      { kind: 7 },
      'recorded cost refused: unknown kind 7; known are llm, tool, compute, storage, network, other',
    ],
    [
      'an unknown option',
      1,
      { knid: 'compute' },
      'recorded cost refused: unknown option "knid", did you mean "kind"?',
    ],
    ['an amount that is a string', '1', undefined, 'recorded cost refused: a string'],
    ['no amount', undefined, undefined, 'recorded cost refused: undefined'],
  ])('with %s is refused, flagged and counted: it is never free', (_what, costUsd, options, anomaly) => {
    const { attributes, cost } = startTracing();
    withTask('t', () => Reflect.apply(recordCost, undefined, [costUsd, options]));
    expect(attributes('cost other')).toMatchObject({ 'cost.status': 'unpriced', 'cost.anomaly': anomaly });
    expect(attributes('cost other')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
    expect(cost.stats.refusedAmounts).toBe(1);
  });

  it('takes null for no options', () => {
    const { attributes } = startTracing();
    withTask('t', () => Reflect.apply(recordCost, undefined, [1, null]));
    expect(attributes('task t')).toMatchObject({ 'task.other_cost_usd': 1, 'task.cost_complete': true });
  });
});

describe('recordUsage', () => {
  it('prices the call around it, whatever its result is', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      recordUsage({ inputTokens: 1000, outputTokens: 100, cacheReadTokens: 400, reasoningTokens: 50 });
      return 'text';
    });
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.003,
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.reasoning.output_tokens': 50,
    });
  });

  it('wins over the response, and adds up when it is called again', () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => {
      call.recordUsage({ inputTokens: 1000, outputTokens: 0 });
      recordUsage({ inputTokens: 1000, outputTokens: 0 });
      return completion(7, 7);
    });
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.005,
      'gen_ai.usage.input_tokens': 2000,
    });
  });

  it("takes a provider's own usage object as it is", () => {
    const { attributes } = startTracing();
    withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) =>
      call.recordProviderUsage({ prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }),
    );
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
  });

  it('can name the model and the cost reported by the provider', () => {
    const { attributes } = startTracing();
    withLlm('router', (call) =>
      call.recordUsage({ inputTokens: 1000, outputTokens: 100, model: 'gpt-4o', provider: 'openai' }),
    );
    withLlm('gateway', (call) => call.recordUsage({ inputTokens: 1, outputTokens: 1, costUsd: 0.5 }));
    expect(attributes('chat router').cost_usd).toBe(0.0035);
    expect(attributes('chat gateway')).toMatchObject({ cost_usd: 0.5, 'cost.source': 'reported' });
  });

  it('outside any call is a call of its own', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withAgent('a', () =>
        recordUsage({ inputTokens: 1000, outputTokens: 100, model: 'gpt-4o', provider: 'openai' }),
      ),
    );
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('invoke_agent a')).toMatchObject({ 'agent.llm_calls': 1, 'agent.cost_usd': 0.0035 });
  });

  it('in a tool that an LLM call runs is a call of its own, not of the one around the tool', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm({ operation: 'outer', provider: 'openai', model: 'gpt-4o' }, () => {
        withTool('tool', () => recordUsage({ inputTokens: 1000, model: 'gpt-4o' }));
        return completion(1000, 0);
      }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 2, 'task.cost_usd': 0.005 });
  });

  it.each([[null], [undefined], ['text'], [42], [{}]])(
    'of %j is ignored: the call has no known cost',
    (usage) => {
      const { cost, attributes } = startTracing();
      const anything: (usage: unknown) => void = recordUsage as never;
      withTask('t', () => {
        withLlm('gpt-4o', () => anything(usage));
        anything(usage);
      });
      expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 2, 'task.unpriced_calls': 2 });
      expect(cost.stats.internalErrors).toBe(0);
    },
  );
});

describe('recordProviderUsage', () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
  const response = completion(1000, 100, { id: 'chatcmpl-1' });

  it('bills a whole response as a call of its own, with its model', () => {
    const { attributes } = startTracing();
    withTask('t', (task) => {
      recordProviderUsage(response);
      expect(task.totals).toMatchObject({ costUsd: 0.0035, llmCalls: 1, costComplete: true });
    });
    expect(attributes('chat gpt-4o-2024-08-06')).toMatchObject({ cost_usd: 0.0035 });
  });

  it('bills usage alone at the model that is named', () => {
    const { attributes } = startTracing();
    recordProviderUsage(usage, { model: 'gpt-4o', provider: 'openai' });
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'gen_ai.provider.name': 'openai' });
  });

  it('takes the place of the response in an open withLlm', () => {
    startTracing();
    withTask('t', (task) => {
      withLlm({ provider: 'openai', model: 'gpt-4o-mini' }, () => {
        recordProviderUsage(response);
        return completion(7, 7);
      });
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () => recordProviderUsage(usage));
      expect(task.totals).toMatchObject({ costUsd: 0.007, llmCalls: 2 });
      expect(Object.keys(task.totals.byModel)).toEqual(['gpt-4o-2024-08-06', 'gpt-4o']);
    });
  });

  it('bills late usage of a handle', () => {
    startTracing();
    withTask('t', (task) => {
      let late: LlmHandle | undefined;
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => {
        late = call;
      });
      late?.recordProviderUsage(response);
      expect(task.totals).toMatchObject({ costUsd: 0.0035, llmCalls: 1, costComplete: true });
    });
  });

  it('is a call without usage where nothing is read, and never throws', () => {
    startTracing();
    withTask('t', (task) => {
      for (const given of [{}, null, 'text', new Proxy({}, { get: () => expect.unreachable() })])
        expect(() => recordProviderUsage(given as object)).not.toThrow();
      expect(task.totals).toMatchObject({ costUsd: 0, costComplete: false });
    });
  });

  it('reads what recordUsage reads, which takes either at run time', () => {
    startTracing();
    withTask('t', (task) => {
      recordProviderUsage({ inputTokens: 1000, outputTokens: 100, model: 'gpt-4o', provider: 'openai' });
      const given: object = response;
      recordUsage(given);
      expect(task.totals.costUsd).toBe(0.007);
    });
  });
});

describe('a response of embeddings', () => {
  it.each(['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'])(
    "of OpenAI's %s needs no provider",
    (model) => {
      startTracing();
      const response = {
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: [0.1] }],
        model,
        usage: { prompt_tokens: 1_000_000, total_tokens: 1_000_000 },
      };
      withTask('t', (task) => {
        recordProviderUsage(response);
        const { costUsd } = task.totals;
        expect(costUsd).toBeGreaterThan(0);
        withLlm({ provider: 'openai' }, () => response);
        expect(task.totals).toMatchObject({ costUsd: 2 * costUsd, costComplete: true, estimatedCostUsd: 0 });
      });
    },
  );
});

describe('what is recorded, piece by piece', () => {
  /** The totals of one call, and its span. */
  function callOf(
    give: (call: LlmHandle) => void,
    options: object = { provider: 'openai', model: 'gpt-4o' },
  ) {
    const { spans, cost } = startTracing();
    const totals = withTask('t', (task) => {
      withLlm(options, (call) => give(call));
      return task.totals;
    });
    const span = spans().find(({ attributes }) => attributes['cost.kind'] === 'llm')?.attributes ?? {};
    return { totals, span, cost };
  }

  it.each<[string, (call: LlmHandle) => void]>([
    [
      'null in the usage of a provider',
      (call) => call.recordProviderUsage({ prompt_tokens: 1000, completion_tokens: null }),
    ],
    [
      "undefined in the AI SDK's usage",
      (call) => call.recordProviderUsage({ inputTokens: 1000, outputTokens: undefined }),
    ],
    ['undefined', (call) => call.recordUsage({ inputTokens: 1000, outputTokens: undefined })],
  ])('an input without an output is a lower bound: %s', (_what, give) => {
    const { totals, span } = callOf(give);
    expect(totals).toMatchObject({ costUsd: 0.0025, estimatedCostUsd: 0.0025, costComplete: false });
    expect(span).toMatchObject({ 'cost.status': 'estimated', 'cost.reason': 'unread_usage' });
  });

  it('an input without an output is a lower bound outside a call, too', () => {
    startTracing();
    withTask('t', (task) => {
      recordUsage({ model: 'gpt-4o', provider: 'openai', inputTokens: 1000 });
      recordProviderUsage(
        { prompt_tokens: 1000, completion_tokens: null },
        { model: 'gpt-4o', provider: 'openai' },
      );
      expect(task.totals).toMatchObject({ costUsd: 0.005, unpricedCalls: 2, estimatedCostUsd: 0.005 });
    });
  });

  it.each<[string, object]>([
    ['by the model', { provider: 'openai', model: 'text-embedding-3-small' }],
    ['by the operation', { provider: 'mine', model: 'house-7', operation: 'embeddings' }],
  ])('an input is all of an embedding, %s', (_what, options) => {
    const overrides = { 'house-7': { inputUsdPerMtok: 0.02, outputUsdPerMtok: 1 } };
    startTracing({ cost: { overrides } });
    withTask('t', (task) => {
      withLlm(options, (call) => call.recordUsage({ inputTokens: 1e6 }));
      expect(task.totals).toMatchObject({ costUsd: 0.02, costComplete: true, estimatedCostUsd: 0 });
    });
  });

  it.each<[string, (call: LlmHandle) => void]>([
    [
      'input, then output',
      (call) => {
        call.recordUsage({ inputTokens: 1000 });
        call.recordUsage({ outputTokens: 100 });
      },
    ],
    [
      'output, then input',
      (call) => {
        call.recordUsage({ outputTokens: 100 });
        call.recordUsage({ inputTokens: 1000 });
      },
    ],
    [
      'output in pieces, and the model once',
      (call) => {
        call.recordUsage({ inputTokens: 1000, model: 'gpt-4o' });
        call.recordUsage({ outputTokens: 60 });
        call.recordUsage({ outputTokens: 40 });
      },
    ],
  ])('both sides are a whole call: %s', (_what, give) => {
    const { totals } = callOf(give, { provider: 'openai', model: 'gpt-4o' });
    expect(totals).toMatchObject({ costUsd: 0.0035, estimatedCostUsd: 0, costComplete: true, llmCalls: 1 });
  });

  it('an output that comes after the end makes the call complete', () => {
    startTracing();
    withTask('t', (task) => {
      let late: LlmHandle | undefined;
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => {
        late = call;
        call.recordUsage({ inputTokens: 1000 });
      });
      expect(task.totals.costComplete).toBe(false);
      late?.recordUsage({ outputTokens: 100 });
      expect(task.totals).toMatchObject({ costUsd: 0.0035, costComplete: true, llmCalls: 1 });
      expect(task.totals.byModel).toEqual({
        'gpt-4o': expect.objectContaining({ calls: 1, unpricedCalls: 0 }),
      });
    });
  });

  it('a second call whose output is missing makes the sum a lower bound', () => {
    const { totals } = callOf((call) => {
      call.recordUsage({ inputTokens: 1000, outputTokens: 100 });
      call.recordUsage({ inputTokens: 1000 });
    });
    expect(totals).toMatchObject({ costUsd: 0.006, costComplete: false });
  });

  const BILL = { costUsd: 0.0036 };
  const COUNTS = { inputTokens: 1000, outputTokens: 100 };
  it.each([
    ['bill, then counts', [BILL, COUNTS]],
    ['counts, then bill', [COUNTS, BILL]],
    ['bill in the middle', [{ inputTokens: 1000 }, BILL, { outputTokens: 100 }]],
  ])('a bill is for the counts beside it: %s', (_what, records) => {
    const { totals, span } = callOf((call) => {
      for (const record of records) call.recordUsage(record);
    });
    expect(totals).toMatchObject({ costUsd: 0.0036, inputTokens: 1000, outputTokens: 100, llmCalls: 1 });
    expect(totals).toMatchObject({ estimatedCostUsd: 0, costComplete: true });
    expect(span['cost.source']).toBe('reported');
  });

  it('a bill far from the list price of the counts beside it is estimated', () => {
    const { totals, span } = callOf((call) => {
      call.recordUsage({ costUsd: 0.01 });
      call.recordUsage(COUNTS);
    });
    expect(totals).toMatchObject({ costUsd: 0.01, estimatedCostUsd: 0.01 });
    expect(span).toMatchObject({ 'cost.status': 'estimated', 'cost.reason': 'reported_differs' });
  });

  it('a bill with a part of the counts is estimated, however near it is', () => {
    const { totals, span } = callOf((call) => {
      call.recordUsage({ inputTokens: 1000, costUsd: 0.0025 });
      call.recordUsage({ outputTokens: 1 });
    });
    expect(totals).toMatchObject({ costUsd: 0.0025, estimatedCostUsd: 0.0025 });
    expect(span['cost.reason']).toBe('partial_statement');
  });

  it('bills add up, and so do calls with and without one', () => {
    const one = callOf((call) => {
      call.recordUsage({ costUsd: 0.001 });
      call.recordUsage({ costUsd: 0.0026 });
      call.recordUsage(COUNTS);
    });
    expect(one.totals).toMatchObject({ costUsd: 0.0036, estimatedCostUsd: 0 });
    const two = callOf((call) => {
      call.recordUsage({ ...COUNTS, costUsd: 0.0036 });
      call.recordUsage(COUNTS);
    });
    expect(two.totals).toMatchObject({ costUsd: 0.0071, inputTokens: 2000, estimatedCostUsd: 0 });
    const three = callOf((call) => {
      call.recordUsage({ ...COUNTS, costUsd: 0.0036 });
      call.recordUsage(COUNTS);
      call.recordUsage({ costUsd: 0.001 });
    });
    expect(three.totals).toMatchObject({ costUsd: 0.0081, estimatedCostUsd: 0.0081 });
  });

  it.each([2e6, Number.NaN, -1, '$0.1'])(
    'a bill of %s is refused, and its list price is an estimate',
    (costUsd) => {
      const usage: object = { ...COUNTS, costUsd };
      const { totals, span, cost } = callOf((call) => call.recordProviderUsage(usage));
      expect(totals).toMatchObject({ costUsd: 0.0035, estimatedCostUsd: 0.0035 });
      expect(span).toMatchObject({
        'cost.status': 'estimated',
        'cost.reason': 'reported_differs',
        'cost.anomaly': expect.stringContaining('costUsd'),
      });
      expect(cost.stats.refusedAmounts).toBe(1);
    },
  );

  it.each([
    ['one of them is refused', [{ costUsd: -1 }, { costUsd: 0.0036 }]],
    ['their sum is too large to be posted', [{ costUsd: 6e5 }, { costUsd: 6e5 }]],
  ])('the list price is an estimate beside several bills where %s', (_what, bills) => {
    const { totals, span } = callOf((call) => {
      for (const bill of [...bills, COUNTS]) call.recordUsage(bill);
    });
    expect(totals).toMatchObject({ costUsd: 0.0035, estimatedCostUsd: 0.0035 });
    expect(span['cost.reason']).toBe('reported_differs');
  });

  it('calls of two models are priced one by one, even if they have one side only', () => {
    const { totals } = callOf((call) => {
      call.recordUsage({ inputTokens: 1_000_000, outputTokens: 0 });
      call.recordUsage({ inputTokens: 1_000_000, outputTokens: 0, model: 'gpt-4o-mini' });
      call.recordUsage({ inputTokens: 1_000_000, outputTokens: 0, model: 'gpt-4o' });
    });
    expect(totals).toMatchObject({ costUsd: 5.15, estimatedCostUsd: 0, costComplete: true });
  });

  it('a call that names no model is priced as the one around it, whatever the other records name', () => {
    const { totals } = callOf((call) => {
      call.recordUsage({ inputTokens: 1_000_000, outputTokens: 1 });
      call.recordUsage({ inputTokens: 1_000_000, outputTokens: 1, model: 'gpt-4o-mini' });
    });
    expect(totals).toMatchObject({ costUsd: 2.6500106, estimatedCostUsd: 0 });
  });

  it('a refused bill without counts is unpriced', () => {
    const { totals, span, cost } = callOf((call) => call.recordUsage({ costUsd: -1 }));
    expect(totals).toMatchObject({ costUsd: 0, costComplete: false });
    expect(span).toMatchObject({ 'cost.status': 'unpriced', 'cost.reason': 'bad_amount' });
    expect(cost.stats.refusedAmounts).toBe(1);
  });

  it('the model that the app names settles the price, of a whole response, too', () => {
    startTracing();
    const response = completion(1_000_000, 10, { model: 'prod-7' });
    withTask('t', (task) => {
      recordProviderUsage(response, { model: 'gpt-4o-mini', provider: 'openai' });
      withLlm({ provider: 'openai' }, (call) => call.recordProviderUsage(response, { model: 'gpt-4o-mini' }));
      expect(task.totals).toMatchObject({ costUsd: 0.300012, estimatedCostUsd: 0 });
      expect(Object.keys(task.totals.byModel)).toEqual(['gpt-4o-mini']);
    });
  });

  it('the named model is that of a run, and other models in it keep theirs', () => {
    startTracing();
    const step = (modelId: string) => ({
      usage: { inputTokens: 1_000_000, outputTokens: 0, totalTokens: 1_000_000 },
      response: { id: modelId, modelId },
    });
    const steps = [step('gpt-4o'), step('prod-7')];
    withTask('t', (task) => {
      recordProviderUsage({ ...step('prod-7'), steps }, { model: 'gpt-4o-mini', provider: 'openai' });
      expect(task.totals).toMatchObject({ costUsd: 2.65, estimatedCostUsd: 0 });
    });
  });

  it('an empty name is no name', () => {
    const { attributes } = startTracing();
    withTask('t', (task) => {
      recordUsage({ model: '', provider: '', inputTokens: 1000, outputTokens: 100 });
      expect(Object.keys(task.totals.byModel)).toEqual(['(unknown)']);
    });
    expect(attributes('chat')).not.toHaveProperty('gen_ai.request.model');
  });

  it('keeps the tier of late bodies and records', () => {
    startTracing();
    withTask('t', (task) => {
      let late: LlmHandle | undefined;
      withLlm({ provider: 'anthropic', model: 'claude-opus-4-6' }, (call) => {
        late = call;
      });
      late?.recordProviderUsage({ input_tokens: 1000, output_tokens: 100, inference_geo: 'us' });
      expect(task.totals).toMatchObject({ costUsd: 0.00825, costComplete: true });
    });
  });

  it('a promise is reported with the fix', () => {
    const warnings: string[] = [];
    diag.setLogger(
      { ...new DiagConsoleLogger(), warn: (message: string) => warnings.push(message) },
      DiagLogLevel.WARN,
    );
    startTracing();
    withLlm('gpt-4o', (call) => call.recordProviderUsage(Promise.resolve(completion(1, 1))));
    diag.disable();
    expect(warnings.join()).toContain('await it first');
  });
});
