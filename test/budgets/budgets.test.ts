import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  ActionResult,
  BudgetExceededError,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { chat, completion, startProcessor, startTracing, wait } from '../support/tracing.js';

const THREE_CENTS = { name: 'search', costUsd: 0.03 };

/** How many of some calls ran, how many were refused, and how many ran at once. */
async function race(calls: number, call: (work: () => Promise<unknown>) => unknown) {
  let running = 0;
  let most = 0;
  let ran = 0;
  const work = async () => {
    ran += 1;
    most = Math.max(most, ++running);
    await wait();
    running -= 1;
  };
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, () => call(work)));
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  return { ran, most, refused: errors.filter((error) => error instanceof BudgetExceededError).length };
}

describe('parallel calls of $0.03 against $0.10', () => {
  it.each([16, 1000])('with that declared price: 3 of %i run', async (calls) => {
    const { cost } = startTracing();
    const outcome = await withTask({ name: 't', budgetUsd: 0.1 }, async (task) => {
      const raced = await race(calls, (work) => withTool(THREE_CENTS, async () => work()));
      return { ...raced, costUsd: task.totals.costUsd, toolCalls: task.totals.toolCalls };
    });
    expect(outcome).toEqual({ ran: 3, most: 3, refused: calls - 3, costUsd: 0.09, toolCalls: 3 });
    expect(cost.stats.budgetRefusals).toBe(calls - 3);
  });

  it.each([
    ['said by their results', { name: 'returned' }],
    ['of a billable tool', { name: 'billable', billable: true }],
    ['by a function', { name: 'function', costUsd: () => 0.03 }],
  ])(
    'with a price %s and no history: the first alone, then as many as fit, and one while the limit is not reached',
    async (_, tool) => {
      startTracing();
      const outcome = await withTask({ name: 't', budgetUsd: 0.1 }, () =>
        race(16, (work) =>
          withTool(tool, async () => {
            await work();
            return new ActionResult('found', { costUsd: 0.03 });
          }),
        ),
      );
      expect(outcome).toEqual({ ran: 4, most: 2, refused: 12 });
    },
  );

  it('with a history: as many as fit run, and one while the limit is not reached', async () => {
    startTracing();
    const search = async (work: () => Promise<unknown>) => {
      await work();
      return new ActionResult('found', { costUsd: 0.03 });
    };
    await withTool('search', () => search(async () => {}));
    const outcome = await withTask({ name: 't', budgetUsd: 0.1 }, () =>
      race(16, (work) => withTool('search', async () => search(work))),
    );
    expect(outcome).toEqual({ ran: 4, most: 3, refused: 12 });
  });

  it('that may wait: one after another, as long as the limit is not reached', async () => {
    startTracing();
    const budget = { usd: 0.1, reserveTimeoutMillis: 5000 };
    const outcome = await withTask({ name: 't', budget }, () =>
      race(16, (work) =>
        withTool('search', async () => {
          await work();
          return new ActionResult('found', { costUsd: 0.03 });
        }),
      ),
    );
    // The first shows the cost of one call. Two fit beside each other, and a learned estimate never refuses the next.
    expect(outcome).toEqual({ ran: 4, most: 2, refused: 12 });
  });

  it('count without an SDK, and unsampled', async () => {
    const cost = startProcessor();
    const outcome = await withTask({ name: 't', budgetUsd: 0.1 }, () =>
      race(16, (work) => withTool(THREE_CENTS, async () => work())),
    );
    expect(outcome).toMatchObject({ ran: 3, refused: 13 });
    expect(cost.stats.budgetRefusals).toBe(13);
  });
});

