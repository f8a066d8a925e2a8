/** No SDK, but a remote parent: the API's spans repeat it, and totals count all the same. */
import { type Context, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withTask, withTool } from '../../src/index.js';

function remote(digit: string): Context {
  return trace.setSpanContext(context.active(), {
    traceId: 'a'.repeat(32),
    spanId: digit.repeat(16),
    traceFlags: 1,
    isRemote: true,
  });
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

  it('another remote span begins work of its own', () => {
    context.with(remote('b'), () =>
      withTask('t', (task) => {
        context.with(remote('c'), tool);
        expect(task.totals.costUsd).toBe(0);
      }),
    );
  });
});
