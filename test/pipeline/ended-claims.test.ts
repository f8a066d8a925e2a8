/** Each token is billed once, in whatever order the spans and wrappers that show it end. */
import { context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm, withTool } from '../../src/index.js';
import { chat, chatAttributes, completion, foreign, startTracing, type Tracing } from '../support/tracing.js';

/** Dollars of gpt-4o output, the only tokens here. */
const OUTPUT_USD = 1e-5;
const model = { provider: 'openai', model: 'gpt-4o' };

/** A chat span of another instrumentation's that stays open. */
function begin(outputTokens: number, parent?: Span): Span {
  const ctx = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  return foreign().startSpan('chat', { attributes: chatAttributes(0, outputTokens) }, ctx);
}

/** A span of an agent that has its usage, and not whose model it was. */
function unnamed(outputTokens: number, parent?: Span): Span {
  const ctx = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.usage.input_tokens': 0,
    'gen_ai.usage.output_tokens': outputTokens,
  };
  return foreign().startSpan('agent', { attributes }, ctx);
}

function inContextOf<R>(span: Span, work: () => R): R {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Tokens that were billed anywhere. */
function billedTokens({ spans }: Tracing): number {
  const costs = spans().map(({ attributes }) => Number(attributes.cost_usd ?? 0));
  return Math.round(costs.reduce((sum, cost) => sum + cost, 0) / OUTPUT_USD);
}

describe('claims of ended spans', () => {
  it('a span whose usage an ended ancestor had paid stands for what ends below itself all the same', () => {
    const tracing = startTracing();
    const outer = begin(10);
    const middle = begin(10, outer);
    const inner = begin(10, middle);
    outer.end();
    middle.end();
    inner.end();
    expect(billedTokens(tracing)).toBe(10);
  });

  it('a span of unknown model that ended first does not take the bill from the calls below it', () => {
    const tracing = startTracing();
    const outer = unnamed(30);
    const calls = [begin(10, outer), begin(20, outer)];
    outer.end();
    for (const call of calls) call.end();
    expect(billedTokens(tracing)).toBe(30);
  });

  it.each([30, 20])('nor does it make a bill of the %d that a span above it has paid', (paid) => {
    const tracing = startTracing();
    const outer = begin(paid);
    const middle = unnamed(30, outer);
    const inner = begin(30, middle);
    outer.end();
    middle.end();
    inner.end();
    expect(billedTokens(tracing)).toBe(paid);
  });

  it('a span that starts below an ended call is paid by an outer span that ended after that call', () => {
    const tracing = startTracing();
    const outer = begin(30);
    const middle = begin(10, outer);
    middle.end();
    outer.end();
    begin(30, middle).end();
    expect(billedTokens(tracing)).toBe(30);
  });

  it('what an ended call paid is not seen twice by the spans around it', () => {
    const tracing = startTracing();
    const outer = begin(20);
    const middle = begin(10, outer);
    middle.end();
    const late = begin(0, middle);
    begin(10, late).end();
    outer.end();
    late.end();
    expect(billedTokens(tracing)).toBe(20);
  });

  it('a wrapper does not pay for work of its own that ends after it below one of its tools', async () => {
    const tracing = startTracing();
    let finish = () => {};
    withLlm(model, () => {
      withTool('tool', () => {
        const span = foreign().startSpan('chat', { attributes: chatAttributes(0, 10) });
        finish = () => span.end();
      });
      return completion(0, 10);
    });
    finish();
    expect(billedTokens(tracing)).toBe(20);
  });

  it('what starts below a tool that has ended is no part of the call around that tool', () => {
    const tracing = startTracing();
    withLlm(model, () => {
      let tool: Span | undefined;
      withTool('tool', (handle) => {
        tool = handle.span;
      });
      if (tool !== undefined) inContextOf(tool, () => chat(0, 10));
      return completion(0, 10);
    });
    expect(billedTokens(tracing)).toBe(20);
  });
});

describe('wrappers around wrappers of one call', () => {
  it('three deep, they bill it once', () => {
    const tracing = startTracing();
    const response = completion(0, 10);
    withLlm(model, () => withLlm(model, () => withLlm(model, () => response)));
    expect(billedTokens(tracing)).toBe(10);
  });

  it('bill what covered spans and wrappers further in show together once', () => {
    const tracing = startTracing();
    withLlm(model, () => {
      chat(0, 30);
      withLlm(model, () => completion(0, 50));
      return completion(0, 80);
    });
    expect(billedTokens(tracing)).toBe(80);
  });

  it('a call that an ended outer span has paid is not billed, held spans included', () => {
    const tracing = startTracing();
    const outer = begin(100);
    inContextOf(outer, () =>
      withLlm(model, () => {
        outer.end();
        chat(0, 60);
        return completion(0, 60);
      }),
    );
    expect(billedTokens(tracing)).toBe(100);
  });

  it('what is held while an outer span ends is billed by that span or by the wrapper, not by none', () => {
    const tracing = startTracing();
    const outer = begin(20);
    inContextOf(outer, () =>
      withLlm(model, () => {
        chat(0, 10);
        outer.end();
        return completion(0, 10);
      }),
    );
    expect(billedTokens(tracing)).toBe(20);
  });
});
