import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withAgent, withTask, withTool } from '../../src/index.js';
import { chat, chatAttributes, foreign, inSpan, startTracing } from '../support/tracing.js';

const usage = (inputTokens: number, outputTokens: number): Attributes => ({
  'gen_ai.usage.input_tokens': inputTokens,
  'gen_ai.usage.output_tokens': outputTokens,
});
const agent = (attributes: Attributes = {}): Attributes => ({
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  ...attributes,
});

/** Starts a span below another one without running anything in it. */
function start(name: string, attributes: Attributes, parent?: Span): Span {
  const ctx = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
  return foreign().startSpan(name, { attributes }, ctx);
}

describe('an outer span with usage', () => {
  it.each<[string, Attributes]>([
    ['invoke_agent', agent()],
    ['invoke_workflow', agent({ 'gen_ai.operation.name': 'invoke_workflow' })],
    ['agent_step', agent({ 'gen_ai.operation.name': 'agent_step' })],
    ['an outer span of the Vercel AI SDK', { 'ai.operationId': 'ai.generateText', 'ai.model.id': 'gpt-4o' }],
    ['a chat around chats', chatAttributes(0, 0)],
  ])('that repeats its children bills nothing and says so: %s', (_, attributes) => {
    const tracing = startTracing();
    inSpan('root', {}, () =>
      inSpan('outer', { ...attributes, ...usage(3000, 200) }, () => {
        chat(1000, 100);
        chat(2000, 100);
      }),
    );
    expect(tracing.attributes('outer')).toMatchObject({
      'cost.not_billed': 'aggregate',
      'gen_ai.usage.cost': 0,
    });
    expect(tracing.attributes('outer')).not.toHaveProperty('cost_usd');
    expect(tracing.attributes('root')).toMatchObject({
      'task.cost_usd': 0.0095,
      'task.llm_calls': 2,
      'task.input_tokens': 3000,
    });
  });

  it('that shows its last step alone changes nothing', () => {
    const { attributes } = startTracing();
    inSpan('outer', agent(usage(2000, 100)), () => {
      chat(1000, 100);
      chat(2000, 100);
    });
    expect(attributes('outer')).toMatchObject({ 'agent.cost_usd': 0.0095, 'agent.input_tokens': 3000 });
  });

  it('bills only what it has above all that was seen below, as a child span', () => {
    const { span, attributes } = startTracing();
    inSpan('outer', agent(usage(5000, 300)), () => {
      chat(1000, 100);
      chat(2000, 100);
    });
    expect(attributes('cost outer')).toMatchObject({ cost_usd: 0.006, 'cost.kind': 'llm' });
    expect(span('cost outer').parentSpanContext?.spanId).toBe(span('outer').spanContext().spanId);
    expect(attributes('outer')).toMatchObject({
      'agent.cost_usd': 0.0155,
      'agent.input_tokens': 5000,
      'agent.output_tokens': 300,
    });
    expect(attributes('outer')).not.toHaveProperty('cost_usd');
  });

  it('compares input and output each on its own, never below 0', () => {
    const { attributes } = startTracing();
    inSpan('outer', agent(usage(500, 300)), () => chat(1000, 100));
    // 1,000 in and 100 out below, 200 out above.
    expect(attributes('outer')['agent.cost_usd']).toBe(0.0055);
  });

  it('without any call below is the bill of its calls', () => {
    const { attributes } = startTracing();
    inSpan('outer', agent(usage(1000, 100)), () => {});
    expect(attributes('outer')).toMatchObject({ 'agent.cost_usd': 0.0035, 'agent.llm_calls': 1 });
    expect(attributes('cost outer').cost_usd).toBe(0.0035);
  });

  it('sees through plain spans and agents in between', () => {
    const { attributes } = startTracing();
    inSpan('outer', agent(usage(3000, 200)), () =>
      inSpan('plain', {}, () =>
        inSpan('inner', agent(usage(3000, 200)), () => {
          chat(1000, 100);
          inSpan('deeper', {}, () => chat(2000, 100));
        }),
      ),
    );
    expect(attributes('outer')['agent.cost_usd']).toBe(0.0095);
    expect(attributes('inner')['agent.cost_usd']).toBe(0.0095);
  });

  it('compares usage with usage: a tool below is not part of what it claims', () => {
    const { attributes } = startTracing({ cost: { tools: { search: { costUsd: 5 } } } });
    inSpan('outer', agent(usage(1000, 100)), () => {
      inSpan('x', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' }, () => {});
    });
    expect(attributes('outer')).toMatchObject({ 'agent.cost_usd': 5.0035, 'agent.llm_cost_usd': 0.0035 });
  });

  it('with a reported cost bills the rest above the LLM cost below, and no tool cost', () => {
    const { attributes } = startTracing();
    inSpan('outer', agent({ 'gen_ai.usage.cost': 0.01 }), () => {
      chat(1000, 100);
      withTool({ name: 'search', costUsd: 5 }, () => 1);
    });
    expect(attributes('outer')).toMatchObject({ 'agent.cost_usd': 5.01, 'agent.llm_cost_usd': 0.01 });
  });

  it('beside others sees its own children alone', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, () => {
      inSpan('first', agent(usage(1000, 100)), () => chat(1000, 100));
      inSpan('second', agent(usage(1000, 100)), () => {});
    });
    expect(attributes('root')['task.cost_usd']).toBe(0.007);
  });
});

