import { type Attributes, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.js';
import { recordCost, withAgent, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { chat, chatAttributes, completion, foreign, inSpan, startTracing } from '../support/tracing.js';

describe('bad usage on a span of another instrumentation', () => {
  it.each<[string, Attributes, Attributes]>([
    [
      'counts as strings are read',
      { 'gen_ai.usage.input_tokens': '1000', 'gen_ai.usage.output_tokens': '100' },
      { cost_usd: 0.0035 },
    ],
    [
      'a negative count is refused and named; the rest is a lower bound',
      { 'gen_ai.usage.input_tokens': -5, 'gen_ai.usage.output_tokens': 100 },
      { cost_usd: 0.001, 'cost.anomaly': 'negative input_tokens' },
    ],
    [
      'NaN is refused and named',
      { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': Number.NaN },
      { cost_usd: 0.0025, 'cost.anomaly': 'unreadable output_tokens' },
    ],
    [
      'rubbish is refused and named',
      { 'gen_ai.usage.input_tokens': 'many', 'gen_ai.usage.output_tokens': 100 },
      { 'cost.anomaly': 'unreadable input_tokens' },
    ],
    [
      'more cache than input stands beside it',
      {
        'gen_ai.usage.input_tokens': 500,
        'gen_ai.usage.output_tokens': 100,
        'gen_ai.usage.cache_read.input_tokens': 1000,
      },
      { cost_usd: 0.0035 },
    ],
  ])('%s', (_, usage, expected) => {
    const { attributes } = startTracing();
    withTask('t', () => chat(0, 0, usage));
    expect(attributes('chat gpt-4o')).toMatchObject(expected);
    expect(attributes('task t')['task.llm_calls']).toBe(1);
  });

  it('that is missing is a call of unknown cost', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      inSpan('theirs', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }, () => {}),
    );
    expect(attributes('theirs')).toMatchObject({
      'cost.reason': 'no_usage',
      'cost.status': 'unpriced',
    });
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': false });
  });

  it('that is partly refused makes the totals incomplete', () => {
    const { attributes } = startTracing();
    withTask('t', () => chat(0, 0, { 'gen_ai.usage.input_tokens': -5, 'gen_ai.usage.output_tokens': 100 }));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.001, 'task.cost_complete': false });
  });

  it('without a model is counted and unpriced', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      inSpan('theirs', { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 1000 }, () => {}),
    );
    expect(attributes('task t')).toMatchObject({ 'task.input_tokens': 1000, 'task.cost_complete': false });
  });

  it('of a failed call is billed and wasted', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      inSpan('theirs', chatAttributes(1000, 100), (span) => span.setStatus({ code: SpanStatusCode.ERROR })),
    );
    expect(attributes('task t')).toMatchObject({ 'task.wasted_cost_usd': 0.0035, 'task.failed_calls': 1 });
  });

  it('never lets a NaN, an Infinity, a negative or a negative zero out, and never throws', () => {
    const { cost, spans } = startTracing();
    const value = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constantFrom(-0, Number.MAX_VALUE, '1e400', 1e15),
      fc.array(fc.integer(), { maxLength: 2 }),
    );
    const key = fc.constantFrom(
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.cost',
      'gen_ai.response.model',
      'session.id',
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (usage) => {
        withTask('t', () => inSpan('theirs', chatAttributes(10, 10, usage), () => {}));
      }),
      { numRuns: 300 },
    );
    for (const { attributes } of spans()) {
      for (const [name, stated] of Object.entries(attributes)) {
        if (typeof stated !== 'number' || !/cost|task\./.test(name) || name === 'gen_ai.usage.cost') continue;
        expect(stated >= 0 && Number.isFinite(stated) && !Object.is(stated, -0), `${name} ${stated}`).toBe(
          true,
        );
      }
    }
    expect(cost.stats.internalErrors).toBe(0);
  });
});

