import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withAgent, withTask, withTool } from '../../src/index.js';
import { inSpan, startTracing } from '../support/tracing.js';

describe("other instrumentations' execute_tool spans", () => {
  const tools = { web_search: { costUsd: 0.005 }, pay: { billable: true }, ping: { costUsd: 0 } };
  const execute = (name: string) =>
    inSpan(name, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name }, () => {});

  it('are priced by name from the option tools', () => {
    const { attributes } = startTracing({ cost: { tools } });
    withTask('t', () => {
      for (const name of ['web_search', 'web_search ', 'pay', 'ping', 'toString']) execute(name);
    });
    expect(attributes('web_search')).toMatchObject({
      cost_usd: 0.005,
      'cost.kind': 'tool',
      'cost.source': 'declared',
      'task.name': 't',
    });
    expect(attributes('pay')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('ping')).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
    expect(attributes('toString')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).toMatchObject({
      'task.tool_cost_usd': 0.005,
      'task.tool_calls': 5,
      'task.unpriced_calls': 1,
    });
  });

  it('that ended with an error are failed calls', () => {
    const { attributes } = startTracing({ cost: { tools } });
    withTask('t', () =>
      inSpan('x', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' }, (span) =>
        span.setStatus({ code: SpanStatusCode.ERROR }),
      ),
    );
    expect(attributes('task t')).toMatchObject({ 'task.failed_calls': 1, 'task.wasted_cost_usd': 0.005 });
  });

  it('and our wrapper inside of the same call are one call and one bill', () => {
    const { attributes } = startTracing({ cost: { tools } });
    withTask('t', () =>
      inSpan('theirs', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' }, () =>
        withTool('web_search', () => 1),
      ),
    );
    expect(attributes('task t')).toMatchObject({ 'task.tool_calls': 1, 'task.cost_usd': 0.005 });
    expect(attributes('theirs')).not.toHaveProperty('cost_usd');
    expect(attributes('execute_tool web_search').cost_usd).toBe(0.005);
  });

  it('and our wrapper around of the same call are one call and one bill', () => {
    const { attributes } = startTracing({ cost: { tools } });
    withTask('t', () => withTool('web_search', () => execute('web_search')));
    expect(attributes('task t')).toMatchObject({ 'task.tool_calls': 1, 'task.cost_usd': 0.005 });
    expect(attributes('web_search')).not.toHaveProperty('cost_usd');
  });

  it('of another tool inside our wrapper are calls of their own', () => {
    const { attributes } = startTracing({ cost: { tools } });
    withTask('t', () => withTool({ name: 'outer', costUsd: 1 }, () => execute('web_search')));
    expect(attributes('task t')).toMatchObject({ 'task.tool_calls': 2, 'task.cost_usd': 1.005 });
  });

  it('of the same name further in, below an agent, are calls of their own', () => {
    const { attributes } = startTracing({ cost: { tools } });
    withTask('t', () => withTool('web_search', () => withAgent('a', () => execute('web_search'))));
    expect(attributes('task t')).toMatchObject({ 'task.tool_calls': 2, 'task.cost_usd': 0.01 });
  });
});

describe('a tool below a model call inside a tool of the same name', () => {
  it.each([
    { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
    { 'ai.operationId': 'ai.generateText' },
  ])('is another call: %o', (attributes) => {
    const tracing = startTracing({ cost: { tools: { search: { costUsd: 1 } } } });
    const again = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };
    withTask('t', () =>
      withTool('search', () => inSpan('call', attributes, () => inSpan('again', again, () => {}))),
    );
    expect(tracing.attributes('again').cost_usd).toBe(1);
    expect(tracing.attributes('task t')).toMatchObject({ 'task.tool_cost_usd': 2, 'task.tool_calls': 2 });
  });
});

describe('a wrapped tool inside a span of another tool', () => {
  it('is another call', () => {
    const tracing = startTracing({ cost: { tools: { search: { costUsd: 1 } } } });
    const around = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };
    withTask('t', () => inSpan('around', around, () => withTool({ name: 'fetch', costUsd: 2 }, () => {})));
    expect(tracing.attributes('around').cost_usd).toBe(1);
    expect(tracing.attributes('task t')).toMatchObject({ 'task.tool_cost_usd': 3, 'task.tool_calls': 2 });
  });
});
