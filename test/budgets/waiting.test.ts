import { describe, expect, it } from 'vitest';
import {
  ActionResult,
  type BudgetOptions,
  recordCost,
  withLlm,
  withSession,
  withTask,
  withTool,
} from '../../src/index.js';
import { gate, outcomeOf } from '../support/budgets/outcome.js';
import { completion, startTracing, wait } from '../support/tracing.js';

/** A turn of the event loop, many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An LLM call that takes some turns, and the number of such calls that run side by side. */
function calls(inputTokens: number) {
  const seen = { running: 0, most: 0, ran: 0, rounds: 0 };
  const call = () =>
    withLlm('gpt-4o', async () => {
      if (seen.running === 0) seen.rounds += 1;
      seen.ran += 1;
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      await turns(5);
      seen.running -= 1;
      return completion(inputTokens, 0);
    });
  return { call, seen };
}

describe('a learned estimate', () => {
  it('never locks out: after one call of $0.56, cheap calls under budgets of $0.50 are made', () => {
    startTracing();
    withLlm('gpt-4o', () => completion(224_000, 0));
    for (let task = 0; task < 1000; task++) {
      const done = withTask({ name: 't', budgetUsd: 0.5 }, () => withLlm('gpt-4o', () => completion(400, 0)));
      expect(done).toBeDefined();
    }
  });

  it('lets calls wait for each other, also after an expensive one', async () => {
    startTracing();
    withLlm('gpt-4o', () => completion(224_000, 0));
    const { call, seen } = calls(400);
    await withTask({ name: 't', budgetUsd: 0.5 }, () => Promise.all([1, 2, 3, 4, 5].map(call)));
    expect(seen.ran).toBe(5);
  });

  it('of a declared tool does not refuse: the declared price does', () => {
    startTracing();
    const tool = { name: 'search', costUsd: 0.01 };
    withTool(tool, () => new ActionResult(1, { costUsd: 5 }));
    withTask({ name: 't', budgetUsd: 0.05 }, () => {
      expect(withTool(tool, () => new ActionResult('cheap', { costUsd: 0.01 }))).toMatchObject({
        data: 'cheap',
      });
    });
    withTask({ name: 't', budgetUsd: 0.005 }, () => {
      expect(() => withTool(tool, () => 1)).toThrow('an estimate of 0.01 does not fit');
    });
  });
});

describe('five parallel calls without max_tokens', () => {
  it('take the time of two: one runs, and the others are looked at again with its cost', async () => {
    startTracing();
    const { call, seen } = calls(1000);
    await withTask({ name: 't', budgetUsd: 0.5 }, () => Promise.all([1, 2, 3, 4, 5].map(call)));
    expect(seen).toMatchObject({ ran: 5, most: 4, rounds: 2 });
  });
});

