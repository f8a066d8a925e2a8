/** Tasks that share a budget further out: what one of them waits for or reserves is no matter of the others. */
import { describe, expect, it } from 'vitest';
import { type BudgetOptions, withSession, withTask, withTool } from '../../src/index.js';
import { gate, outcomeAtOnce, outcomeOf } from '../support/budgets/outcome.js';
import { startTracing } from '../support/tracing.js';

const attribution = { user: 'ann' };

function startWithUserBudget(): void {
  startTracing({ cost: { budgets: { user: { usd: 100 } } } });
}

/** A learned estimate for the tool `learned`. */
function teach(costUsd: number): void {
  withTool({ name: 'learned', costUsd: () => costUsd }, () => 1);
}

/** Forty calls of other tasks, more than may pass a call that waits. Returns what became of them, each once. */
async function fortyOthers(options: object = { attribution }): Promise<unknown[]> {
  const seen = new Set<unknown>();
  for (let task = 0; task < 40; task++) {
    const cheap = () => withTool({ name: 'cheap', costUsd: 0.001 }, async () => 'ran');
    seen.add(await outcomeOf(() => withTask({ name: 'other', ...options }, async () => cheap())));
  }
  return [...seen];
}

describe('a call that waits for room in the budget of its task', () => {
  it.each<[string, BudgetOptions, number, number]>([
    ['of declared price', { usd: 0.5, reserveTimeoutMillis: 20_000 }, 0.4, 0.4],
    ['of a learned estimate', { usd: 0.5 }, 0.4, 0.2],
  ])('%s stops no other task of its user', async (_, budget, held, wanted) => {
    startWithUserBudget();
    teach(wanted);
    const slow = gate();
    const waits = withTask({ name: 'waits', budget, attribution }, () =>
      Promise.all([
        withTool({ name: 'slow', costUsd: () => 0.01, estimateUsd: held }, () => slow.opened),
        withTool(
          budget.reserveTimeoutMillis === undefined
            ? { name: 'learned', costUsd: () => 0.01 }
            : { name: 'declared', costUsd: wanted },
          async () => 'waited',
        ),
      ]),
    );
    expect(await fortyOthers()).toEqual(['ran']);
    slow.open();
    expect(await waits).toEqual([undefined, 'waited']);
  });

  it.each<[string, BudgetOptions]>([
    ['with the default wait', { usd: 100 }],
    ['without a wait', { usd: 100, reserveTimeoutMillis: 0 }],
  ])('stops no other task of its session, %s there', async (_, budget) => {
    startTracing();
    teach(0.05);
    await withSession({ id: 's', budget }, async () => {
      const slow = gate();
      const waits = withTask({ name: 'waits', budgetUsd: 0.1 }, () =>
        Promise.all([
          withTool({ name: 'slow', estimateUsd: 0.1, costUsd: () => 0.01 }, () => slow.opened),
          withTool({ name: 'learned', costUsd: () => 0.01 }, async () => 'waited'),
        ]),
      );
      expect(await fortyOthers({})).toEqual(['ran']);
      slow.open();
      expect(await waits).toEqual([undefined, 'waited']);
    });
  });
});

describe('a learned call that is larger than the room in its task', () => {
  it.each([
    [0.04, 0.03],
    [0.56, 0.5],
  ])('at $%d of $%d runs alone there, and holds only its mean for the user', async (mean, budgetUsd) => {
    startWithUserBudget();
    teach(mean);
    const slow = gate();
    const large = withTask({ name: 'large', budgetUsd, attribution }, () =>
      withTool({ name: 'learned', costUsd: () => 0.01 }, () => slow.opened),
    );
    const other = (work: () => unknown) =>
      withTask({ name: 'other', attribution }, () => withTool({ name: 'cheap', costUsd: 0.001 }, work));
    expect(outcomeAtOnce(() => other(() => 'ran'))).toBe('ran');
    expect(await outcomeOf(() => other(async () => 'ran'))).toBe('ran');
    expect(outcomeAtOnce(() => withTask({ name: 'probe', attribution }, () => probe()))).toContain(
      `spent 0.002, reserved ${mean};`,
    );
    slow.open();
    await large;
  });

  it('waits in the budget that it has to be alone in, and not for calls of other tasks', async () => {
    startWithUserBudget();
    teach(0.04);
    const slow = gate();
    const busy = withTask({ name: 'busy', attribution }, () =>
      withTool({ name: 'slow', costUsd: 0.01 }, () => slow.opened),
    );
    const large = () =>
      withTask({ name: 'large', budgetUsd: 0.03, attribution }, () =>
        withTool({ name: 'learned', costUsd: () => 0.01 }, async () => 'ran'),
      );
    expect(await outcomeOf(large)).toBe('ran');
    slow.open();
    await busy;
  });
});

/** Refused in any budget here, with its figures. */
function probe(): unknown {
  return withTool({ name: 'probe', costUsd: 1000 }, () => 1);
}

describe('the budget of a user', () => {
  it('is one budget while work goes on in it, also after 10,000 other users', async () => {
    startTracing({ cost: { budgets: { user: { usd: 0.1 } } } });
    const go = gate();
    let detached: Promise<unknown> = Promise.resolve();
    const asAnn = (work: () => unknown) => withTask({ name: 't', attribution }, work);
    const dear = () => withTool({ name: 'dear', costUsd: 0.09 }, () => 'ran');
    asAnn(() => {
      detached = withTask('inner', async () => {
        await go.opened;
        return dear();
      });
    });
    for (let user = 0; user < 10_100; user++) {
      withTask({ name: 'other', attribution: { user: `user-${user}` } }, () => 1);
    }
    asAnn(() => withTool({ name: 'cheap', costUsd: 0.001 }, () => 1));
    go.open();
    expect(await detached).toBe('ran');
    expect(outcomeAtOnce(() => asAnn(dear))).toContain('spent 0.091');
  });

  it.each([
    ['a number', 42],
    ['a BigInt', 42n],
    ['a string', '42'],
  ])('is found by an id that is %s', (_, user) => {
    startTracing({ cost: { budgets: { user: { usd: 0.1 } } } });
    const call = (id: unknown) =>
      outcomeAtOnce(() =>
        withTask({ name: 't', attribution: { user: id } as never }, () =>
          withTool({ name: 'search', costUsd: 0.06 }, () => 'ran'),
        ),
      );
    expect(call(user)).toBe('ran');
    expect(call('42')).toContain('budget of user "42"');
    expect(call(user)).toContain('budget of user "42"');
    expect(call(43)).toBe('ran');
  });

  it.each([0.5, Number.NaN, 2 ** 53, true, {}, ['42']])('is not found by %o, which is no id', (user) => {
    startTracing({ cost: { budgets: { user: { usd: 0.1 } } } });
    for (let call = 0; call < 3; call++) {
      const ran = withTask({ name: 't', attribution: { user } as never }, () =>
        withTool({ name: 'search', costUsd: 0.06 }, () => 'ran'),
      );
      expect(ran).toBe('ran');
    }
  });
});
