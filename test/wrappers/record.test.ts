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