describe('a call that waits', () => {
  const hold = (millis: number) => withTool({ name: 'slow', costUsd: () => 0.01 }, () => wait(millis));

  it('says in its error that it waited, for which call, and for how long', async () => {
    startTracing();
    const budget: BudgetOptions = { usd: 0.5, reserveTimeoutMillis: 30 };
    await withTask({ name: 't', budget }, async () => {
      const first = hold(120);
      const second = withLlm('gpt-4o', async () => completion(1, 1));
      await expect(second).rejects.toMatchObject({
        name: 'BudgetExceededError',
        spent: 0,
        waitedFor: 'execute_tool slow',
        waitedMillis: expect.any(Number),
        message: expect.stringMatching(
          /had no room in time: the call waited \d+ ms for "execute_tool slow"; usd limit 0.5/,
        ),
      });
      await first;
    });
  });

  it('waits for ten minutes by default, longer than the call before it takes', async () => {
    startTracing();
    await withTask({ name: 't', budgetUsd: 0.5 }, async () => {
      const first = hold(100);
      expect(await withLlm('gpt-4o', async () => completion(1, 1))).toBeDefined();
      await first;
    });
  });

  it.each<[string, object, object]>([
    ['the task', { mode: 'abort' }, {}],
    ['a session further out', {}, { mode: 'abort' }],
  ])('is woken by an abort of %s', async (_, ofTask, ofSession) => {
    startTracing();
    const session = { id: 's', budget: { usd: 1, ...ofSession } };
    await withSession(session, (outer) =>
      withTask({ name: 't', budget: { usd: 0.5, reserveTimeoutMillis: 60_000, ...ofTask } }, async (task) => {
        const first = withTool({ name: 'slow', costUsd: () => 0 }, async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        });
        const second = withLlm('gpt-4o', async () => completion(1, 1));
        const expected = expect(second).rejects.toThrow('the limit has been reached');
        recordCost('mode' in ofTask ? 0.5 : 1);
        await expected;
        await first;
        expect(outer.signal.aborted || task.signal.aborted).toBe(true);
      }),
    );
  });

  it('is refused as soon as the limit is reached, in every mode', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 0.5, reserveTimeoutMillis: 60_000 } }, async () => {
      const first = hold(60);
      const second = withLlm('gpt-4o', async () => completion(1, 1));
      recordCost(0.5);
      await expect(second).rejects.toThrow('the limit has been reached');
      await first;
    });
  });

  it('is refused when the time of its scope is up', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 0.5, wallMillis: 40 } }, async () => {
      const first = hold(150);
      await expect(withLlm('gpt-4o', async () => completion(1, 1))).rejects.toThrow('wallMillis limit 40');
      await first;
    });
  });

  it('does not wait for calls that wait for it', async () => {
    startTracing();
    const inner = (name: string) => withTool({ name, costUsd: () => 0.01 }, async () => name);
    const outer = (name: string) =>
      withTool({ name: `outer ${name}`, costUsd: 0.05 }, async () => {
        await turns(3);
        return inner(name);
      });
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      expect(await Promise.all([outer('a'), outer('b')])).toEqual(['a', 'b']);
    });
  });

  it('is not overtaken for ever by smaller ones, and does not hold them up', async () => {
    startTracing();
    const order: string[] = [];
    const ended: Promise<unknown>[] = [];
    const call = (name: string, estimateUsd: number) =>
      withTool({ name, estimateUsd }, async () => {
        order.push(name);
        await turns(2);
      });
    await withTask({ name: 't', budget: { usd: 1, reserveTimeoutMillis: 60_000 } }, async () => {
      ended.push(call('small', 0.1));
      ended.push(call('large', 0.95));
      // There is room for two small ones at any time.
      for (let count = 0; count < 100; count++) {
        ended.push(call('small', 0.1));
        await turns(1);
      }
      await Promise.all(ended);
    });
    expect(order).toHaveLength(102);
    const place = order.indexOf('large');
    expect(place).toBeGreaterThan(1);
    expect(place).toBeLessThan(40);
  });

  it('is refused for the time of a budget that refuses, and not for that of one that observes', async () => {
    startTracing();
    const observed: BudgetOptions = { wallMillis: 20, mode: 'observe' };
    const outcome = await withTask({ name: 'outer', budget: observed }, () =>
      withTask({ name: 'inner', budgetUsd: 0.5 }, async () => {
        const first = hold(100);
        const second = await outcomeOf(() => withTool({ name: 'x', costUsd: () => 0.01 }, async () => 'ran'));
        await first;
        return second;
      }),
    );
    expect(outcome).toBe('ran');
  });
});

describe('a call of certain estimate', () => {
  it('waits by default beside one of learned estimate, which may be too large', async () => {
    startTracing();
    withLlm('gpt-4o', () => completion(32_000, 0));
    const request = { model: 'gpt-4o', max_tokens: 3000, messages: [{ role: 'user', content: 'hi' }] };
    const totals = await withTask({ name: 't', budgetUsd: 0.1 }, async (task) => {
      const slow = gate();
      const learned = withLlm('gpt-4o', async () => {
        await slow.opened;
        return completion(100, 0);
      });
      const sized = outcomeOf(() => withLlm({ provider: 'openai', request }, async () => completion(100, 0)));
      await turns(2);
      expect(task.totals.llmCalls).toBe(0);
      slow.open();
      expect(await sized).toMatchObject({ usage: { prompt_tokens: 100 } });
      await learned;
      return task.totals;
    });
    expect(totals.costUsd).toBe(0.0005);
  });
});

describe('a learned estimate of 0', () => {
  it('waits for room, and is not refused as a declared price would be', async () => {
    startTracing();
    withTool({ name: 'free so far', billable: true }, () => new ActionResult(1, { costUsd: 0 }));
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      const slow = gate();
      const first = withTool({ name: 'slow', costUsd: () => 0.05, estimateUsd: 0.1 }, () => slow.opened);
      const second = outcomeOf(() => withTool({ name: 'free so far', billable: true }, async () => 'ran'));
      slow.open();
      expect(await second).toBe('ran');
      await first;
    });
  });
});
