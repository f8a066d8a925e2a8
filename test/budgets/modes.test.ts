import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.js';
import {
  BudgetExceededError,
  type BudgetOptions,
  type BudgetThreshold,
  CostSpanProcessor,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { completion, startTracing, wait } from '../support/tracing.js';

describe('a budget with the mode abort', () => {
  it('aborts what runs once it is used up, and refuses what comes', async () => {
    startTracing();
    const budget: BudgetOptions = { usd: 0.1, mode: 'abort' };
    await withTask({ name: 't', budget }, async (task) => {
      const stopped = withTool({ name: 'long', costUsd: 0.01 }, async ({ signal }) => {
        while (!signal.aborted) await wait();
        return signal.reason;
      });
      recordCost(0.09);
      expect(task.signal.aborted).toBe(false);
      recordCost(0.01);
      expect(await stopped).toBeInstanceOf(BudgetExceededError);
      expect(task.signal.aborted).toBe(true);
      expect(() => withTool({ name: 'next', costUsd: 0.01 }, () => 1)).toThrow(BudgetExceededError);
    });
  });

  it('further out aborts what is inside', () => {
    startTracing();
    withSession({ id: 's', budget: { usd: 0.1, mode: 'abort' } }, (session) => {
      withTask({ name: 't', budget: { usd: 5, mode: 'abort' } }, (task) => {
        withAgent('a', (agent) => {
          recordCost(0.1);
          expect([session, task, agent].map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
        });
      });
    });
  });

  it('aborts when its time is up', async () => {
    startTracing();
    await withTask({ name: 't', budget: { wallMillis: 15, mode: 'abort' } }, async (task) => {
      await new Promise((resolve) => task.signal.addEventListener('abort', resolve));
      expect(task.signal.reason).toMatchObject({ measure: 'wallMillis', scope: 'task', scopeName: 't' });
    });
  });

  it('aborts when its time is up also in a session that is entered again', async () => {
    startTracing({ cost: { budgets: { session: { wallMillis: 30, mode: 'abort' } } } });
    withSession('s', () => 1);
    await withSession('s', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      expect(signal.reason).toMatchObject({ measure: 'wallMillis', scope: 'session', scopeName: 's' });
    });
  });

  it('is the only one that aborts', () => {
    startTracing();
    withTask({ name: 't', budgetUsd: 0.1 }, (task) => {
      recordCost(1);
      withStep('s', (step) => expect([task.signal.aborted, step.signal.aborted]).toEqual([false, false]));
    });
    withTask('t', (task) => expect(task.signal.aborted).toBe(false));
  });
});

describe('a budget with the mode warn', () => {
  it('reports thresholds by callback and on the span of the bill, and refuses nothing', () => {
    const { span } = startTracing();
    const told: BudgetThreshold[] = [];
    const budget: BudgetOptions = { usd: 0.1, mode: 'warn', onThreshold: (event) => told.push(event) };
    withTask({ name: 't', budget }, () => {
      for (const name of ['one', 'two', 'three', 'four']) withTool({ name, costUsd: 0.04 }, () => 1);
    });
    const at = { scope: 'task', scopeName: 't', measure: 'usd', limit: 0.1, reserved: 0 };
    expect(told).toEqual([
      { ...at, spent: 0.08, threshold: 0.8 },
      { ...at, spent: 0.12, threshold: 1 },
    ]);
    expect(span('execute_tool three').events).toMatchObject([
      {
        name: 'budget threshold',
        attributes: {
          'cost.budget.scope': 'task',
          'cost.budget.measure': 'usd',
          'cost.budget.limit': 0.1,
          'cost.budget.spent': 0.12,
          'cost.budget.threshold': 1,
        },
      },
    ]);
    expect(['one', 'two', 'four'].map((name) => span(`execute_tool ${name}`).events.length)).toEqual([
      0, 1, 0,
    ]);
    expect(span('task t').attributes['task.over_budget']).toBe(true);
  });
});

describe('a budget with the mode observe', () => {
  it('only flags', () => {
    const { attributes, span, cost } = startTracing();
    withTask({ name: 't', budget: { usd: 0.1, mode: 'observe' } }, () => {
      for (const name of ['one', 'two', 'three']) withTool({ name, costUsd: 0.06 }, () => 1);
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.18, 'task.over_budget': true });
    expect(attributes('execute_tool two')['task.over_budget']).toBe(true);
    expect(span('execute_tool two').events).toEqual([]);
    expect(cost.stats.budgetRefusals).toBe(0);
  });
});

describe('what cannot disarm a budget', () => {
  it('amounts that are none', () => {
    startTracing();
    for (const costUsd of [Number.NaN, -5, Number.POSITIVE_INFINITY]) {
      // The estimate of the call of unknown cost stays booked.
      withTask({ name: 't', budgetUsd: 0.11 }, () => {
        recordCost(costUsd);
        withTool({ name: 'odd', billable: true, estimateUsd: 0.01 }, () => ({ costUsd }));
        withTool({ name: 'odd', estimateUsd: costUsd, costUsd: 0.1 }, () => 1);
        expect(() => withTool({ name: 'odd', estimateUsd: costUsd }, () => 1)).toThrow('spent 0.11');
      });
    }
  });

  it('work that ends after its task', async () => {
    startTracing();
    let late: Promise<unknown> = Promise.resolve();
    await withSession({ id: 's', budgetUsd: 0.05 }, async () => {
      await withTask('t', async () => {
        late = withTool({ name: 'late', costUsd: 0.03 }, () => wait(5));
      });
      expect(() => withTool({ name: 'next', costUsd: 0.03 }, () => 1)).toThrow('reserved 0.03');
      await late;
      expect(() => withTool({ name: 'next', costUsd: 0.03 }, () => 1)).toThrow('spent 0.03, reserved 0');
      expect(withTool({ name: 'next', costUsd: 0.02 }, () => 1)).toBe(1);
    });
  });

  it('options that are changed while it runs', () => {
    startTracing();
    const options = { name: 't', budget: { usd: 0.05 } };
    withTask(options, () => {
      options.budget.usd = Number.NaN;
      expect(() => withTool({ name: 'x', costUsd: 0.06 }, () => 1)).toThrow('limit 0.05');
    });
  });
});

describe('a budget that makes no sense', () => {
  it.each<[string, () => unknown]>([
    ['withSession', () => withSession({ id: 's', budgetUsd: -1 }, () => 1)],
    ['withTask', () => withTask({ name: 't', budgetUsd: Number.NaN }, () => 1)],
    ['withAgent', () => withAgent({ name: 'a', budget: { steps: -1 } }, () => 1)],
    // A step has no budget, and one that is ignored would limit nothing.
    ['withStep.budgetUsd', () => withStep({ name: 's', budgetUsd: 1 } as never, () => 1)],
    ['withTool', () => withTool({ name: 't', budget: { wallMillis: 0.5 } }, () => 1)],
    ['withLlm', () => withLlm({ budgetUsd: Number.POSITIVE_INFINITY }, () => 1)],
    ['wrapTool options', () => wrapTool({ name: 't', budgetUsd: -1 }, () => 1)],
    ['wrapTool options', () => wrapTool({ name: 't', estimateUsd: Number.NaN }, () => 1)],
    ['wrapLlm options', () => wrapLlm({ budget: {} }, () => 1)],
    ['wrapAgent options', () => wrapAgent({ name: 'a', budgetUsd: Number.NaN }, () => 1)],
    ['budgets.user.usd', () => new CostSpanProcessor({ budgets: { user: { usd: Number.NaN } } })],
    ['budgets.user.steps', () => new CostSpanProcessor({ budgets: { user: { steps: 3 } } })],
    [
      'budgets.task',
      () => new CostSpanProcessor({ attributionKeys: ['task'], budgets: { task: { usd: 1 } } }),
    ],
    ['budgets.nobody', () => new CostSpanProcessor({ budgets: { nobody: { usd: 1 } } })],
  ])('is said before anything runs: %s', (path, open) => {
    const { spans } = startTracing();
    expect(open).toThrow(InvalidOptionError);
    expect(open).toThrow(`"${path}`);
    expect(spans()).toEqual([]);
  });
});

describe('calls of unknown price', () => {
  const call = () => withLlm('nobody/knows-this', () => completion(10, 10, { model: 'nobody/knows-this' }));

  it('are made, flagged and counted by default', () => {
    const { attributes } = startTracing();
    withTask({ name: 't', budgetUsd: 0.1 }, () => {
      call();
      call();
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 2 });
  });

  it('are refused where the budget says so', () => {
    startTracing();
    const budget: BudgetOptions = { usd: 0.1, unknownPrice: 'refuse' };
    withTask({ name: 't', budget }, () => {
      expect(call).toThrow('no known price');
      expect(() => withTool({ name: 'x', billable: true }, () => 1)).toThrow('no known price');
      expect(withTool('local', () => 1)).toBe(1);
      expect(withLlm('gpt-4o', () => completion(10, 10))).toBeDefined();
    });
  });
});
