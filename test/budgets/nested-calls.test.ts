/** Calls inside calls: an LLM call inside a wrapper is a part of its call, and nobody waits for a call around it. */
import { describe, expect, it } from 'vitest';
import { BudgetExceededError, withAgent, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { gate, outcomeAtOnce, outcomeOf } from '../support/budgets/outcome.js';
import { completion, startTracing, wait } from '../support/tracing.js';

const THREE_CENTS = { model: 'gpt-4o', estimateUsd: 0.03 };
const FIVE_CENTS = { model: 'gpt-4o', estimateUsd: 0.05 };
const SIX_CENTS = { model: 'gpt-4o', estimateUsd: 0.06 };

/** Makes a call up to 60 times, or until a budget refuses it. Returns how often it ran. */
async function many(call: () => unknown): Promise<number> {
  for (let ran = 0; ran < 60; ran++) {
    try {
      await call();
    } catch (error) {
      if (error instanceof BudgetExceededError) return ran;
    }
  }
  return 60;
}

describe('calls inside a withLlm', () => {
  it.each<[string, object]>([
    ['without an estimate', { model: 'gpt-4o' }],
    ['with an estimate', FIVE_CENTS],
  ])('%s do not pass a limit while it collects them', async (_, options) => {
    startTracing();
    let ran = 0;
    await withTask({ name: 't', budgetUsd: 0.1 }, () =>
      withLlm(options, async () => {
        await many(() =>
          withLlm(options, async () => {
            ran += 1;
            return completion(20_000, 0);
          }),
        );
        return completion(20_000 * ran, 0);
      }),
    );
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThanOrEqual(3);
  });

  it('are reserved once with it', async () => {
    startTracing();
    await withTask({ name: 't', budgetUsd: 0.15 }, async () => {
      const slow = gate();
      const outer = withLlm(SIX_CENTS, async () => {
        await withLlm(SIX_CENTS, () => slow.opened.then(() => completion(10, 0)));
        return completion(10, 0);
      });
      await wait();
      expect(outcomeAtOnce(() => withTool({ name: 'large', costUsd: 0.15 }, () => 1))).toContain(
        'spent 0, reserved 0.06;',
      );
      expect(withTool({ name: 'x', costUsd: 0.06 }, () => 'ran')).toBe('ran');
      slow.open();
      await outer;
    });
  });

  it('reserve what is beyond its estimate', async () => {
    startTracing();
    await withTask({ name: 't', budgetUsd: 0.15 }, async () => {
      const slow = gate();
      const outer = withLlm(THREE_CENTS, async () => {
        await withLlm(FIVE_CENTS, () => slow.opened.then(() => completion(10, 0)));
        return completion(10, 0);
      });
      await wait();
      expect(outcomeAtOnce(() => withTool({ name: 'large', costUsd: 0.15 }, () => 1))).toContain(
        'spent 0, reserved 0.05;',
      );
      slow.open();
      await outer;
    });
  });

  it('let as many wrappers run in parallel as there would be without them', async () => {
    startTracing();
    const inner = () =>
      withLlm(THREE_CENTS, async () => {
        await wait(5);
        return completion(400, 0);
      });
    for (const call of [inner, () => withLlm(THREE_CENTS, inner)]) {
      const ran = await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
        const settled = await Promise.allSettled([1, 2, 3, 4, 5].map(call));
        return settled.filter(({ status }) => status === 'fulfilled').length;
      });
      expect(ran).toBe(3);
    }
  });
});

