/** Input that throws when it is read, or does not match its type: the app never notices, and no known cost is lost. */
import { context, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  ActionResult,
  type LlmOptions,
  recordUsage,
  type SessionOptions,
  type TaskOptions,
  type ToolOptions,
  withLlm,
  withSession,
  withTask,
  withTool,
  wrapLlm,
} from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

function raise(): never {
  throw new Error('trap');
}

/** What plain JavaScript may hand over, seen as whatever type is asked for. */
function untyped<T>(value: unknown): T {
  return JSON.parse('[0]').map(() => value)[0];
}

/** For calls that give nothing. */
function done(_: unknown): number {
  return 1;
}

const hostile = new Proxy({}, { get: raise, has: raise, ownKeys: raise, getOwnPropertyDescriptor: raise });

const CALLS: [string, () => unknown][] = [
  ['a request behind a proxy', () => withLlm({ model: 'gpt-4o', request: hostile }, () => 1)],
  ['an argument behind a proxy', () => wrapLlm('gpt-4o', (_: object) => 1)(hostile)],
  ...[null, 5, [], hostile, { team: 5 }].map((attribution): [string, () => unknown] => [
    `attribution: ${typeof attribution}`,
    () => withTask(untyped<TaskOptions>({ name: 't', attribution }), () => 1),
  ]),
  ...[null, undefined, 5, Symbol('s'), hostile, Object.create(null)].flatMap(
    (value): [string, () => unknown][] => [
      ['task options', () => withTask(untyped<TaskOptions>(value), () => 1)],
      ['task name', () => withTask(untyped<TaskOptions>({ name: value }), () => 1)],
      ['session id', () => withSession(untyped<SessionOptions>({ id: value }), () => 1)],
      ['session of a task', () => withTask(untyped<TaskOptions>({ name: 't', sessionId: value }), () => 1)],
      ['start time', () => withTask(untyped<TaskOptions>({ name: 't', startTimeMillis: value }), () => 1)],
      ['model', () => withLlm(untyped<LlmOptions>({ model: value, provider: value }), () => 1)],
      ['operation', () => withLlm(untyped<LlmOptions>({ operation: value }), () => 1)],
      [
        'tool cost',
        () => withTool(untyped<ToolOptions>({ name: 't', costUsd: value, attempt: value }), () => 1),
      ],
      ['actions', () => withTask('t', (task) => done(task.succeed(untyped({ actions: value }))))],
      ['success', () => withTask('t', (task) => done(task.succeed(untyped(value))))],
      ['reason', () => withTask('t', (task) => done(task.fail(untyped(value))))],
    ],
  ),
  ['no action options', () => new ActionResult(1, untyped(null)).data],
  ['no error options', () => (new ActionError('x', untyped(null)).message === 'x' ? 1 : 0)],
];

const NO_DATES = [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300];

const THROWN: [string, unknown][] = [
  ['nothing', undefined],
  ['a symbol', Symbol('x')],
  ['an object without text', Object.create(null)],
  ['a proxy that throws', hostile],
  [
    'a status that throws',
    {
      get status() {
        return raise();
      },
    },
  ],
  ['a message that throws', Object.defineProperty(new Error(), 'message', { get: raise })],
];

describe('input that does not match its type', () => {
  it.each(CALLS)('does not throw: %s', (_name, call) => {
    startTracing();
    expect(call()).toBe(1);
  });

  it('takes null for an option that is not there', () => {
    const { attributes } = startTracing();
    withTask(untyped<TaskOptions>({ name: 't', sessionId: null, attribution: null }), () => 1);
    expect(attributes('task t')).not.toHaveProperty('session.id');
  });

  it.each(NO_DATES)('a start time of %d is ignored', (startTimeMillis) => {
    const { span } = startTracing();
    const before = Date.now() / 1000 - 1;
    withTask({ name: 't', startTimeMillis }, () => 1);
    expect(span('task t').startTime[0]).toBeGreaterThan(before);
    expect(span('task t').startTime[0]).toBeLessThan(before + 60);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, -1])('an attempt of %d is ignored', (attempt) => {
    const { attributes } = startTracing();
    withTool({ name: 't', costUsd: 1, attempt }, () => 1);
    expect(attributes('execute_tool t')).not.toHaveProperty('cost.attempt');
  });

  it('a span that knows no symbols is a span that is not known', () => {
    const { attributes } = startTracing();
    const inner = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
    const span = new Proxy(inner, {
      get: (target, key) => (typeof key === 'symbol' ? raise() : Reflect.get(target, key)),
    });
    context.with(trace.setSpan(context.active(), span), () =>
      withTask('t', () => withTool({ name: 'x', costUsd: 1 }, () => 1)),
    );
    expect(attributes('task t')['task.cost_usd']).toBe(1);
  });
});

describe('what is thrown, whatever it is', () => {
  it.each(THROWN)('%s: the same is thrown on, and the tool is billed and counted', (_name, thrown) => {
    startTracing();
    const seen: unknown[] = [];
    withTask('t', (task) => {
      try {
        withTool({ name: 'x', costUsd: 0.5 }, () => {
          throw thrown;
        });
      } catch (error) {
        seen.push(error);
      }
      expect(task.totals).toMatchObject({ costUsd: 0.5, toolCalls: 1, failedCalls: 1, wastedCostUsd: 0.5 });
    });
    expect(seen[0] === thrown).toBe(true);
  });

  it.each(THROWN)('%s: the task states what it cost, and that it failed', (_name, thrown) => {
    const { attributes } = startTracing();
    const seen: unknown[] = [];
    try {
      withTask('t', () =>
        withLlm('gpt-4o', () => {
          recordUsage({ inputTokens: 1000, outputTokens: 0 });
          throw thrown;
        }),
      );
    } catch (error) {
      seen.push(error);
    }
    expect(seen[0] === thrown).toBe(true);
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0025,
      'task.wasted_cost_usd': 0.0025,
      'task.outcome': 'failure',
    });
  });

  it('a tool that returns a proxy that throws is billed as declared', () => {
    startTracing();
    withTask('t', (task) => {
      expect(withTool({ name: 'x', costUsd: 0.5, billable: true }, () => hostile) === hostile).toBe(true);
      expect(task.totals).toMatchObject({ costUsd: 0.5, toolCalls: 1 });
    });
  });
});
