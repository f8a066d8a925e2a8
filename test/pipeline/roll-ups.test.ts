import { describe, expect, it } from 'vitest';
import {
  recordCost,
  recordUsage,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import { chat, completion, startTracing } from '../support/tracing.js';

const COUNTED_WHEN_NOT_ZERO = [
  'compute_cost_usd',
  'other_cost_usd',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'failed_calls',
  'retries',
  'steps',
  'wasted_cost_usd',
  'saved_cost_usd',
  'unpriced_calls',
];

/** An agent that does one of everything. */
function busyAgent(): void {
  withAgent('busy', () => {
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () =>
      completion(2000, 300, {
        usage: {
          prompt_tokens: 2000,
          completion_tokens: 300,
          prompt_tokens_details: { cached_tokens: 1000 },
          completion_tokens_details: { reasoning_tokens: 200 },
        },
      }),
    );
    withTool({ name: 'search', costUsd: 0.01, attempt: 2 }, () => 'found');
    expect(() =>
      withTool({ name: 'pay', costUsd: 0.02 }, () => {
        throw new Error('refused');
      }),
    ).toThrow('refused');
    recordCost(0.5, { kind: 'compute' });
    recordCost(0.25, { kind: 'storage' });
    recordCost(0.125, { kind: 'network' });
    recordCost(1, { kind: 'other' });
  });
}

describe('the roll-up of a task and an agent', () => {
  it('has total, parts, tokens, calls and completeness even when all is zero, and nothing else', () => {
    const { attributes } = startTracing();
    withTask('idle', () => withAgent('idle', () => {}));
    for (const [span, P] of [
      ['task idle', 'task'],
      ['invoke_agent idle', 'agent'],
    ] as const) {
      expect(attributes(span)).toMatchObject({
        [`${P}.cost_usd`]: 0,
        [`${P}.cost_usd_nanos`]: 0,
        [`${P}.llm_cost_usd`]: 0,
        [`${P}.tool_cost_usd`]: 0,
        [`${P}.input_tokens`]: 0,
        [`${P}.output_tokens`]: 0,
        [`${P}.llm_calls`]: 0,
        [`${P}.tool_calls`]: 0,
        [`${P}.cost_complete`]: true,
      });
      for (const key of COUNTED_WHEN_NOT_ZERO) expect(attributes(span)).not.toHaveProperty([`${P}.${key}`]);
    }
  });

  it.each([
    ['task t', 'task'],
    ['invoke_agent busy', 'agent'],
  ])('on "%s" states the parts, which add up to the total', (span, P) => {
    const { attributes } = startTracing();
    withTask('t', busyAgent);
    expect(attributes(span)).toMatchObject({
      [`${P}.cost_usd`]: 1.91175,
      [`${P}.cost_usd_nanos`]: 1_911_750_000,
      [`${P}.llm_cost_usd`]: 0.00675,
      [`${P}.tool_cost_usd`]: 0.03,
      [`${P}.compute_cost_usd`]: 0.5,
      [`${P}.other_cost_usd`]: 1.375,
      [`${P}.input_tokens`]: 2000,
      [`${P}.output_tokens`]: 300,
      [`${P}.cache_read_tokens`]: 1000,
      [`${P}.reasoning_tokens`]: 200,
      [`${P}.llm_calls`]: 1,
      [`${P}.tool_calls`]: 2,
      [`${P}.failed_calls`]: 1,
      [`${P}.retries`]: 1,
      [`${P}.wasted_cost_usd`]: 0.02,
      [`${P}.cost_complete`]: true,
    });
    expect(attributes(span)).not.toHaveProperty([`${P}.cache_write_tokens`]);
  });

  it('has a nano-dollar twin that is an integer whatever the total is', () => {
    const { attributes } = startTracing();
    withTask('t', () => recordCost(1.23456789049e-5));
    expect(attributes('task t')['task.cost_usd_nanos']).toBe(12_346);
  });

  it('is incomplete as soon as one LLM call has no known cost, and counts such calls', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withAgent('a', () => {
        chat(1000, 100);
        chat(10, 1, { 'gen_ai.request.model': 'house-model-7' });
        withLlm('gpt-4o', () => 'no usage in this');
      }),
    );
    expect(attributes('invoke_agent a')).toMatchObject({
      'agent.cost_usd': 0.0035,
      'agent.cost_complete': false,
      'agent.unpriced_calls': 2,
      'agent.llm_calls': 3,
      'agent.input_tokens': 1010,
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 2 });
  });

  it('stays complete with tools that are not billed, which are counted all the same', () => {
    const { attributes } = startTracing();
    withTask('t', () => withTool('local', () => 1));
    expect(attributes('task t')).toMatchObject({ 'task.tool_calls': 1, 'task.cost_complete': true });
  });

  it('never has a key that a backend would take for token usage', () => {
    const { spans } = startTracing();
    withTask('t', busyAgent);
    for (const { name, attributes } of spans()) {
      if (!/^(task|invoke_agent|agent_step) /.test(name)) continue;
      expect(Object.keys(attributes).filter((key) => key.startsWith('gen_ai.usage.'))).toEqual([]);
    }
  });

  it('counts each nesting once: an agent in an agent is part of the outer one', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withAgent('outer', () => {
        chat(1000, 0);
        withAgent('inner', () => chat(2000, 0));
      }),
    );
    expect(attributes('invoke_agent inner')['agent.cost_usd']).toBe(0.005);
    expect(attributes('invoke_agent outer')['agent.cost_usd']).toBe(0.0075);
    expect(attributes('task t')['task.cost_usd']).toBe(0.0075);
  });
});

