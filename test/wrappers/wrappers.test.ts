import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
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
import { startTracing } from '../support/tracing.js';

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

  it('lets its methods be taken off the handle', () => {
    const { attributes } = startTracing();
    withTask('done', ({ succeed }) => succeed({ actions: 3 }));
    withTask('failed', ({ fail }) => fail('no'));
    withTask('given up', ({ cancel }) => cancel());
    withLlm('gpt-4o', ({ recordUsage }) => recordUsage({ inputTokens: 1000, provider: 'openai' }));
    expect(attributes('task done')).toMatchObject({ 'task.outcome': 'success', 'task.actions': 3 });
    expect(attributes('task failed')['task.outcome']).toBe('failure');
    expect(attributes('task given up')['task.outcome']).toBe('cancelled');
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0025);
  });

  it('has temperature, max tokens and top-p of the request', () => {
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

  it('shows a failure: status ERROR with the message, and error.type', async () => {
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

  it('begins at startTimeMillis', () => {
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
  ])('passes %s through unchanged, at once and promised', async (_, value) => {
    startTracing();
    expect(withTask('t', () => value)).toBe(value);
    expect(await withTask('t', async () => value)).toBe(value);
    expect(wrapTool('tool', () => value)()).toBe(value);
  });
});
