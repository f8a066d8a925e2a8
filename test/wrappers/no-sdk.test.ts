/** No SDK, but a remote parent: the API's spans repeat it, and totals count all the same. */
import { type Context, context, type SpanContext, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withTask, withTool } from '../../src/index.js';

function remoteSpan(digit: string): SpanContext {
  return { traceId: 'a'.repeat(32), spanId: digit.repeat(16), traceFlags: 1, isRemote: true };
}

function remote(digit: string): Context {
  return trace.setSpanContext(context.active(), remoteSpan(digit));
}

function tool(): void {
  withTool({ name: 'x', costUsd: 1 }, () => 1);
}

describe('without an SDK, below a remote span', () => {
  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });

  afterEach(() => {
    context.disable();
  });

  it("another instrumentation's span does not hide the task around it", () => {
    context.with(remote('b'), () =>
      withTask('t', (task) => {
        trace.getTracer('http').startActiveSpan('request', tool);
        expect(task.totals.costUsd).toBe(1);
      }),
    );
  });

  it('each task has an id of its own', () => {
    const ids = context.with(remote('b'), () => [
      withTask('t', (task) => task.id),
      withTask('t', (task) => task.id),
    ]);
    expect(new Set([...ids, 'b'.repeat(16)]).size).toBe(3);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
  });

  it('a task below a span that is not marked as remote has an id of its own, too', () => {
    const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    context.with(trace.setSpanContext(context.active(), spanContext), () =>
      withTask('t', (task) => {
        tool();
        expect(task.id).not.toBe('b'.repeat(16));
        expect(task.totals.costUsd).toBe(1);
      }),
    );
  });

  it('a task has the work below another remote span, too, as long as it runs', () => {
    const task = context.with(remote('b'), () =>
      withTask('t', (running) => {
        context.with(remote('c'), tool);
        expect(running.totals.costUsd).toBe(1);
        return { totals: running.totals, inside: context.active() };
      }),
    );
    context.with(trace.setSpanContext(task.inside, remoteSpan('c')), tool);
    expect(task.totals.costUsd).toBe(1);
  });
});
