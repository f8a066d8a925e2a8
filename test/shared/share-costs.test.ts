/** The connection of a process to the store as a whole: what it leaves alone, whatever the store does. */
import { context, propagation } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { ActionResult, withSession, withTask, withTool } from '../../src/index.js';
import { memoryStore, type SharedCosts, type SharedStore, shareCosts } from '../../src/shared.js';
import { handOver, OPEN_IDENTITY, pause, pay } from '../support/services.js';
import { startTracing } from '../support/tracing.js';

let costs: SharedCosts | undefined;

afterEach(async () => {
  await costs?.close();
  costs = undefined;
});

describe('the context inside a task', () => {
  const baggage = propagation.createBaggage({ 'agent-cost': { value: 'stale' }, k: { value: 'v' } });
  const keysInside = () =>
    context.with(propagation.setBaggage(context.active(), baggage), () =>
      withTask('t', () =>
        propagation
          .getBaggage(context.active())
          ?.getAllEntries()
          .map(([key]) => key),
      ),
    );

  it('lacks an identity that came in with baggage, also if it was not accepted', () => {
    startTracing();
    costs = shareCosts({});
    expect(keysInside()).toEqual(['k']);
  });

  it('is that of the app in a process that shares nothing', () => {
    startTracing();
    expect(keysInside()).toEqual(['agent-cost', 'k']);
  });
});

const STATE = { generation: 'g', nowMillis: 1 };
const ANSWERS: readonly (readonly [name: string, give: () => unknown])[] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a generation that is no string', () => ({ generation: 5 })],
  ['nothing but the state', () => STATE],
  ['other forms', () => ({ ...STATE, nowMillis: Number.NaN, rows: 'x', states: 3 })],
  ['lists of nothing', () => ({ ...STATE, rows: [null, 7], states: [null], outcome: 'admitted' })],
  ['an unknown outcome', () => ({ ...STATE, rows: [{ kind: 'task' }, {}], states: [{}], outcome: 'zzz' })],
  [
    'amounts that are none',
    () => ({
      ...STATE,
      rows: [
        { kind: 'task', parts: [{ writer: 1, value: {} }] },
        { kind: 'session', parts: [null] },
      ],
      states: [{ spent: { usd: 'x' }, kept: {}, reserved: {}, version: 1 }],
      outcome: 'admitted',
    }),
  ],
  ['a rejection without a reason', () => Promise.reject(undefined)],
  [
    'a rejection that cannot be read',
    () =>
      Promise.reject(
        new Proxy(
          {},
          {
            get() {
              throw new Error('unreadable');
            },
          },
        ),
      ),
  ],
  [
    'an exception',
    () => {
      throw new Error('at once');
    },
  ],
];

/** Answers in its own way until `repair`. */
function brokenStore(give: () => unknown): { store: SharedStore; repair(): void; sent(): number } {
  const good = memoryStore();
  let isBroken = true;
  let sent = 0;
  const through = async <T>(request: () => Promise<T>): Promise<T> => {
    sent += 1;
    return isBroken ? (give() as T) : request();
  };
  const store: SharedStore = {
    open: () => through(() => good.open()),
    write: (rows) => through(() => good.write(rows)),
    read: (keys) => through(() => good.read(keys)),
    reserve: (ask) => through(() => good.reserve(ask)),
    settle: (batch) => through(() => good.settle(batch)),
    renew: (leases) => through(() => good.renew(leases)),
  };
  const repair = () => {
    isBroken = false;
    void good.open();
  };
  return { store, repair, sent: () => sent };
}

const LOCAL = { cost: { budgets: { session: { usd: 5, shared: { onStoreDown: 'local' as const } } } } };
const FAST = { identity: OPEN_IDENTITY, storeTimeoutMillis: 50, waitForCalleesMillis: 50 };

/** A task with a paid call that waits for the store, one that does not, and a call to another process. */
function work(): Promise<void> {
  return withSession('s', () =>
    withTask('t', async () => {
      handOver();
      const paid = async () => new ActionResult('done', { costUsd: 0.1 });
      const call = withTool({ name: 'paid', billable: true, estimateUsd: 0.1 }, paid);
      expect(await call).toMatchObject({ data: 'done' });
      pay(0.25);
    }),
  );
}

describe('a store that answers with', () => {
  it.each(ANSWERS)('%s does no harm to the app', async (_, give) => {
    const { attributes } = startTracing(LOCAL);
    const { store, repair } = brokenStore(give);
    costs = shareCosts({ store, ...FAST });
    await costs.open();
    await work();
    await pause(120);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.35, 'task.cost_complete': false });
    expect(costs.stats.storeFailures).toBeGreaterThan(0);
    expect(costs.stats.callsWithoutStore).toBeGreaterThan(0);
    repair();
    expect(await costs.flush()).toBe(true);
  });
});

describe('a store that never answers', () => {
  it('gets a few requests a second, however many tasks wait for it', async () => {
    startTracing(LOCAL);
    const { store, repair, sent } = brokenStore(() => new Promise(() => {}));
    costs = shareCosts({ store, ...FAST });
    for (let at = 0; at < 300; at++)
      await withTask('t', async () => {
        pay(0.25);
        handOver();
      });
    await pause(500);
    const before = sent();
    await pause(2000);
    expect(sent() - before).toBeLessThanOrEqual(3);
    repair();
  });
});

describe('closing', () => {
  it('ends within its time with a store that always fails, and says that settlements were lost', async () => {
    startTracing(LOCAL);
    const { store } = brokenStore(() => Promise.reject(new Error('reset')));
    const open = shareCosts({ store, ...FAST });
    await work();
    const startMillis = performance.now();
    await open.close();
    expect(performance.now() - startMillis).toBeLessThan(5500);
    expect(open.stats.droppedSettlements).toBe(1);
  }, 20_000);

  it('writes what the store takes only at a later try', async () => {
    startTracing(LOCAL);
    const { store, repair } = brokenStore(() => Promise.reject(new Error('reset')));
    const open = shareCosts({ store, ...FAST });
    await work();
    setTimeout(repair, 300);
    await open.close();
    expect(open.stats.droppedSettlements).toBe(0);
    expect((await store.read([{ kind: 'session', id: 's' }])).rows[0]?.parts).toHaveLength(1);
  }, 20_000);

  it('a second time resolves when the first has', async () => {
    const { spans } = startTracing();
    const open = shareCosts({ store: memoryStore(), ...FAST });
    await withTask('t', () => void handOver());
    const order: string[] = [];
    const closing = open.close();
    const first = closing.then(() => order.push('first'));
    expect(open.close()).toBe(closing);
    await open.close();
    order.push('second');
    await first;
    expect(order).toEqual(['first', 'second']);
    expect(spans().map(({ name }) => name)).toEqual(['task t']);
  });
});