describe('a $0.50 budget', () => {
  it('stops at $0.50; the call that crosses keeps its result', () => {
    const { attributes, span } = startTracing();
    const results: string[] = [];
    const search = wrapTool('search', (query: string) => new ActionResult(query, { costUsd: 0.2 }));
    const run = () =>
      withTask({ name: 't', budgetUsd: 0.5 }, () => {
        for (const query of ['a', 'b']) results.push(search(query).data);
        results.push(
          withTool({ name: 'dear', estimateUsd: 0.1 }, () => new ActionResult('c', { costUsd: 0.4 })).data,
        );
        search('d');
      });
    expect(run).toThrow(BudgetExceededError);
    expect(results).toEqual(['a', 'b', 'c']);
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.8,
      'task.budget_usd': 0.5,
      'task.over_budget': true,
      'task.tool_calls': 3,
      'task.outcome': 'failure',
    });
    expect(attributes('execute_tool dear')['task.over_budget']).toBe(true);
    expect(span('task t').status.code).toBe(SpanStatusCode.ERROR);
  });

  it('is stopped exactly at it', () => {
    startTracing();
    const tenCents = wrapTool({ name: 'search', costUsd: 0.1 }, () => 1);
    withTask({ name: 't', budgetUsd: 0.5 }, (task) => {
      for (let call = 0; call < 5; call++) tenCents();
      expect(tenCents).toThrow(/spent 0.5, reserved 0/);
      expect(task.totals.costUsd).toBe(0.5);
    });
  });

  it('counts the spans of others and never refuses them', () => {
    const { attributes } = startTracing();
    withTask({ name: 't', budgetUsd: 0.5 }, () => {
      for (let call = 0; call < 3; call++) chat(100_000, 0);
      recordCost(0.5);
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow(/spent 1.25/);
    });
    expect(attributes('task t')['task.llm_calls']).toBe(3);
  });

  it('gives room back when a call throws, rejects, or its stream is given up', async () => {
    startTracing();
    const dear = { name: 'dear', estimateUsd: 0.5 };
    await withTask({ name: 't', budgetUsd: 0.5 }, async () => {
      const thrown = new Error('of the app');
      const throws = () => {
        throw thrown;
      };
      expect(() => withTool(dear, throws)).toThrow(thrown);
      await expect(withTool(dear, () => Promise.reject(thrown))).rejects.toBe(thrown);
      const stream = withTool(dear, async function* () {
        yield 1;
        yield 2;
      });
      await expect(withTool(dear, async () => 1)).rejects.toThrow(BudgetExceededError);
      for await (const _ of stream) break;
      expect(await withTool(dear, async () => 1)).toBe(1);
    });
  });

  it('leaves calls alone that are known to cost nothing', () => {
    startTracing();
    withTask({ name: 't', budgetUsd: 0 }, () => {
      expect(withTool({ name: 'local', costUsd: 0 }, () => 1)).toBe(1);
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow(BudgetExceededError);
      expect(() => withTool({ ...THREE_CENTS, estimateUsd: 0 }, () => 1)).toThrow(BudgetExceededError);
      expect(() => withLlm('gpt-4o', () => completion(1, 1))).toThrow(BudgetExceededError);
    });
    withTool('learnt', () => 1);
    expect(withTask({ name: 't', budgetUsd: 0 }, () => withTool('learnt', () => 1))).toBe(1);
  });
});

describe('a refused call', () => {
  it('is on its span, not billed and not counted', () => {
    const { attributes, span, cost } = startTracing();
    withTask({ name: 't', budgetUsd: 0.01 }, () => {
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow(BudgetExceededError);
    });
    const refused = span('execute_tool search');
    expect(refused.status).toMatchObject({
      code: SpanStatusCode.ERROR,
      message: expect.stringContaining('task "t"'),
    });
    expect(refused.attributes).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
      'error.type': 'BudgetExceededError',
      'cost.budget.scope': 'task',
      'cost.budget.measure': 'usd',
    });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0,
      'task.tool_calls': 0,
      'task.cost_complete': true,
    });
    expect(attributes('task t')).not.toHaveProperty(['task.failed_calls']);
    expect(cost.stats.budgetRefusals).toBe(1);
  });

  it('rejects where its function is async or its earlier calls gave promises, and throws elsewhere', async () => {
    startTracing();
    const later = wrapTool({ name: 'later', costUsd: 0.03 }, () => Promise.resolve(1));
    await withTask({ name: 't', budgetUsd: 0.05 }, async () => {
      await later();
      await expect(later()).rejects.toThrow(BudgetExceededError);
      await expect(withTool(THREE_CENTS, async () => 1)).rejects.toThrow(BudgetExceededError);
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow(BudgetExceededError);
    });
  });

  it('lets an LLM call of a refused wrapper be billed by others', () => {
    const { attributes } = startTracing();
    withTask({ name: 't', budgetUsd: 0.01 }, () => {
      expect(() => withLlm({ model: 'gpt-4o', estimateUsd: 1 }, () => 1)).toThrow(BudgetExceededError);
      chat(1000, 0);
    });
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_usd': 0.0025 });
  });
});

