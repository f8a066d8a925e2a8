import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { chat, chatAttributes, inSpan, startTracing } from '../support/tracing.js';

function chatBy(scope: string, inputTokens: number, more = {}) {
  const tracing = startTracing();
  trace
    .getTracer(scope)
    .startSpan('chat', { attributes: chatAttributes(inputTokens, 4, more) })
    .end();
  return tracing.attributes('chat');
}

describe('a span of an instrumentation that drops cached token counts', () => {
  it('is an estimate at list price, once its prompt is long enough to be cached', () => {
    const attributes = chatBy('@opentelemetry/instrumentation-openai', 4020);
    expect(attributes).toMatchObject({
      cost_usd: 0.01009,
      'cost.status': 'estimated',
      'cost.reason': 'dropped_cache',
      'task.cost_complete': true,
    });
  });

  it('is priced without a flag below that length', () => {
    expect(chatBy('@opentelemetry/instrumentation-openai', 1023)).not.toHaveProperty('cost.status');
  });

  it('is priced without a flag if it reports a cache after all', () => {
    const cached = { 'gen_ai.usage.cache_read.input_tokens': 1024 };
    expect(chatBy('@traceloop/instrumentation-openai', 4020, cached)).not.toHaveProperty('cost.status');
  });

  it('is unpriced where its model is not known', () => {
    const unknown = { 'gen_ai.request.model': 'house', 'gen_ai.response.model': 'house' };
    expect(chatBy('@opentelemetry/instrumentation-openai', 4020, unknown)).toMatchObject({
      'cost.status': 'unpriced',
      'cost.reason': 'unknown_model',
    });
  });

  it('is an estimate for a count that cannot be read rather than for a cache', () => {
    const unreadable = { 'gen_ai.usage.output_tokens': 'many' };
    expect(chatBy('@opentelemetry/instrumentation-openai', 4020, unreadable)['cost.reason']).toBe(
      'unread_usage',
    );
  });

  it('differs from a span of an instrumentation that reports cached tokens', () => {
    const scope = '@arizeai/openinference-instrumentation-openai';
    expect(chatBy(scope, 4020)).not.toHaveProperty('cost.status');
  });
});

describe('a span around a call that shows what the call wrote to a cache', () => {
  it('says how much of the bill is not sure', () => {
    const { attributes } = startTracing();
    const claude = { 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-sonnet-4-5' };
    const written = { ...claude, 'gen_ai.usage.cache_creation.input_tokens': 100_000 };
    inSpan('outer', chatAttributes(100_000, 0, written), () => chat(100_000, 0, claude));
    expect(attributes('outer')).toMatchObject({
      'cost.status': 'estimated',
      'cost.reason': 'dropped_cache',
      'task.cost_usd': 0.3,
      'task.estimated_cost_usd': 0.075,
    });
  });
});
