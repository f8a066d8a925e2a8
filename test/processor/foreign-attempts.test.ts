import { type Attributes, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { chatAttributes, foreign, inSpan, startTracing } from '../support/tracing.js';

const LATER_MILLIS = 60_000;

/** A span of another instrumentation's that ends at once, failed or not; `startMillis` from now. */
function call(attributes: Attributes, failed: boolean, startMillis = LATER_MILLIS): void {
  const span = foreign().startSpan('call', {
    kind: SpanKind.CLIENT,
    attributes,
    startTime: Date.now() + startMillis,
  });
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function tool(more: Attributes): Attributes {
  return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'x', ...more };
}

const cost = { tools: { x: { costUsd: 1 } } };

describe("attempts of other instrumentations' calls", () => {
  it.each(['gen_ai.tool.call.arguments', 'ai.toolCall.args', 'input.value', 'traceloop.entity.input'])(
    'of a tool are recognized by %s',
    (key) => {
      const { spans, attributes } = startTracing({ cost });
      inSpan('GET /', {}, () => {
        call(tool({ [key]: '{"q":1}' }), true);
        call(tool({ [key]: '{"q":2}' }), true);
        call(tool({ [key]: '{"q":1}' }), true);
        call(tool({ [key]: '{"q":1}' }), false);
        call(tool({ [key]: '{"q":1}' }), false);
      });
      const attempts = spans().map((span) => span.attributes['cost.attempt']);
      expect(attempts).toEqual([undefined, undefined, 2, 3, undefined, undefined]);
      expect(attributes('GET /')).toMatchObject({ 'task.retries': 2, 'task.wasted_cost_usd': 3 });
    },
  );

  it.each(['gen_ai.input.messages', 'ai.prompt.messages', 'input.value'])(
    'of an LLM request are recognized by %s, with usage and without',
    (key) => {
      const { attributes } = startTracing();
      const { 'gen_ai.operation.name': operation, 'gen_ai.request.model': model } = chatAttributes(0, 0);
      const refused = {
        'gen_ai.operation.name': operation,
        'gen_ai.request.model': model,
        'error.type': '429',
      };
      inSpan('GET /', {}, () => {
        call({ ...refused, [key]: 'q' } as Attributes, true);
        call(chatAttributes(1000, 100, { [key]: 'q' }), true);
        call(chatAttributes(1000, 100, { [key]: 'q', 'gen_ai.response.model': 'gpt-4o-2024-08-06' }), false);
      });
      expect(attributes('GET /')).toMatchObject({
        'task.llm_calls': 3,
        'task.failed_calls': 2,
        'task.retries': 2,
      });
    },
  );

  it('are not guessed where the span has no arguments, or no name', () => {
    const { attributes } = startTracing({ cost });
    inSpan('GET /', {}, () => {
      for (let i = 0; i < 2; i++) {
        call(tool({}), true);
        call({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.call.arguments': '{}' }, true);
      }
    });
    expect(attributes('GET /')).not.toHaveProperty(['task.retries']);
  });

  it('are none where the call had begun before the other one failed', () => {
    const { attributes } = startTracing({ cost });
    inSpan('GET /', {}, () => {
      for (let i = 0; i < 2; i++) call(tool({ 'input.value': 'q' }), true, -LATER_MILLIS);
    });
    expect(attributes('GET /')).not.toHaveProperty(['task.retries']);
  });

  it('are recognized within the agent that contains the spans', () => {
    const { attributes } = startTracing({ cost });
    const agent = { 'gen_ai.operation.name': 'invoke_agent' };
    inSpan('GET /', {}, () => {
      for (const name of ['a', 'b']) inSpan(name, agent, () => call(tool({ 'input.value': 'q' }), true));
      const span = foreign().startSpan('c', { attributes: agent });
      const around = trace.setSpan(context.active(), span);
      for (let i = 0; i < 2; i++) context.with(around, () => call(tool({ 'input.value': 'q' }), true));
      span.end();
    });
    expect(attributes('b')).not.toHaveProperty(['agent.retries']);
    expect(attributes('c')['agent.retries']).toBe(1);
  });

  it('are recognized by the times that spans are given, of calls that are long over', () => {
    const { spans } = startTracing({ cost });
    const begin = Date.UTC(2026, 0, 1);
    const timed = (from: number, to: number, failed: boolean) => {
      const attributes = tool({ 'input.value': '{"q":1}' });
      const span = foreign().startSpan('call', { attributes, startTime: begin + from });
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(begin + to);
    };
    inSpan('GET /', {}, () => {
      timed(0, 10, true);
      timed(5, 20, true);
      timed(30, 40, false);
    });
    expect(spans().map((span) => span.attributes['cost.attempt'])).toEqual([
      undefined,
      undefined,
      2,
      undefined,
    ]);
  });
});
