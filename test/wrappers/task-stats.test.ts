import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordCost, type TaskHandle, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { inSpan, startProcessor, startTracing, wait } from '../support/tracing.js';

function task(name: string, costUsd: number, decide: (task: TaskHandle) => void = () => {}): void {
  withTask(name, (handle) => {
    recordCost(costUsd);
    decide(handle);
  });
}

describe('what tasks cost by their name', () => {
  it('is all cost of a name by what its successful tasks delivered', () => {
    const { cost } = startTracing();
    task('resolve', 1);
    task('resolve', 2, (handle) => handle.succeed({ actions: 3 }));
    task('resolve', 1, (handle) => handle.fail('validation failed'));
    task('answer', 0.5, (handle) => handle.fail('user rejected'));
    task('answer', 0.5, (handle) => handle.cancel());
    expect(cost.taskStats()).toEqual([
      {
        taskName: 'resolve',
        tasks: 3,
        successfulTasks: 2,
        actions: 4,
        costUsd: 4,
        costComplete: true,
        costPerActionUsd: 1,
      },
      { taskName: 'answer', tasks: 2, successfulTasks: 0, actions: 0, costUsd: 1, costComplete: true },
    ]);
  });

  it('counts outermost tasks, with all that is in them, and no task that the app did not declare', () => {
    const { cost } = startTracing();
    withTask('outer', () => {
      recordCost(1);
      task('inner', 2);
    });
    inSpan('GET /', {}, () => withTool({ name: 'x', costUsd: 1 }, () => 1));
    expect(cost.taskStats()).toMatchObject([{ taskName: 'outer', tasks: 1, costUsd: 3 }]);
  });

  it('has tasks that still run, and what comes after their end', async () => {
    const { cost } = startTracing();
    let late = Promise.resolve();
    withTask('t', () => {
      recordCost(1);
      expect(cost.taskStats()).toMatchObject([{ tasks: 0, costUsd: 1 }]);
      late = wait().then(() => recordCost(2));
    });
    await late;
    expect(cost.taskStats()).toMatchObject([{ tasks: 1, costUsd: 3, costPerActionUsd: 3 }]);
  });

  it('is not complete where a call has no known cost, and needs no SDK', () => {
    const cost = startProcessor();
    withTask('t', () => withLlm({ provider: 'openai', model: 'gpt-4o' }, () => 1));
    expect(cost.taskStats()).toMatchObject([{ taskName: 't', costUsd: 0, costComplete: false }]);
  });

  it('adds up to the figures of its task spans, whatever the outcomes', () => {
    const outcome = fc.constantFrom('success', 'failure', 'cancelled');
    const tasks = fc.array(
      fc.tuple(fc.constantFrom('a', 'b'), fc.nat(1000), outcome, fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(tasks, (ran) => {
        const cost = startProcessor();
        for (const [name, cents, how, actions] of ran) {
          task(name, cents / 100, (handle) => {
            if (how === 'success') handle.succeed({ actions });
            else if (how === 'failure') handle.fail();
            else handle.cancel();
          });
        }
        for (const stats of cost.taskStats()) {
          const own = ran.filter(([name]) => name === stats.taskName);
          const done = own.filter(([, , how]) => how === 'success');
          const actions = done.reduce((sum, [, , , count]) => sum + count, 0);
          const cents = own.reduce((sum, [, of]) => sum + of, 0);
          expect(stats).toMatchObject({
            tasks: own.length,
            successfulTasks: done.length,
            actions,
            costUsd: cents / 100,
          });
          // The sum of the cents divided once: dividing dollars would round twice.
          expect(stats.costPerActionUsd).toBe(actions === 0 ? undefined : cents / (100 * actions));
        }
        void cost.shutdown();
      }),
      { numRuns: 50 },
    );
  });
});

describe('the cost per action of a session', () => {
  it('is absent until something was delivered, and rises with each failure', () => {
    const { attributes } = startTracing();
    const seen: unknown[] = [];
    withSession('s', (session) => {
      const run = (name: string, decide?: (task: TaskHandle) => void) => {
        task(name, 0.15, decide);
        seen.push(session.costPerActionUsd);
      };
      run('first', (handle) => handle.fail());
      run('second');
      run('third');
    });
    expect(seen).toEqual([undefined, 0.3, 0.225]);
    expect(attributes('task first')).not.toHaveProperty(['session.cost_per_action_usd']);
    expect(attributes('task second')['session.cost_per_action_usd']).toBe(0.3);
    expect(attributes('session')['session.cost_per_action_usd']).toBe(0.225);
  });
});
