import { describe, expect, it } from 'vitest';
import { type BudgetOptions, withAgent, withLlm, withStep, withTask, withTool } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const THREE_CENTS = { name: 'search', costUsd: 0.03 };

/** Runs a task whose last call is refused, and gives its attributes. */
function stopped(budget: BudgetOptions | undefined, call: () => unknown) {
  const { attributes } = startTracing({ cost: { budgets: { user: { usd: 0.02 }, session: { usd: 0.02 } } } });
  const options = { name: 't', ...(budget !== undefined && { budget }) };
  withTask(options, () => expect(call).toThrow('budget of'));
  return attributes('task t');
}

describe('a task with a call that a budget refused', () => {
  const tool = () => withTool(THREE_CENTS, () => 1);
  const twice = (work: () => unknown) => () => [work(), work()];
  const llm = () => withLlm('gpt-4o', () => completion(1000, 0));

  it.each<[string, BudgetOptions | undefined, () => unknown]>([
    ['usd', { usd: 0.01 }, tool],
    ['toolUsd', { toolUsd: 0.01 }, tool],
    ['llmUsd', { llmUsd: 0.001 }, twice(llm)],
    ['tokens', { tokens: 1000 }, twice(llm)],
    ['llmCalls', { llmCalls: 1 }, twice(llm)],
    ['toolCalls', { toolCalls: 1 }, twice(tool)],
    ['steps', { steps: 1 }, twice(() => withStep('s', () => 1))],
    ['wallMillis', { wallMillis: 0 }, tool],
    [
      'unknown price',
      { usd: 1, unknownPrice: 'refuse' },
      () => withTool({ name: 'x', billable: true }, () => 1),
    ],
    ['mode abort', { usd: 0.01, mode: 'abort' }, tool],
    ['a window', { usd: { day: 0.01 } }, tool],
    ['its agent', undefined, () => withAgent({ name: 'a', budgetUsd: 0.01 }, tool)],
    ['the call itself', undefined, () => withTool({ ...THREE_CENTS, budgetUsd: 0.01 }, () => 1)],
    ['its user', undefined, () => withAgent({ name: 'a', attribution: { user: 'ann' } }, tool)],
    ['its sub-task', undefined, () => withTask({ name: 'sub', budgetUsd: 0.01 }, tool)],
  ])('by %s says task.over_budget', (_, budget, call) => {
    expect(stopped(budget, call)['task.over_budget']).toBe(true);
  });

  it('also where the call waited in vain', async () => {
    const { attributes } = startTracing();
    await withTask({ name: 't', budget: { usd: 1, reserveTimeoutMillis: 10 } }, async () => {
      const first = withTool(
        { name: 'slow', costUsd: () => 0 },
        () => new Promise((resolve) => setTimeout(resolve, 60)),
      );
      await expect(withLlm('gpt-4o', async () => 1)).rejects.toThrow('had no room in time');
      await first;
    });
    expect(attributes('task t')).toMatchObject({ 'task.over_budget': true, 'task.budget_usd': 1 });
  });
});

describe('a task without a refused call', () => {
  it.each([
    [0.1, false],
    [0.03, true],
    [0.02, true],
  ])('with a budget of $%d and $0.03 spent says task.over_budget %s', (budgetUsd, isOver) => {
    const { attributes } = startTracing();
    withTask({ name: 't', budget: { usd: budgetUsd, mode: 'observe' } }, () =>
      withTool(THREE_CENTS, () => 1),
    );
    expect(attributes('task t')['task.over_budget']).toBe(isOver);
  });

  it('says false with a budget of 0 in which nothing was spent, and nothing without a budget', () => {
    const { attributes } = startTracing();
    withTask({ name: 'zero', budgetUsd: 0 }, () => 1);
    withTask('none', () => withTool(THREE_CENTS, () => 1));
    expect(attributes('task zero')['task.over_budget']).toBe(false);
    expect(attributes('task none')).not.toHaveProperty(['task.over_budget']);
  });
});