describe('a withLlm around a call of unknown cost', () => {
  const unknown = () => withLlm(THREE_CENTS, async () => 'an answer without usage');

  it.each<[string, number, () => unknown]>([
    ['that is synchronous', 3, () => withLlm(THREE_CENTS, () => withLlm(THREE_CENTS, () => 'no usage'))],
    ['that is asynchronous', 3, () => withLlm(THREE_CENTS, unknown)],
    [
      'beside one of known cost',
      1,
      () =>
        withLlm(SIX_CENTS, async () => {
          await withLlm(THREE_CENTS, async () => completion(400, 0));
          await unknown();
          return 1;
        }),
    ],
    [
      'in a tool of an agent, whose own estimates stay booked as well',
      2,
      () =>
        withAgent('a', () => withTool({ name: 'tool', billable: true, estimateUsd: 0.02 }, () => unknown())),
    ],
  ])('%s books what was reserved', async (_, expected, call) => {
    const { attributes } = startTracing();
    const ran = await withTask({ name: 't', budgetUsd: 0.1 }, () => many(call));
    expect(ran).toBe(expected);
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.over_budget': true });
  });

  it('books what the calls inside cost when it fails after them', async () => {
    startTracing();
    const ran = await withTask({ name: 't', budgetUsd: 0.1 }, () =>
      many(() =>
        withLlm(THREE_CENTS, async () => {
          await withLlm(THREE_CENTS, async () => completion(4000, 0));
          throw Object.assign(new Error('of the app'), { status: 500 });
        }),
      ),
    );
    expect(ran).toBe(8);
  });
});

describe('a call inside another one', () => {
  it('waits for calls beside that one', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 0.1, reserveTimeoutMillis: 20_000 } }, async () => {
      const slow = gate();
      const beside = withTool({ name: 'slow', costUsd: () => 0.01, estimateUsd: 0.06 }, () => slow.opened);
      const inner = withTool({ name: 'free', costUsd: 0 }, () =>
        withTool({ name: 'inner', costUsd: 0.08 }, async () => 'ran'),
      );
      slow.open();
      expect(await outcomeOf(() => inner)).toBe('ran');
      await beside;
    });
  });

  it('does not wait for that one, which cannot end before', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 0.1, reserveTimeoutMillis: 60_000 } }, async () => {
      const inner = () => withTool({ name: 'inner', costUsd: 0.06 }, async () => 'ran');
      const outcome = await withTool({ name: 'outer', costUsd: 0.05 }, () => outcomeOf(inner));
      expect(outcome).toContain('an estimate of 0.06 does not fit beside the calls around it');
    });
  });

  it('does not wait for what that one is only expected to cost', async () => {
    startTracing();
    withTool({ name: 'learned', costUsd: () => 0.05 }, () => 1);
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      const slow = gate();
      const beside = withTool({ name: 'slow', costUsd: 0.05 }, () => slow.opened);
      const inner = () => withTool({ name: 'inner', costUsd: 0.02 }, async () => 'ran');
      const outcome = await withTool({ name: 'learned', costUsd: () => 0.01 }, () => outcomeOf(inner));
      expect(outcome).toContain('calls in flight hold the room that an estimate of 0.02 needs');
      slow.open();
      await beside;
    });
  });

  it('is refused when it would wait for one that waits for it', async () => {
    startTracing();
    withTool({ name: 'learned', costUsd: () => 0.05 }, () => 1);
    const outer = (name: string) =>
      withTool({ name: 'learned', costUsd: () => 0.01 }, async () => {
        await wait();
        return outcomeOf(() => withTool({ name, costUsd: 0.02 }, async () => 'ran'));
      });
    const outcomes = await withTask({ name: 't', budgetUsd: 0.1 }, () =>
      Promise.all([outer('a'), outer('b')]),
    );
    expect(outcomes).toEqual(['ran', expect.stringContaining('calls in flight hold the room')]);
  });

  it('is let in when all others wait inside calls, where a limit was set while they ran', async () => {
    startTracing();
    const go = gate();
    const unknownPrice = { costUsd: () => 0.01 };
    const outcomes = withSession({ id: 's', budget: { usd: 5, mode: 'observe' } }, () =>
      Promise.all(
        ['a', 'b'].map((name) =>
          withTool({ name, ...unknownPrice }, async () => {
            await go.opened;
            return outcomeOf(() => withTool({ name: `inside ${name}`, ...unknownPrice }, async () => 'ran'));
          }),
        ),
      ),
    );
    await wait();
    withSession({ id: 's', budgetUsd: 5 }, () => 1);
    go.open();
    expect(await outcomes).toEqual(['ran', 'ran']);
  });
});
