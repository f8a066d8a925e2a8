/** Spans as recorded with VoltAgent 2.10. The span of a loop of calls states the last one, the agent's all of them. */
import { trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { startTracing } from '../support/tracing.js';

it("VoltAgent's agent is billed for the calls of a loop that the span of the loop does not state", () => {
  const { attributes } = startTracing();
  const tracer = trace.getTracer('@voltagent/core');
  const agent = { 'entity.type': 'agent', 'entity.name': 'boss', 'agent.state': 'running' };
  tracer.startActiveSpan('boss', { attributes: agent }, (boss) => {
    const call = { 'entity.type': 'agent', 'span.type': 'llm', 'llm.model': 'gpt-4o-mini' };
    const loop = tracer.startSpan('llm:generateText', { attributes: call });
    tracer
      .startSpan('tool.execution:get_weather', {
        attributes: { 'entity.type': 'agent', 'span.type': 'tool' },
      })
      .end();
    loop.setAttributes({
      'llm.usage.prompt_tokens': 1051,
      'llm.usage.completion_tokens': 149,
      'llm.usage.total_tokens': 1200,
      'usage.prompt_context.total_tokens_estimated': 13,
    });
    loop.end();
    boss.setAttributes({
      'ai.model.name': 'gpt-4o-mini',
      'usage.prompt_tokens': 1958,
      'usage.completion_tokens': 210,
      'usage.total_tokens': 2168,
    });
    boss.end();
  });
  expect(attributes('boss')).toMatchObject({
    'agent.cost_usd': 0.0004197,
    'agent.input_tokens': 1958,
    'agent.output_tokens': 210,
    'cost.status': 'not_billed',
  });
  expect(attributes('cost boss')).toMatchObject({ 'cost.status': 'estimated', cost_usd: 0.00017265 });
});