describe('a call with names or options that make no sense', () => {
  const anything: Record<string, (options: unknown, fn: () => unknown) => unknown> = {
    withSession: withSession as never,
    withTask: withTask as never,
    withAgent: withAgent as never,
    withLlm: withLlm as never,
    withTool: withTool as never,
  };
  const rubbish: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 42],
    ['a symbol', Symbol('s')],
    ['a list', []],
    ['an object without a name', {}],
    [
      'options of wrong types',
      {
        name: 7,
        id: 7,
        model: 7,
        provider: {},
        operation: 7,
        sessionId: 7,
        estimateUsd: Symbol('e'),
        attribution: 7,
        startTimeMillis: Number.NaN,
        attempt: 'x',
        costUsd: 'x',
        request: 7,
      },
    ],
    [
      'getters that throw',
      Object.defineProperty({}, 'name', {
        enumerable: true,
        get: () => {
          throw new Error('hostile');
        },
      }),
    ],
  ];

  it.each(
    Object.keys(anything).flatMap((wrapper) =>
      rubbish.map(([what, value]) => [wrapper, what, value] as const),
    ),
  )('%s with %s runs the function and counts what is in it', (wrapper, _, options) => {
    const { attributes } = startTracing();
    const result = withTask('around', () =>
      anything[wrapper]?.(options, () => {
        recordCost(1);
        return 'result';
      }),
    );
    expect(result).toBe('result');
    expect(attributes('task around')['task.cost_usd']).toBe(1);
  });

  it('throws for a budget that is not a number from 0: if ignored, it would limit nothing', () => {
    const { attributes, spans } = startTracing();
    for (const budgetUsd of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1', {}, Symbol('b')]) {
      const open = () => withTask({ name: 't', budgetUsd: budgetUsd as never }, () => recordCost(1));
      expect(open).toThrow(InvalidOptionError);
    }
    expect(spans()).toEqual([]);
    withTask({ name: 'none', budgetUsd: null as never }, () => recordCost(1));
    expect(attributes('task none')).not.toHaveProperty(['task.budget_usd']);
  });

  it.each([[''], [null], [7], [{}]])('is in no session for the session id %j', (sessionId) => {
    const { attributes } = startTracing();
    withTask({ name: 't', sessionId: sessionId as never }, () => recordCost(1));
    expect(attributes('task t')).not.toHaveProperty(['session.cost_usd']);
  });

  it.each([[undefined], [null], [{ actions: null }], [{ actions: '3' }], [{ actions: Symbol('s') }]])(
    'succeeds with one action for %s',
    (options) => {
      const { attributes } = startTracing();
      withTask('t', (task) => task.succeed(options as never));
      expect(attributes('task t')).toMatchObject({ 'task.outcome': 'success', 'task.actions': 1 });
    },
  );
});

describe('a span that does not behave', () => {
  const hostile = (span: Span) =>
    new Proxy(span, {
      get: () => {
        throw new Error('hostile');
      },
      set: () => {
        throw new Error('hostile');
      },
    });

  it('and is current, throws nothing into the app', () => {
    startTracing();
    const span = foreign().startSpan('theirs');
    const costUsd = context.with(trace.setSpan(context.active(), hostile(span)), () =>
      withTask('t', (task) => {
        recordCost(1);
        return task.totals.costUsd;
      }),
    );
    expect(costUsd).toBe(1);
  });

  it('but is a transparent proxy of the real one, is the parent of what is below it', () => {
    const { attributes } = startTracing();
    const agent = foreign().startSpan('theirs', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } });
    context.with(trace.setSpan(context.active(), new Proxy(agent, {})), () => chat(1000, 100));
    agent.end();
    expect(attributes('theirs')['agent.cost_usd']).toBe(0.0035);
  });

  it.each<[string, (span: Span) => unknown]>([
    ['is frozen', (span) => Object.freeze(span)],
    ['takes no new properties', (span) => Object.preventExtensions(span)],
  ])('because it %s from its start, costs nothing that is known', (_, seal) => {
    const { cost, attributes } = startTracing({
      processors: (ours, exporting) => [
        {
          onStart: (span) => void (span.name === 'sealed' && seal(span)),
          onEnd: () => {},
          forceFlush: async () => {},
          shutdown: async () => {},
        },
        ours,
        exporting,
      ],
    });
    withTask('t', () => {
      const sealed = foreign().startSpan('sealed', {
        attributes: { 'gen_ai.operation.name': 'invoke_agent' },
      });
      context.with(trace.setSpan(context.active(), sealed), () => chat(1000, 100));
      try {
        sealed.end();
      } catch {
        // The SDK's own end() fails on a frozen span.
      }
    });
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('and is ended twice is billed once', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const span = foreign().startSpan('theirs', { attributes: chatAttributes(1000, 100) });
      span.end();
      span.end();
    });
    expect(attributes('task t')['task.cost_usd']).toBe(0.0035);
  });

  it('of ours that the app ends itself is billed all the same', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => {
        call.span.end();
        return completion(1000, 100);
      }),
    );
    expect(attributes('task t')['task.cost_usd']).toBe(0.0035);
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
  });
});
