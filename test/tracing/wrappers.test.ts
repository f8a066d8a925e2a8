import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  recordCost,
  type TaskHandle,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import type { TaskSummary } from '../../src/tracing/summary.js';
import { completion, startTracing, wait } from '../support/tracing.js';

describe('the span of a wrapper', () => {
  const cases: [string, string, SpanKind, Record<string, unknown>, () => unknown][] = [
    [
      'withTask',
      'task research',
      SpanKind.INTERNAL,
      {
        'gen_ai.operation.name': 'invoke_workflow',
        'gen_ai.workflow.name': 'research',
        'task.name': 'research',
      },
      () => withTask('research', () => 1),
    ],
    [
      'withAgent',
      'invoke_agent planner',
      SpanKind.INTERNAL,
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' },
      () => withAgent('planner', () => 1),
    ],
    [
      'withStep',
      'agent_step plan',
      SpanKind.INTERNAL,
      { 'gen_ai.operation.name': 'agent_step', 'step.name': 'plan', 'step.number': 1 },
      () => withStep('plan', () => 1),
    ],
    [
      'withLlm',
      'chat gpt-4o',
      SpanKind.CLIENT,
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
      },
      () => withLlm({ provider: 'openai', model: 'gpt-4o' }, () => 1),
    ],
    [
      'withTool',
      'execute_tool web_search',
      SpanKind.INTERNAL,
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' },
      () => withTool('web_search', () => 1),
    ],
    ['withSession', 'session', SpanKind.INTERNAL, { 'session.id': 's' }, () => withSession('s', () => 1)],
    [
      'wrapTool',
      'execute_tool web_search',
      SpanKind.INTERNAL,
      { 'gen_ai.tool.name': 'web_search' },
      () => wrapTool('web_search', () => 1)(),
    ],
    [
      'wrapAgent',
      'invoke_agent planner',
      SpanKind.INTERNAL,
      { 'gen_ai.agent.name': 'planner' },
      () => wrapAgent('planner', () => 1)(),
    ],
    [
      'wrapLlm',
      'embeddings text-embedding-3-small',
      SpanKind.CLIENT,
      { 'gen_ai.operation.name': 'embeddings' },
      () => wrapLlm({ model: 'text-embedding-3-small', operation: 'embeddings' }, () => 1)(),
    ],
  ];

  it.each(cases)('%s has the standard name, kind and attributes', (_, name, kind, attributes, work) => {
    const { span } = startTracing();
    expect(work()).toBe(1);
    expect(span(name).kind).toBe(kind);
    expect(span(name).attributes).toMatchObject(attributes);
    expect(span(name).status).toEqual({ code: SpanStatusCode.UNSET });
  });

  it('has its standard attributes at creation, where samplers and filters see them', () => {
    const seen: Record<string, unknown>[] = [];
    startTracing({
      processors: (cost) => [
        {
          onStart: (span) => void seen.push({ name: span.name, ...span.attributes }),
          onEnd: () => {},
          forceFlush: async () => {},
          shutdown: async () => {},
        },
        cost,
      ],
    });
    for (const [, , , , work] of cases.slice(0, 5)) work();
    expect(seen).toMatchObject(cases.slice(0, 5).map(([, name, , attributes]) => ({ name, ...attributes })));
  });

  it('is current inside the function, and can be written to through the handle', () => {
    const { attributes } = startTracing();
    withTask('t', (task) => {
      expect(trace.getActiveSpan()).toBe(task.span);
      task.span.setAttribute('app.key', 'x');
    });
    expect(attributes('task t')['app.key']).toBe('x');
  });

  it('says temperature, max tokens and top-p where the request shows them', () => {
    const { attributes } = startTracing();
    const request = { model: 'gpt-4o', temperature: 0.2, max_completion_tokens: 500, top_p: 0.9 };
    withLlm({ request, operation: 'given' }, () => 1);
    wrapLlm({ operation: 'first argument' }, (_: object) => 1)(request);
    wrapLlm(
      { operation: 'gemini' },
      (_: object) => 1,
    )({
      model: 'gemini-2.5-flash',
      config: { temperature: 1, maxOutputTokens: 50, topP: 0.5 },
    });
    const shown = {
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 500,
      'gen_ai.request.top_p': 0.9,
    };
    expect(attributes('given gpt-4o')).toMatchObject(shown);
    expect(attributes('first argument gpt-4o')).toMatchObject(shown);
    expect(attributes('gemini gemini-2.5-flash')).toMatchObject({
      'gen_ai.request.temperature': 1,
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.top_p': 0.5,
    });
  });

  it('says what failed: status ERROR with the message, and error.type', async () => {
    const { span } = startTracing();
    const boom = new RangeError('too far');
    expect(() =>
      withTool('sync', () => {
        throw boom;
      }),
    ).toThrow(boom);
    await expect(withAgent('async', () => Promise.reject(boom))).rejects.toBe(boom);
    await expect(
      withLlm('gpt-4o', async () => {
        throw Object.assign(new Error('slow down'), { status: 429 });
      }),
    ).rejects.toThrow('slow down');
    expect(() =>
      withStep('not an error', () => {
        throw 'text';
      }),
    ).toThrow('text');
    for (const [name, type, message] of [
      ['execute_tool sync', 'RangeError', 'too far'],
      ['invoke_agent async', 'RangeError', 'too far'],
      ['chat gpt-4o', '429', 'slow down'],
      ['agent_step not an error', 'string', 'text'],
    ] as const) {
      expect(span(name).status).toEqual({ code: SpanStatusCode.ERROR, message });
      expect(span(name).attributes['error.type']).toBe(type);
    }
  });

  it('begins when startTimeMillis says', () => {
    const { span } = startTracing();
    withTask({ name: 't', startTimeMillis: 1_700_000_000_000 }, () => 1);
    expect(span('task t').startTime).toEqual([1_700_000_000, 0]);
  });
});

