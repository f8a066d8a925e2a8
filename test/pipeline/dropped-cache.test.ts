import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { chatAttributes, startTracing } from '../support/tracing.js';

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
      'task.cost_complete': true,
    });
  });

  it('is plainly priced below that', () => {
    expect(chatBy('@opentelemetry/instrumentation-openai', 1023)).not.toHaveProperty('cost.status');
  });

  it('is plainly priced when it tells of a cache after all', () => {
    const cached = { 'gen_ai.usage.cache_read.input_tokens': 1024 };
    expect(chatBy('@traceloop/instrumentation-openai', 4020, cached)).not.toHaveProperty('cost.status');
  });

  it('is not confused with those that tell', () => {
    const scope = '@arizeai/openinference-instrumentation-openai';
    expect(chatBy(scope, 4020)).not.toHaveProperty('cost.status');
  });
});
