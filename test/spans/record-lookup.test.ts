import { context, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm } from '../../src/index.js';
import { foreign, startTracing } from '../support/tracing.js';

/** The span that OpenInference's tracers hand out and set as current: one around the SDK's, to mask attributes. */
class MaskingSpan {
  constructor(readonly span: Span) {}

  spanContext() {
    return this.span.spanContext();
  }

  isRecording() {
    return this.span.isRecording();
  }
}

const LLM = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };
const USAGE = { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 };

/** Runs below a span that is current under another object. */
function below<R>(span: Span, run: () => R): R {
  return context.with(trace.setSpan(context.active(), new MaskingSpan(span) as unknown as Span), run);
}

describe('a span that is current by its context alone', () => {
  it('is the parent of what starts below it', () => {
    const { attributes } = startTracing();
    const agent = foreign().startSpan('agent', { attributes: { 'openinference.span.kind': 'AGENT' } });
    const ctx = trace.setSpanContext(context.active(), agent.spanContext());
    foreign()
      .startSpan('chat', { attributes: { ...LLM, ...USAGE } }, ctx)
      .end();
    agent.end();
    expect(attributes('chat')).not.toHaveProperty('task.cost_usd');
    expect(attributes('agent')).toMatchObject({ 'agent.cost_usd': 0.0035, 'task.cost_usd': 0.0035 });
  });

  it('is no parent here when it is of another process', () => {
    const { attributes } = startTracing();
    const remote = { ...foreign().startSpan('caller').spanContext(), isRemote: true };
    const ctx = trace.setSpanContext(context.active(), remote);
    foreign()
      .startSpan('chat', { attributes: { ...LLM, ...USAGE } }, ctx)
      .end();
    expect(attributes('chat')).toMatchObject({ 'task.cost_usd': 0.0035 });
  });
});

describe('a span of another instrumentation that is current under an object of its own', () => {
  it('is the parent of what starts below it', () => {
    const { attributes } = startTracing();
    const agent = foreign().startSpan('agent', { attributes: { 'openinference.span.kind': 'AGENT' } });
    below(agent, () =>
      foreign()
        .startSpan('chat', { attributes: { ...LLM, ...USAGE } })
        .end(),
    );
    agent.end();
    expect(attributes('chat')).toMatchObject({ cost_usd: 0.0035 });
    expect(attributes('chat')['task.cost_usd']).toBeUndefined();
    expect(attributes('agent')).toMatchObject({ 'agent.cost_usd': 0.0035, 'task.cost_usd': 0.0035 });
  });

  it('does not bill again what was billed below it', () => {
    const { attributes } = startTracing();
    const outer = foreign().startSpan('outer', { attributes: { ...LLM, ...USAGE } });
    below(outer, () =>
      foreign()
        .startSpan('inner', { attributes: { ...LLM, ...USAGE } })
        .end(),
    );
    outer.end();
    expect(attributes('inner')).toMatchObject({ cost_usd: 0.0035 });
    expect(attributes('outer')).toMatchObject({
      'cost.status': 'not_billed',
      'cost.reason': 'aggregate',
      'task.cost_usd': 0.0035,
    });
  });

  it('is billed on a wrapper around it', () => {
    const { attributes, spans } = startTracing();
    const usage = { prompt_tokens: 1000, completion_tokens: 100 };
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      const outer = foreign().startSpan('outer');
      below(outer, () =>
        foreign()
          .startSpan('inner', { attributes: { ...LLM, ...USAGE } })
          .end(),
      );
      outer.end();
      return { model: 'gpt-4o', usage };
    });
    expect(attributes('inner')).toMatchObject({ 'cost.status': 'not_billed', 'cost.reason': 'covered' });
    expect(spans().filter((span) => span.attributes.cost_usd !== undefined)).toHaveLength(1);
  });
});