describe('budgets at every level', () => {
  it('must all have room, and none is held when one has not', () => {
    const { attributes } = startTracing();
    const run = (name: string, levels: { call?: number; agent?: number; task?: number; session?: number }) =>
      withSession({ id: name, ...(levels.session !== undefined && { budgetUsd: levels.session }) }, () =>
        withTask({ name, ...(levels.task !== undefined && { budgetUsd: levels.task }) }, () =>
          withAgent({ name, ...(levels.agent !== undefined && { budgetUsd: levels.agent }) }, () =>
            withTool(
              { name, costUsd: 0.03, ...(levels.call !== undefined && { budgetUsd: levels.call }) },
              () => 1,
            ),
          ),
        ),
      );
    for (const level of ['call', 'agent', 'task', 'session'] as const) {
      const levels = { call: 1, agent: 1, task: 1, session: 1 };
      expect(run(`fits ${level}`, levels)).toBe(1);
      expect(() => run(level, { ...levels, [level]: 0.02 })).toThrow(`budget of ${level}`);
      expect(attributes(`execute_tool ${level}`)['cost.budget.scope']).toBe(level);
    }
  });

  it('hold a session by its id over tasks and traces', () => {
    startTracing();
    withSession({ id: 's', budgetUsd: 0.05 }, () => withTask('t', () => withTool(THREE_CENTS, () => 1)));
    const again = () => withTask({ name: 't', sessionId: 's' }, () => withTool(THREE_CENTS, () => 1));
    expect(again).toThrow(/budget of session "s" exceeded: usd limit 0.05, spent 0.03/);
    expect(withSession({ id: 's', budgetUsd: 1 }, again)).toBe(1);
  });

  it('hold each user and team, and each session, where the processor says so', () => {
    const { cost } = startTracing({
      cost: {
        budgets: { user: { usd: 0.05 }, cost_center: { toolCalls: 2 }, session: { usd: 1 } },
        attributionKeys: ['cost_center'],
      },
    });
    const search = (attribution: Record<string, string>, sessionId = 's') =>
      withTask({ name: 't', sessionId, attribution }, () => withTool(THREE_CENTS, () => 1));
    expect(search({ user: 'ann' })).toBe(1);
    expect(() => search({ user: 'ann' })).toThrow('budget of user "ann"');
    expect(search({ user: 'bob', cost_center: '7' })).toBe(1);
    expect(search({ user: 'cid', cost_center: '7' })).toBe(1);
    expect(() => search({ user: 'dan', cost_center: '7' })).toThrow('toolCalls limit 2, spent 2');
    expect(cost.stats).toMatchObject({ budgetRefusals: 2, budgetEvictions: 0 });
    expect(() =>
      withTask({ name: 't', sessionId: 's' }, () => withTool({ name: 'x', estimateUsd: 2 }, () => 1)),
    ).toThrow('budget of session "s"');
  });

  it('go with the value that is set further in', () => {
    startTracing({ cost: { budgets: { team: { usd: 0.05 } } } });
    withTask({ name: 't', attribution: { team: 'a' } }, () => {
      withTool(THREE_CENTS, () => 1);
      withAgent({ name: 'b', attribution: { team: 'b' } }, () => withTool(THREE_CENTS, () => 1));
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow(
        'budget of team "a" exceeded: usd limit 0.05, spent 0.03',
      );
    });
  });

  it('give a tool that runs an agent its own room, and that agent the rest', () => {
    startTracing();
    withTask({ name: 't', budgetUsd: 0.1 }, (task) => {
      withTool('sub_agent', () => {
        withTool(THREE_CENTS, () => 1);
        withTool(THREE_CENTS, () => 1);
      });
      withTool('sub_agent', () => withTool(THREE_CENTS, () => 1));
      expect(task.totals.costUsd).toBe(0.09);
    });
  });

  it('count a call once that two wrappers see', () => {
    startTracing();
    withTask({ name: 't', budgetUsd: 0.05 }, (task) => {
      const call = { model: 'gpt-4o', estimateUsd: 0.05 };
      withLlm(call, () => withLlm(call, () => completion(10_000, 1000)));
      expect(task.totals.costUsd).toBe(0.035);
    });
  });
});

describe('what else a budget limits', () => {
  it.each([
    ['toolCalls', { toolCalls: 2 }],
    ['toolUsd', { toolUsd: 0.06 }],
  ])('%s', (measure, budget) => {
    startTracing();
    withTask({ name: 't', budget }, () => {
      for (let call = 0; call < 2; call++) withTool(THREE_CENTS, () => 1);
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow(`${measure} limit`);
      expect(withLlm('gpt-4o', () => completion(1, 1))).toBeDefined();
    });
  });

  it.each([
    ['llmCalls', { llmCalls: 2 }],
    ['llmUsd', { llmUsd: 0.005 }],
    ['tokens', { tokens: 2000 }],
    ['steps', { steps: 2 }],
  ])('%s', (measure, budget) => {
    startTracing();
    withTask({ name: 't', budget }, () => {
      for (let call = 0; call < 2; call++) withLlm('gpt-4o', () => completion(1000, 0));
      expect(() => withLlm('gpt-4o', () => completion(1000, 0))).toThrow(`${measure} limit`);
      expect(withTool(THREE_CENTS, () => 1)).toBe(1);
    });
  });

  it('turns that the app declares: a step too many does not begin, and the last may use what it likes', () => {
    const { span, attributes } = startTracing();
    withTask({ name: 't', budget: { steps: 2 } }, () => {
      const turn = (name: string) =>
        withStep(name, () => {
          withLlm('gpt-4o', () => completion(1, 1));
          withLlm('gpt-4o', () => completion(1, 1));
        });
      turn('one');
      turn('two');
      expect(() => turn('three')).toThrow('steps limit 2, spent 2');
    });
    expect(span('agent_step three').attributes).toMatchObject({
      'step.number': 3,
      'error.type': 'BudgetExceededError',
      'cost.budget.measure': 'steps',
    });
    expect(attributes('task t')).toMatchObject({ 'task.steps': 2, 'task.llm_calls': 4 });
  });

  it('time', async () => {
    startTracing();
    await withTask({ name: 't', budget: { wallMillis: 20 } }, async () => {
      expect(withTool(THREE_CENTS, () => 1)).toBe(1);
      await wait(25);
      expect(() => withTool(THREE_CENTS, () => 1)).toThrow('wallMillis limit 20');
    });
  });
});