describe('what an ended span claimed', () => {
  it('stays as a credit that a later descendant draws down first', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const outer = start('outer', agent(usage(3000, 200)));
      const first = start('first', chatAttributes(1000, 100), outer);
      const second = start('second', chatAttributes(2000, 100), outer);
      first.end();
      outer.end();
      second.end();
    });
    expect(attributes('first').cost_usd).toBe(0.0035);
    expect(attributes('cost outer').cost_usd).toBe(0.006);
    expect(attributes('second')['cost.not_billed']).toBe('duplicate');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.input_tokens': 3000 });
  });

  it('is used up: what is above it is billed', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const outer = start('outer', agent(usage(1000, 100)));
      const child = start('child', chatAttributes(3000, 100), outer);
      outer.end();
      child.end();
    });
    expect(attributes('child').cost_usd).toBe(0.005);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0085, 'task.input_tokens': 3000 });
  });

  it('is drawn nearest ancestor first', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const far = start('far', agent(usage(2000, 0)));
      const near = start('near', agent(usage(1000, 0)), far);
      const child = start('child', chatAttributes(2000, 0), near);
      near.end();
      far.end();
      child.end();
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.005, 'task.input_tokens': 2000 });
  });

  it('is not taken by what is beside it', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      start('outer', agent(usage(1000, 0))).end();
      start('beside', chatAttributes(1000, 0)).end();
    });
    expect(attributes('beside').cost_usd).toBe(0.0025);
    expect(attributes('task t')['task.cost_usd']).toBe(0.005);
  });

  it('holds in every order of ends', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const { spans } = startTracing();
    for (const order of orders) {
      withTask('t', () => {
        const outer = start('outer', agent(usage(2000, 0)));
        const middle = start('middle', agent(usage(2000, 0)), outer);
        const all = [outer, middle, start('leaf', chatAttributes(2000, 0), middle)];
        for (const index of order) all[index]?.end();
      });
    }
    const tasks = spans().filter(({ name }) => name === 'task t');
    expect(tasks.map(({ attributes }) => attributes['task.cost_usd'])).toEqual(orders.map(() => 0.005));
    expect(tasks.map(({ attributes }) => attributes['task.input_tokens'])).toEqual(orders.map(() => 2000));
  });
});

describe('one call that two instrumentations see', () => {
  it('is billed once, on the inner span', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withAgent('a', () => inSpan('outer', chatAttributes(1000, 100), () => chat(1000, 100, {}, 'inner'))),
    );
    expect(attributes('inner').cost_usd).toBe(0.0035);
    expect(attributes('outer')['cost.not_billed']).toBe('aggregate');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it('without usage on the outer one is one call', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      inSpan('outer', { 'gen_ai.operation.name': 'chat' }, () => chat(1000, 100, {}, 'inner')),
    );
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': true });
  });

  it('is two calls where two calls share an id and differ in their input', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      chat(1000, 100, { 'gen_ai.response.id': 'gateway' }, 'one');
      chat(2000, 100, { 'gen_ai.response.id': 'gateway' }, 'two');
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
  });
});
