/** Shared budgets through the wrappers, as an app uses them. */
import { afterEach, describe, expect, it } from 'vitest';
import { askStore } from '../../src/budgets/shared-admission.js';
import {
  BudgetExceededError,
  type BudgetOptions,
  InvalidOptionError,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { reserve } from '../../src/ledger/room.js';
import { type BudgetSharing, setSharing } from '../../src/runtime/sharing.js';
import { SharedBudgets } from '../../src/shared/budgets/shared-budgets.js';
import type { SharedBudgetsOptions } from '../../src/shared/budgets/shared-budgets-options.js';
import { memoryStore } from '../../src/shared/store/memory-store.js';
import type { SharedStore } from '../../src/shared/store/store.js';
import { budgetOf } from '../support/budgets/simulation.js';
import { faultyStore, firm, recordAsks, stateOf } from '../support/sharing.js';
import { completion, foreign, startTracing, wait } from '../support/tracing.js';

const CUSTOMER: BudgetOptions = { usd: 0.1, shared: true };
let open: SharedBudgets | undefined;

function share(store: SharedStore, options: SharedBudgetsOptions = {}): SharedBudgets {
  open = new SharedBudgets(store, { flushMillis: 2, storeTimeoutMillis: 50, ...options });
  connect(open);
  return open;
}

function connect(budgets: BudgetSharing): void {
  setSharing({
    budgets,
    views: undefined,
    isBusy: false,
    contextInside: (ctx) => ctx,
    drain: () => Promise.resolve(),
  });
}

async function openStore() {
  const store = memoryStore();
  await store.open();
  return store;
}

afterEach(async () => {
  setSharing(undefined);
  await open?.close(100);
});

function inTask<R>(fn: () => R): R {
  return withTask({ name: 't', attribution: { customer: 'acme' } }, fn);
}

/** Spends from another process. */
async function spendElsewhere(
  store: SharedStore,
  usd: string,
  name = 'acme',
  kind = 'customer',
): Promise<void> {
  const periods = [{ name: 'total', keepMillis: undefined }];
  const settlements = [{ periods, amounts: { usd } }];
  await store.settle({ budget: { kind, name }, writer: 'elsewhere', version: 1, settlements });
}

describe('the option `shared`', () => {
  it.each([
    ['withTask', () => withTask({ name: 't', budget: CUSTOMER }, () => 1)],
    ['withAgent', () => withAgent({ name: 'a', budget: CUSTOMER }, () => 1)],
    ['withTool', () => withTool({ name: 'a', budget: CUSTOMER }, () => 1)],
    ['withLlm', () => withLlm({ budget: CUSTOMER }, () => 1)],
    ['wrapTool', () => wrapTool({ name: 'a', budget: CUSTOMER }, () => 1)],
  ])('is refused by %s, whose budget other processes do not know', (_, call) => {
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(/budget.shared" is refused: only budgets of sessions and of attribution keys/);
  });

  it.each([
    [{ wallMillis: 5, shared: true }, /wallMillis is measured in each process/],
    [{ usd: 1, shared: { sliceUsd: 0 } }, /sliceUsd" must be a number above 0/],
    [{ usd: 1, tokens: 5, shared: { sliceUsd: 0.1 } }, /left out beside a limit on tokens/],
    [{ usd: 1, shared: { onStoreDown: 'block' } }, /one of refuse, allow, local/],
    [{ usd: 1, shared: { sliceUSD: 1 } }, /did you mean "sliceUsd"/],
    [{ usd: 1, shared: 'yes' }, /must be true, false, or an object/],
  ])('is checked: %j', (budget, message) => {
    expect(() => withSession({ id: 's', budget: budget as BudgetOptions }, () => 1)).toThrow(message);
  });

  it('may be false anywhere', () => {
    startTracing();
    expect(withTask({ name: 't', budget: { usd: 1, shared: false } }, () => 1)).toBe(1);
  });
});

describe('a shared budget through the wrappers', () => {
  it('refuses an asynchronous call because of the cost in another process', async () => {
    const { span } = startTracing({ cost: { budgets: { customer: CUSTOMER } } });
    const store = await openStore();
    share(store);
    await spendElsewhere(store, '90000000000');
    await inTask(async () => {
      const call = withTool({ name: 'paid', costUsd: 0.03 }, async () => 1);
      await expect(call).rejects.toMatchObject({ scope: 'customer', spent: 0.09, estimate: 0.03 });
    });
    expect(span('execute_tool paid').attributes).not.toHaveProperty('cost.budget.on_store_down');
  });

  it('posts the exact cost of every kind of call', async () => {
    const { attributes } = startTracing({ cost: { budgets: { customer: { usd: 10, shared: true } } } });
    const store = await openStore();
    const sharing = share(store);
    const chat = { provider: 'openai', model: 'gpt-4o' };
    await inTask(async () => {
      await withTool({ name: 'paid', costUsd: 0.03 }, async () => 1);
      withTool({ name: 'sync', costUsd: 0.003 }, () => 1);
      await withLlm(chat, async () => completion(1000, 10));
      withLlm(chat, () => completion(500, 10));
      recordCost(0.0001);
      foreign()
        .startSpan('chat', {
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.request.model': 'gpt-4o',
            'gen_ai.provider.name': 'openai',
            'gen_ai.usage.input_tokens': 100,
            'gen_ai.usage.output_tokens': 7,
          },
        })
        .end();
      await withTool({ name: 'paid', costUsd: 0.03 }, async () => Promise.reject(new Error('broken'))).catch(
        () => 0,
      );
    });
    await sharing.flush();
    const { spent, reserved, kept } = await stateOf(store, 'customer', 'acme');
    const total = Number(attributes('task t')['task.cost_usd']);
    expect(total).toBeGreaterThan(0.06);
    expect(Number(spent.usd) / 1e12).toBe(total);
    expect(spent).toMatchObject({ llmCalls: '3', toolCalls: '3', tokens: String(1010 + 510 + 107) });
    expect({ reserved, kept }).toEqual({ reserved: {}, kept: {} });
  });

  it('counts the turns of a session', async () => {
    startTracing();
    const store = await openStore();
    const sharing = share(store);
    const budget: BudgetOptions = { steps: 2, shared: true };
    await withSession({ id: 's-1', budget }, async () => {
      await withAgent('a', async () => {
        for (const name of ['one', 'two']) {
          await withStep(name, async () => withTool({ name: 'paid', costUsd: 0.01 }, async () => 1));
        }
        expect(() => withStep('three', () => 1)).toThrow(BudgetExceededError);
      });
    });
    await sharing.flush();
    expect((await stateOf(store, 'session', 's-1')).spent).toMatchObject({ steps: '2', toolCalls: '2' });
  });

  it('never turns the result of a synchronous function into a promise, also at its first call', async () => {
    startTracing({ cost: { budgets: { customer: CUSTOMER } } });
    const { store, asks } = recordAsks(await openStore());
    share(store);
    await inTask(async () => {
      expect(withTool({ name: 'sync', costUsd: 0.01 }, () => 7)).toBe(7);
      expect(withLlm({ provider: 'openai', model: 'gpt-4o' }, () => ({ stream: true }))).toEqual({
        stream: true,
      });
      const generated = withTool({ name: 'items', costUsd: 0.01 }, function* () {
        yield 1;
      });
      expect([...generated]).toEqual([1]);
      await wait();
    });
    expect(asks.map(({ isForced }) => isForced)).toEqual([true, true, true]);
  });

  it.each([
    ['a tool', (work: () => unknown) => withTool({ name: 'paid', costUsd: 0.001 }, work)],
    ['a model', (work: () => unknown) => withLlm({ model: 'gpt-4o', estimateUsd: 0.001 }, work)],
  ])(
    'returns what a function of %s returns that is not `async`, whatever it returned before',
    async (_, call) => {
      startTracing({ cost: { budgets: { customer: CUSTOMER } } });
      const { store, asks } = recordAsks(await openStore());
      share(store);
      const request = Object.assign(Promise.resolve(1), { withResponse: () => 'response' });
      await inTask(async () => {
        for (let times = 0; times < 2; times++) await call(() => Promise.resolve(1));
        expect(call(() => 'cached')).toBe('cached');
        for (let times = 0; times < 2; times++) await call(() => Promise.resolve(1));
        const failure = () => {
          throw new Error('at once');
        };
        expect(() => call(failure)).toThrow('at once');
        expect(call(() => request)).toHaveProperty('withResponse');
        await call(async () => 1);
      });
      expect(asks.map(({ isForced }) => isForced)).toEqual([true, true, true, true, true, true, true, false]);
    },
  );

  it('waits for the store before the work of a call begins', async () => {
    startTracing({ cost: { budgets: { customer: CUSTOMER } } });
    const { store, asks } = recordAsks(await openStore());
    share(store);
    await inTask(async () => {
      await withTool({ name: 'paid', costUsd: 0.01 }, async () => expect(asks).toHaveLength(1));
    });
    expect(asks[0]).toMatchObject({
      isForced: false,
      amounts: { usd: '10000000000', toolUsd: '10000000000', toolCalls: '1' },
    });
  });

  it('passes the reservation of the LLM call around', async () => {
    startTracing({ cost: { budgets: { customer: { usd: 1, shared: true } } } });
    const { store, asks } = recordAsks(await openStore());
    share(store);
    await inTask(async () => {
      await withLlm({ estimateUsd: 0.2 }, async () => {
        await withTool({ name: 'paid', costUsd: 0.01 }, async () => 1);
        return completion(1, 1);
      });
    });
    expect(asks[1]?.around).toEqual([asks[0]?.id]);
  });

  it('in the mode `observe` lets calls run, and counts them', async () => {
    startTracing({ cost: { budgets: { customer: { ...CUSTOMER, mode: 'observe' } } } });
    const store = await openStore();
    const sharing = share(store);
    await spendElsewhere(store, '200000000000');
    await inTask(() => withTool({ name: 'paid', costUsd: 0.03 }, async () => 1));
    await sharing.flush();
    expect((await stateOf(store, 'customer', 'acme')).spent.usd).toBe('230000000000');
  });

  it('shortens a name of more than 256 characters, and keeps names apart', async () => {
    startTracing({ cost: { budgets: { session: CUSTOMER } } });
    const { store, asks } = recordAsks(await openStore());
    share(store);
    const name = 'x'.repeat(300);
    for (const id of [`${name}1`, `${name}2`, 'y'.repeat(256)]) {
      await withSession({ id }, () => withTool({ name: 'paid', costUsd: 0.01 }, async () => 1));
    }
    const names = asks.map(({ budget }) => budget.name);
    expect(new Set(names).size).toBe(3);
    expect(names.map(({ length }) => length)).toEqual([256, 256, 256]);
  });
});

describe('a connection of a shared budget', () => {
  it('that fails by a mistake of this package lets calls run', async () => {
    startTracing({ cost: { budgets: { customer: CUSTOMER } } });
    const real = share(await openStore());
    connect({
      connect: (budget) => real.connect(budget),
      admit: () => {
        throw new Error('a mistake');
      },
    });
    await inTask(async () => {
      expect(await withTool({ name: 'paid', costUsd: 0.01 }, async () => 7)).toBe(7);
      expect(withTool({ name: 'sync', costUsd: 0.01 }, () => 7)).toBe(7);
    });
  });

  it('that does not take the budget, as with a second copy of this package, counts as none', async () => {
    startTracing({ cost: { budgets: { customer: CUSTOMER } } });
    connect({
      connect: () => {},
      admit: () => {
        throw new Error('it is not asked');
      },
    });
    await inTask(async () => {
      const call = withTool({ name: 'paid', costUsd: 0.01 }, async () => 7);
      await expect(call).rejects.toMatchObject({ storeDown: true });
    });
  });
});

describe('a shared budget without the store', () => {
  it('holds nothing after it has refused', () => {
    const budget = budgetOf(1);
    budget.terms = { ...budget.terms, shared: { slice: undefined, onStoreDown: undefined } };
    const request = { budgets: [budget], demand: () => firm(0.1) };
    expect(askStore(request, reserve(request))).toMatchObject({ isStoreDown: true });
    expect(budget.holds.size).toBe(0);
  });

  it('refuses by default, and says why on the span', async () => {
    const { attributes } = startTracing({ cost: { budgets: { customer: CUSTOMER } } });
    await inTask(async () => {
      const call = withTool({ name: 'paid', costUsd: 0.03 }, async () => 1);
      await expect(call).rejects.toThrow(/could not be checked: .*call shareCosts/);
      expect(() => withTool({ name: 'sync', costUsd: 0.03 }, () => 1)).toThrow(/call shareCosts/);
    });
    expect(attributes('execute_tool paid')).toMatchObject({
      'cost.budget.on_store_down': 'refuse',
      'cost.budget.scope': 'customer',
    });
    expect(attributes('task t')['task.over_budget']).toBe(true);
  });

  it.each(['allow', 'local'] as const)(
    'with `%s` lets calls run, and says so on their spans',
    async (onStoreDown) => {
      const budget = { usd: 0.05, shared: { onStoreDown } };
      const { attributes, spans } = startTracing({ cost: { budgets: { customer: budget } } });
      await inTask(async () => {
        await withTool({ name: 'paid', costUsd: 0.03 }, async () => 1);
        const second = withTool({ name: 'second', costUsd: 0.03 }, async () => 1);
        if (onStoreDown === 'allow') await second;
        else await expect(second).rejects.toThrow(BudgetExceededError);
      });
      expect(spans()).toHaveLength(3);
      expect(attributes('execute_tool paid')['cost.budget.on_store_down']).toBe(onStoreDown);
    },
  );

  it.each(['allow', 'local', 'refuse'] as const)(
    'that stops answering does what `%s` says',
    async (onStoreDown) => {
      const { attributes } = startTracing({ cost: { budgets: { customer: CUSTOMER } } });
      const store = faultyStore(memoryStore(), (method) => (method === 'reserve' ? 'lost' : 'none'));
      share(store, { onStoreDown, storeTimeoutMillis: 20 });
      await inTask(async () => {
        const call = withTool({ name: 'paid', costUsd: 0.03 }, async () => 1);
        if (onStoreDown === 'refuse') await expect(call).rejects.toThrow(/could not be reached/);
        else await call;
      });
      expect(attributes('execute_tool paid')['cost.budget.on_store_down']).toBe(onStoreDown);
    },
  );

  it('that is closed acts as without one, and a new one gets the cost since', async () => {
    startTracing({ cost: { budgets: { customer: { usd: 1, shared: { onStoreDown: 'local' } } } } });
    const store = await openStore();
    const first = share(store);
    await inTask(() => withTool({ name: 'paid', costUsd: 0.03 }, async () => 1));
    setSharing(undefined);
    await first.close();
    await inTask(() => withTool({ name: 'paid', costUsd: 0.03 }, async () => 1));
    const second = share(store);
    await inTask(() => withTool({ name: 'paid', costUsd: 0.03 }, async () => 1));
    await second.flush();
    expect((await stateOf(store, 'customer', 'acme')).spent.usd).toBe('90000000000');
  });
});