describe('a wrapped function', () => {
  it('keeps its this, its arguments, its name, its length and its own properties', async () => {
    startTracing();
    class Shop {
      readonly currency = 'USD';
      price(item: string, count: number): string {
        return `${item} x ${count} in ${this.currency}`;
      }
    }
    const shop = new Shop();
    shop.price = wrapTool('price', Object.assign(shop.price, { schema: { type: 'object' } }));
    expect(shop.price('tea', 2)).toBe('tea x 2 in USD');
    expect(shop.price.name).toBe('price');
    expect(shop.price.length).toBe(2);
    expect(shop.price).toHaveProperty('schema', { type: 'object' });
  });

  it('is one call of its own each time, all of them below what is current then', () => {
    const { attributes } = startTracing();
    const search = wrapTool({ name: 'search', costUsd: 0.005 }, (query: string) => query);
    withTask('one', () => search('a'));
    withTask('two', () => [search('b'), search('c')]);
    expect(attributes('task one')['task.tool_cost_usd']).toBe(0.005);
    expect(attributes('task two')['task.tool_cost_usd']).toBe(0.01);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a function', () => 1],
    ['an array', [1, 2]],
    ['a Map', new Map([[1, 2]])],
    ['an Error that was returned', new Error('returned')],
    ['a frozen object', Object.freeze({ a: 1 })],
    ['a symbol', Symbol('s')],
  ])('gives %s through untouched, at once and promised', async (_, value) => {
    startTracing();
    expect(withTask('t', () => value)).toBe(value);
    expect(await withTask('t', async () => value)).toBe(value);
    expect(wrapTool('tool', () => value)()).toBe(value);
  });
});

describe('the outcome of a task', () => {
  const told: TaskSummary[] = [];
  const outcomeOf = (work: (task: TaskHandle) => unknown): unknown => {
    told.length = 0;
    const { attributes } = startTracing({ cost: { onTaskEnd: (summary) => told.push(summary) } });
    try {
      withTask('t', work);
    } catch {}
    const { 'task.outcome': outcome, 'task.actions': actions } = attributes('task t');
    expect(told).toMatchObject([{ taskName: 't', outcome, actions }]);
    return [outcome, actions];
  };

  it('is success with one action when its function returns', () => {
    expect(outcomeOf(() => 1)).toEqual(['success', 1]);
  });

  it('is failure with no action when it throws', () => {
    expect(
      outcomeOf(() => {
        throw new Error('no');
      }),
    ).toEqual(['failure', 0]);
  });

  it.each<[string, (task: TaskHandle) => void, unknown[]]>([
    ['succeed with actions', (task) => task.succeed({ actions: 12 }), ['success', 12]],
    ['fail', (task) => task.fail('not found'), ['failure', 0]],
    ['cancel', (task) => task.cancel(), ['cancelled', 0]],
    ['succeed after fail', (task) => [task.fail(), task.succeed()], ['success', 1]],
  ])('is what the handle said last: %s', (_, work, outcome) => {
    expect(outcomeOf(work)).toEqual(outcome);
  });

  it('is cancelled when the consumer of its generator gives up', async () => {
    const { attributes } = startTracing();
    const numbers = withTask('t', async function* () {
      yield 1;
      yield 2;
    });
    for await (const _ of numbers) break;
    expect(attributes('task t')).toMatchObject({ 'task.outcome': 'cancelled', 'task.actions': 0 });
  });

  it('that failed marks the span with the reason', () => {
    const { span } = startTracing();
    withTask('t', (task) => task.fail('not found'));
    expect(span('task t').status).toEqual({ code: SpanStatusCode.ERROR, message: 'not found' });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('takes %s actions for one', (actions) => {
    expect(outcomeOf((task) => task.succeed({ actions }))).toEqual(['success', 1]);
  });

  it('said after the end is too late', () => {
    const { attributes } = startTracing();
    const task = withTask('t', (handle) => handle);
    task.fail();
    expect(attributes('task t')['task.outcome']).toBe('success');
  });
});

describe('the totals of a handle', () => {
  it('can be read at any time, and at the end are what the span says', async () => {
    const { attributes } = startTracing();
    const seen: number[] = [];
    const task = await withTask('t', async (handle) => {
      seen.push(handle.totals.costUsd);
      withTool({ name: 'search', costUsd: 0.005 }, () => 1);
      seen.push(handle.totals.costUsd);
      await wait();
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100));
      seen.push(handle.totals.costUsd);
      return handle;
    });
    expect(seen).toEqual([0, 0.005, 0.0085]);
    expect(task.totals).toMatchObject({
      costUsd: 0.0085,
      llmCostUsd: 0.0035,
      toolCostUsd: 0.005,
      inputTokens: 1000,
      outputTokens: 100,
      totalTokens: 1100,
      llmCalls: 1,
      toolCalls: 1,
      costComplete: true,
    });
    expect(attributes('task t')['task.cost_usd']).toBe(task.totals.costUsd);
    expect(attributes('task t')['task.id']).toBe(task.id);
  });

  it('of an agent and a step are their own part alone', () => {
    startTracing();
    withTask('t', () => {
      recordCost(1);
      withAgent('a', (agent) => {
        recordCost(2);
        withStep('s', (step) => {
          recordCost(4);
          expect(step.totals.costUsd).toBe(4);
        });
        expect(agent.totals.costUsd).toBe(6);
      });
    });
  });
});