describe('waste', () => {
  it('is what a failed call cost, although another attempt succeeds', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      expect(() =>
        withLlm({ model: 'gpt-4o' }, () => {
          recordUsage({ inputTokens: 1000, outputTokens: 0 });
          throw new Error('cut off');
        }),
      ).toThrow('cut off');
      withLlm({ model: 'gpt-4o', attempt: 2 }, () => completion(1000, 0));
    });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.005,
      'task.wasted_cost_usd': 0.0025,
      'task.failed_calls': 1,
      'task.retries': 1,
      'task.llm_calls': 2,
    });
  });

  it('is all of a task that did not succeed, each dollar once', () => {
    const { attributes } = startTracing();
    withTask('outer', () => {
      recordCost(1);
      withTask('inner', (inner) => {
        recordCost(2);
        expect(() =>
          withTool({ name: 'pay', costUsd: 4 }, () => {
            throw new Error('refused');
          }),
        ).toThrow();
        inner.fail('no result');
      });
    });
    expect(attributes('task inner')).toMatchObject({ 'task.cost_usd': 6, 'task.wasted_cost_usd': 6 });
    expect(attributes('task outer')).toMatchObject({ 'task.cost_usd': 7, 'task.wasted_cost_usd': 6 });
  });

  it('of a session inside a failed task is what was spent there, before the task failed and after', () => {
    const { attributes } = startTracing();
    withTask('outer', (task) => {
      withSession('inner', () => recordCost(1));
      withSession('second', () => {
        recordCost(1);
        task.fail();
        recordCost(1);
      });
    });
    expect(attributes('task outer')).toMatchObject({ 'task.cost_usd': 3, 'task.wasted_cost_usd': 3 });
    withSession('inner', (session) => expect(session.totals.wastedCostUsd).toBe(1));
    withSession('second', (session) => expect(session.totals.wastedCostUsd).toBe(2));
  });

  it('of a session inside failed tasks that have it between them is not more than it spent', () => {
    startTracing();
    withTask('outer', (outer) =>
      withSession('s', () => {
        withTask('inner', (inner) => {
          withSession('deep', () => recordCost(1));
          inner.fail();
        });
        recordCost(1);
        outer.fail();
      }),
    );
    withSession('s', (session) => expect(session.totals).toMatchObject({ costUsd: 2, wastedCostUsd: 2 }));
    withSession('deep', (deep) => expect(deep.totals).toMatchObject({ costUsd: 1, wastedCostUsd: 1 }));
  });

  it('of a failed task around a failed task is the whole, not more', () => {
    const { attributes } = startTracing();
    withTask('outer', (outer) => {
      recordCost(1);
      withTask('inner', (inner) => {
        recordCost(2);
        inner.cancel();
      });
      outer.fail();
    });
    expect(attributes('task outer')).toMatchObject({ 'task.cost_usd': 3, 'task.wasted_cost_usd': 3 });
  });
});

describe('steps', () => {
  it('carry number, name, cost, parts and tokens, and no other roll-up', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withAgent('a', () => {
        withStep('plan', () => chat(1000, 100));
        withStep('act', (step) => {
          withTool({ name: 'search', costUsd: 0.005 }, () => 'found');
          chat(2000, 100);
          expect([step.number, step.totals.costUsd]).toEqual([2, 0.011]);
        });
      }),
    );
    expect(attributes('agent_step act')).toEqual({
      'gen_ai.operation.name': 'agent_step',
      'task.id': attributes('task t')['task.id'],
      'step.number': 2,
      'step.name': 'act',
      'step.cost_usd': 0.011,
      'step.llm_cost_usd': 0.006,
      'step.tool_cost_usd': 0.005,
      'step.input_tokens': 2000,
      'step.output_tokens': 100,
      'cost.context_used_ratio': 2100 / 128_000,
      'cost.context_growth_ratio': 2100 / 128_000 - 1100 / 128_000,
    });
    expect(attributes('agent_step plan')['step.number']).toBe(1);
    expect(attributes('invoke_agent a')['agent.steps']).toBe(2);
    expect(attributes('task t')['task.steps']).toBe(2);
  });

  it('are numbered from 1 in each agent', () => {
    startTracing();
    const numbers: number[] = [];
    withTask('t', () => {
      for (const agent of ['a', 'b']) {
        withAgent(agent, () => {
          withStep('one', (step) => numbers.push(step.number));
          withStep('two', (step) => numbers.push(step.number));
        });
      }
    });
    expect(numbers).toEqual([1, 2, 1, 2]);
  });

  it('that a loop does not declare are its direct LLM calls', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      withAgent('loop', () => {
        chat(10, 1);
        withTool('local', () => 1);
        chat(10, 1);
        chat(10, 1);
      });
      chat(10, 1);
    });
    expect(attributes('invoke_agent loop')['agent.steps']).toBe(3);
    expect(attributes('task t')['task.steps']).toBe(4);
  });

  it('that a loop declares are all that count, whatever is called beside them', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withAgent('loop', () => {
        chat(10, 1);
        withStep('one', () => {
          chat(10, 1);
          chat(10, 1);
        });
        chat(10, 1);
      }),
    );
    expect(attributes('invoke_agent loop')['agent.steps']).toBe(1);
    expect(attributes('task t')['task.steps']).toBe(1);
  });
});
