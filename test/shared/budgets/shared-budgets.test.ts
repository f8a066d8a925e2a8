import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal, Reservation } from '../../../src/ledger/reservation.js';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import type { SharedStore, StoreAnswer, StoreAsk } from '../../../src/shared/store/store.js';
import type { DataLoss } from '../../../src/shared/store/store-client.js';
import { budgetOf } from '../../support/budgets/simulation.js';
import {
  admitted,
  type Fault,
  faultyStore,
  firm,
  learned,
  type Method,
  recordAsks,
  refused,
  SimulatedProcess,
  sleep,
  stateOf,
} from '../../support/sharing.js';

const ACME = { kind: 'customer', name: 'acme' };
const FAST = { storeTimeoutMillis: 30, flushMillis: 2 };
const open: SimulatedProcess[] = [];

function processOn(store: SharedStore, options: object = {}): SimulatedProcess {
  const process = new SimulatedProcess(store, { ...FAST, ...options });
  open.push(process);
  return process;
}

function methodsOf(store: SharedStore): SharedStore {
  return {
    open: () => store.open(),
    write: (rows) => store.write(rows),
    read: (keys) => store.read(keys),
    reserve: (ask) => store.reserve(ask),
    settle: (batch) => store.settle(batch),
    renew: (leases) => store.renew(leases),
  };
}

async function openStore() {
  const store = memoryStore();
  await store.open();
  return store;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ sharing }) => sharing.close(100)));
});

describe('a budget that processes share', () => {
  it('lets three of sixteen calls at $0.03 begin against $0.10, in four processes', async () => {
    const store = await openStore();
    const processes = Array.from({ length: 4 }, () => processOn(store));
    const outcomes = await Promise.all(
      processes.flatMap((process) =>
        Array.from({ length: 4 }, () => process.admit([process.budget(ACME, { usd: 0.1 })], firm(0.03))),
      ),
    );
    expect(outcomes.filter((outcome) => outcome instanceof Reservation)).toHaveLength(3);
    const messages = outcomes.flatMap((outcome) =>
      outcome instanceof Refusal ? outcome.error().message : [],
    );
    expect(messages).toContain(
      'budget of customer "acme" exceeded: usd limit 0.1, spent 0, reserved 0.09; ' +
        'calls in flight in this or other processes, or costs not written yet, hold the room that an estimate of 0.03 needs',
    );
  });

  it('counts what another process has spent, in errors and for the next call', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const budget = one.budget(ACME, { usd: 1 });
    one.end(admitted(await one.admit([budget], firm(0.5))), 0.75);
    await one.sharing.flush();
    const refusal = refused(await two.admit([two.budget(ACME, { usd: 1 })], firm(0.5)));
    expect(refusal.error()).toMatchObject({ spent: 0.75, limit: 1, estimate: 0.5 });
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      spent: { usd: '750000000000', toolUsd: '750000000000', toolCalls: '1' },
      reserved: {},
      kept: {},
    });
  });

  it('does not count its own calls that have ended, though their settlement is not posted yet', async () => {
    const store = await openStore();
    const process = processOn(store, { flushMillis: 10_000 });
    const budget = process.budget(ACME, { usd: 0.1 });
    for (let at = 0; at < 5; at++) process.end(admitted(await process.admit([budget], firm(0.06))), 0.005);
    expect(process.sharing.stats.pending).toBe(1);
  });

  it('posts a cost without a reservation, and the cost from before the budget was shared', async () => {
    const store = await openStore();
    const process = processOn(store);
    const budget = process.budget(ACME, { usd: 1 });
    process.post([budget], 0.25);
    process.sharing.connect(budget);
    process.post([budget], 0.25);
    await process.sharing.flush();
    expect((await stateOf(store, 'customer', 'acme')).spent.usd).toBe('500000000000');
  });

  it('keeps the estimate of a call whose cost stays unknown, until the cost is known', async () => {
    const store = await openStore();
    const process = processOn(store);
    const budget = process.budget(ACME, { usd: 1 });
    const reservation = admitted(await process.admit([budget], firm(0.4)));
    reservation.keep();
    await process.sharing.flush();
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      kept: { usd: '400000000000' },
      reserved: {},
      spent: {},
    });
    reservation.dropKept();
    process.end(reservation, 0.3);
    await process.sharing.flush();
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      kept: {},
      spent: { usd: '300000000000' },
    });
    // News after the end: a part of the cost is unknown again.
    reservation.keep();
    await process.sharing.flush();
    expect((await stateOf(store, 'customer', 'acme')).kept.usd).toBe('400000000000');
    reservation.release();
    await process.sharing.flush();
    expect((await stateOf(store, 'customer', 'acme')).kept).toEqual({});
  });

  it('never uses the id of a reservation again once it has ended', async () => {
    const store = await openStore();
    const ids: (string | undefined)[] = [];
    const process = processOn({
      open: () => store.open(),
      write: (rows) => store.write(rows),
      read: (keys) => store.read(keys),
      reserve: (ask) => store.reserve(ask),
      settle: (batch) => {
        ids.push(...batch.settlements.map(({ id }) => id));
        return store.settle(batch);
      },
      renew: (leases) => store.renew(leases),
    });
    const reservation = admitted(await process.admit([process.budget(ACME, { usd: 1 })], firm(0.4)));
    reservation.release();
    await process.sharing.flush();
    reservation.keep();
    await process.sharing.flush();
    expect(ids).toHaveLength(2);
    expect(ids[1]).not.toBe(ids[0]);
  });

  it('reserves only what exceeds the reservation of the LLM call around', async () => {
    const store = await openStore();
    const { store: recorded, asks } = recordAsks(store);
    const process = processOn(recorded);
    const budget = process.budget(ACME, { usd: 1 });
    const around = admitted(await process.admit([budget], firm(0.6)));
    const outer = { outerReservations: ['caller-1'] };
    admitted(await process.admit([budget], firm(0.7), { around, isCovered: true, ...outer }));
    expect(asks[1]).toMatchObject({
      amounts: { usd: '100000000000' },
      around: [asks[0]?.id, 'caller-1'],
      periods: [{ limits: [{ need: '100000000000', firm: '100000000000' }] }],
    });
  });

  it('waits for room in another process, and says for how long if there was none in time', async () => {
    const store = await openStore();
    const { store: recorded, asks } = recordAsks(store);
    const [one, two] = [processOn(store), processOn(recorded)];
    const terms = { usd: 1, reserveTimeoutMillis: 150 };
    const budget = two.budget(ACME, terms);
    const first = admitted(await one.admit([one.budget(ACME, terms)], firm(0.8)));
    const waits = two.admit([budget], firm(0.8));
    await sleep(40);
    one.end(first, 0.1);
    const second = admitted(await waits);
    expect(asks.length).toBeLessThan(12);
    const late = refused(await one.admit([one.budget(ACME, terms)], firm(0.8)));
    const error = late.error();
    expect(error.waitedMillis).toBeGreaterThanOrEqual(149);
    expect(error.message).toContain(`had no room in time: the call waited ${error.waitedMillis} ms`);
    two.end(second, 0.1);
    expect(budget.line.size).toBe(0);
    expect(budget.isInUse).toBe(false);
  });

  it('lets a call with a learned estimate wait by default', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const first = admitted(await one.admit([one.budget(ACME, { usd: 1 })], learned(0.8)));
    const waits = two.admit([two.budget(ACME, { usd: 1 })], learned(0.8));
    await sleep(30);
    one.end(first, 0.3);
    admitted(await waits);
  });

  it('ends a wait when the limit is used up', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const first = admitted(await one.admit([one.budget(ACME, { usd: 1 })], learned(0.8)));
    const waits = two.admit([two.budget(ACME, { usd: 1 })], learned(0.8));
    await sleep(30);
    two.post([two.budget(ACME, { usd: 1 })], 1);
    const error = refused(await waits).error();
    expect(error.message).toContain('the limit has been reached');
    first.release();
  });

  it('ends a wait when another budget of this process is used up', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const first = admitted(await one.admit([one.budget(ACME, { usd: 1 })], learned(0.8)));
    const task = budgetOf(1);
    const waits = two.admit([two.budget(ACME, { usd: 1 }), task], learned(0.8));
    await sleep(30);
    two.post([task], 1);
    expect(refused(await waits).error()).toMatchObject({ scope: 'task', spent: 1 });
    first.release();
  });

  it('keeps settlements until the store is open', async () => {
    const store = memoryStore();
    const process = processOn(store);
    process.post([process.budget(ACME, { usd: 1 })], 0.1);
    expect(await process.sharing.flush(30)).toBe(false);
    expect(process.sharing.stats.pending).toBe(1);
    await store.open();
    expect(await process.sharing.flush()).toBe(true);
    expect((await stateOf(store, 'customer', 'acme')).spent.usd).toBe('100000000000');
  });

  it('aborts the work of this process when others have used up the limit', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const terms = { usd: 1, mode: 'abort', onThreshold: vi.fn() } as const;
    const budget = one.budget(ACME, terms);
    const { signal } = budget;
    admitted(await one.admit([budget], firm(0.1)));
    two.post([two.budget(ACME, terms)], 1.5);
    await two.sharing.flush();
    one.post([budget], 0);
    await one.sharing.flush();
    expect(signal.aborted).toBe(true);
    expect(terms.onThreshold).toHaveBeenCalledWith(expect.objectContaining({ threshold: 1, spent: 1.5 }));
  });

  it('extends the lease of a call that runs, and settles one whose lease ran out', async () => {
    let shiftMillis = 0;
    const store = memoryStore({ nowMillis: () => Date.now() + shiftMillis });
    await store.open();
    const process = processOn(store, { leaseMillis: 300 });
    const budget = process.budget(ACME, { usd: 1 });
    const reservation = admitted(await process.admit([budget], firm(0.4)));
    await sleep(450);
    expect((await stateOf(store, 'customer', 'acme')).reserved.usd).toBe('400000000000');
    shiftMillis = 1000;
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      reserved: {},
      kept: { usd: '400000000000' },
    });
    process.end(reservation, 0.3);
    await process.sharing.flush();
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      kept: {},
      spent: { usd: '300000000000' },
    });
    expect(process.sharing.stats).toMatchObject({ running: 0, pending: 0 });
  });

  it('counts days by the clock of the store, whatever the clock of the process says', async () => {
    const nowMillis = Date.parse('2026-11-30T23:30:00Z');
    const store = memoryStore({ nowMillis: () => nowMillis });
    await store.open();
    const process = processOn(store);
    const budget = process.budget(ACME, { usd: { day: 1 }, timeZone: 'Europe/Berlin' });
    process.end(admitted(await process.admit([budget], firm(0.4))), 0.4);
    await process.sharing.flush();
    const day = await stateOf(store, 'customer', 'acme', '2026-12-01 Europe/Berlin');
    expect(day).toMatchObject({ spent: { usd: '400000000000' }, reserved: {} });
  });

  it('counts the first call of a process by that clock, too, if the call cannot wait for the store', async () => {
    const nowMillis = Date.now() - 5 * 86_400_000;
    const store = memoryStore({ nowMillis: () => nowMillis });
    await store.open();
    const process = processOn(store);
    const budget = process.budget(ACME, { usd: { day: 1 } });
    const reservation = admitted(
      await process.admit([budget], firm(0.4), { canWait: false, asksStore: false }),
    );
    process.end(reservation, 0.3);
    await sleep(10);
    await process.sharing.flush();
    const dayAt = (millis: number) =>
      stateOf(store, 'customer', 'acme', new Date(millis).toISOString().slice(0, 10));
    expect(await dayAt(nowMillis)).toMatchObject({ spent: { usd: '300000000000' }, reserved: {} });
    expect(await dayAt(Date.now())).toMatchObject({ spent: {}, reserved: {} });
    expect(process.sharing.stats).toMatchObject({ running: 0, pending: 0 });
  });

  it('begins the next day in this process, too, when the store does', async () => {
    const nextDay = Math.ceil(Date.now() / 86_400_000 + 2) * 86_400_000;
    const aheadMillis = nextDay - 400 - Date.now();
    const store = memoryStore({ nowMillis: () => Date.now() + aheadMillis });
    await store.open();
    const process = processOn(store);
    const budget = process.budget(ACME, { usd: { day: 1 } });
    admitted(await process.admit([budget], firm(0.1))).release();
    process.end(admitted(await process.admit([budget], firm(1))), 1);
    refused(await process.admit([budget], firm(0.1)));
    await sleep(450);
    admitted(await process.admit([budget], firm(0.1)));
  });

  it('settles a call in the day in which it was reserved', async () => {
    let nowMillis = Date.parse('2026-11-30T23:59:59Z');
    const store = memoryStore({ nowMillis: () => nowMillis });
    await store.open();
    const process = processOn(store);
    const budget = process.budget(ACME, { usd: { day: 1 } });
    admitted(await process.admit([budget], firm(0.1))).release();
    const reservation = admitted(await process.admit([budget], firm(0.4)));
    nowMillis += 2000;
    process.end(reservation, 0.4);
    await process.sharing.flush();
    expect((await stateOf(store, 'customer', 'acme', '2026-11-30')).spent.usd).toBe('400000000000');
    expect((await stateOf(store, 'customer', 'acme', '2026-12-01')).spent).toEqual({});
  });
});

describe('a call in two shared budgets', () => {
  const USER = { kind: 'user', name: 'ann' };
  const names = { customer: 'acme', user: 'ann' };

  it('is reserved in one order in every process', async () => {
    const { store, asks } = recordAsks(await openStore());
    const process = processOn(store);
    const budgets = [process.budget(USER, { usd: 1 }), process.budget(ACME, { usd: 1 })];
    admitted(await process.admit(budgets, firm(0.1))).release();
    admitted(await process.admit(budgets.toReversed(), firm(0.1))).release();
    expect(asks.map(({ budget }) => budget.kind)).toEqual(['customer', 'user', 'customer', 'user']);
  });

  it.each([
    ['refused', 'customer'],
    ['refused', 'user'],
    ['lost', 'customer'],
    ['lost', 'user'],
    ['answer lost', 'customer'],
    ['answer lost', 'user'],
    ['rejected', 'customer'],
    ['rejected', 'user'],
    ['late', 'customer'],
    ['late', 'user'],
  ] as const)('leaves nothing held when the request is %s at the budget of the %s', async (fault, kind) => {
    const store = await openStore();
    const asked: string[] = [];
    const faulty = faultyStore(store, (method) => {
      if (method !== 'reserve') return 'none';
      const at = asked.length === 0 ? 'customer' : 'user';
      asked.push(at);
      return fault !== 'refused' && at === kind ? fault : 'none';
    });
    const process = processOn(faulty);
    const budgets = Object.entries(names).map(([scope, name]) =>
      process.budget({ kind: scope, name }, { usd: fault === 'refused' && scope === kind ? 0.05 : 1 }),
    );
    const outcome = await process.admit(budgets, firm(0.1));
    refused(outcome);
    await process.sharing.flush();
    await sleep(60);
    await process.sharing.flush();
    for (const [scope, name] of Object.entries(names)) {
      expect(await stateOf(store, scope, name)).toMatchObject({ reserved: {}, kept: {}, spent: {} });
    }
    for (const budget of budgets) expect(budget.holds.size).toBe(0);
  });
});

describe('a call that waits for room in the second of two budgets', () => {
  it('holds nothing in the first one', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const USER = { kind: 'user', name: 'ann' };
    const terms = { usd: 1, reserveTimeoutMillis: 500 };
    const first = admitted(await one.admit([one.budget(USER, terms)], firm(0.9)));
    const waits = two.admit([two.budget(ACME, terms), two.budget(USER, terms)], firm(0.9));
    await sleep(25);
    admitted(await one.admit([one.budget(ACME, terms)], firm(0.9))).release();
    one.end(first, 0);
    const second = admitted(await waits);
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({ reserved: { usd: '900000000000' } });
    second.release();
    await Promise.all([one.sharing.flush(), two.sharing.flush()]);
    for (const { kind, name } of [ACME, USER])
      expect(await stateOf(store, kind, name)).toMatchObject({ reserved: {}, kept: {} });
  });
});

describe('a network that repeats a request', () => {
  it('leaves nothing held when only the second copy finds room', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn({ ...methodsOf(store), reserve: (ask) => repeat(ask) })];
    const terms = { usd: 1 };
    const first = admitted(await one.admit([one.budget(ACME, terms)], firm(0.9)));
    async function repeat(ask: StoreAsk): Promise<StoreAnswer> {
      const answer = await store.reserve(ask);
      first.release();
      await one.sharing.flush();
      await store.reserve(ask);
      return answer;
    }
    refused(await two.admit([two.budget(ACME, terms)], firm(0.9)));
    await two.sharing.flush();
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({ reserved: {}, kept: {} });
  });
});

describe('a store that is down', () => {
  function down(fault: () => Fault, options: object = {}) {
    const store = memoryStore();
    const faulty = faultyStore(store, () => fault());
    return { store, process: processOn(faulty, options) };
  }

  it.each(['rejected', 'lost'] as const)('refuses by default when requests are %s', async (fault) => {
    const { process } = down(() => fault);
    const error = refused(await process.admit([process.budget(ACME, { usd: 1 })], firm(0.1))).error();
    expect(error).toMatchObject({ storeDown: true, spent: 0, limit: 1 });
    expect(error.message).toBe(
      'budget of customer "acme" could not be checked: usd limit 1, spent 0, reserved 0; ' +
        'the store of this shared budget could not be reached',
    );
  });

  it('refuses while it is not open', async () => {
    const { store, process } = down(() => 'none');
    const budget = process.budget(ACME, { usd: 1 });
    const error = refused(await process.admit([budget], firm(0.1))).error();
    expect(error.message).toContain('is not open');
    await store.open();
    admitted(await process.admit([budget], firm(0.1)));
  });

  it('lets calls run with `allow`, and books their cost when it is back', async () => {
    let fault: Fault = 'rejected';
    const { store, process } = down(() => fault, { onStoreDown: 'allow' });
    const budget = process.budget(ACME, { usd: 0.1 });
    await store.open();
    for (let at = 0; at < 4; at++) {
      const reservation = admitted(await process.admit([budget], firm(0.05)));
      expect(reservation.onStoreDown).toBe('allow');
      process.end(reservation, 0.05);
    }
    const kept = admitted(await process.admit([budget], firm(0.05)));
    kept.keep();
    fault = 'none';
    await process.sharing.flush();
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      spent: { usd: '200000000000' },
      kept: { usd: '50000000000' },
    });
    expect(refused(await process.admit([budget], firm(0.05))).isStoreDown).toBe(false);
  });

  it('lets the use of this process decide with `local`', async () => {
    const { process } = down(() => 'rejected');
    const budget = process.budget(ACME, { usd: 0.1, shared: { onStoreDown: 'local' } });
    for (let at = 0; at < 2; at++) {
      const reservation = admitted(await process.admit([budget], firm(0.05)));
      expect(reservation.onStoreDown).toBe('local');
      process.end(reservation, 0.05);
    }
    expect(refused(await process.admit([budget], firm(0.05))).isStoreDown).toBe(false);
  });

  it('is not asked by each call while it does not answer in time', async () => {
    const { process } = down(() => 'lost', { onStoreDown: 'local', storeTimeoutMillis: 200 });
    const budget = process.budget(ACME, { usd: 1 });
    admitted(await process.admit([budget], firm(0.1)));
    const before = performance.now();
    admitted(await process.admit([budget], firm(0.1)));
    expect(performance.now() - before).toBeLessThan(150);
  });

  it('has lost its data: that is noticed once, and what was known is forgotten', async () => {
    const store = await openStore();
    const process = processOn(store);
    const losses: DataLoss[] = [];
    process.sharing.onDataLost((loss) => losses.push(loss));
    const budget = process.budget(ACME, { usd: 1, shared: { onStoreDown: 'refuse' } });
    const other = processOn(store);
    other.end(admitted(await other.admit([other.budget(ACME, { usd: 1 })], firm(0.9))), 0.9);
    await other.sharing.flush();
    refused(await process.admit([budget], firm(0.5)));
    store.clear();
    expect(refused(await process.admit([budget], firm(0.5))).isStoreDown).toBe(true);
    await store.open();
    const reservation = admitted(await process.admit([budget], firm(0.5)));
    admitted(await process.admit([budget], firm(0.1)));
    expect(losses).toEqual([{ cause: 'generation', budget: undefined }]);
    expect(budget.limits.map((limit) => budget.spent(limit))).toEqual([0]);
    process.end(reservation, 0.5);
    await process.sharing.flush();
    expect((await stateOf(store, 'customer', 'acme')).spent.usd).toBe('500000000000');
  });

  it('has gone back to an earlier state: that is noticed', async () => {
    const [full, empty] = [await openStore(), memoryStore()];
    let current: SharedStore = full;
    const { generation } = await full.open();
    const same = async <T extends object>(answer: Promise<T>) => ({ ...(await answer), generation });
    const restored: SharedStore = {
      open: () => current.open(),
      write: (rows) => same(current.write(rows)),
      read: (keys) => same(current.read(keys)),
      reserve: (ask) => same(current.reserve({ ...ask, isForced: true })),
      settle: (batch) => same(current.settle(batch)),
      renew: (leases) => same(current.renew(leases)),
    };
    const process = processOn(restored);
    const budget = process.budget(ACME, { usd: 1 });
    for (let at = 0; at < 3; at++) process.end(admitted(await process.admit([budget], firm(0.1))), 0.1);
    await process.sharing.flush();
    current = empty;
    const losses: DataLoss[] = [];
    process.sharing.onDataLost((loss) => losses.push(loss));
    admitted(await process.admit([budget], firm(0.1)));
    admitted(await process.admit([budget], firm(0.1)));
    expect(losses).toEqual([{ cause: 'version', budget: ACME }]);
  });
});

describe('a call that no promise may replace', () => {
  const atOnce = { canWait: false, asksStore: false };

  it('is decided by what is known, and counted in the store', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const budget = one.budget(ACME, { usd: 1 });
    const first = admitted(await one.admit([budget], firm(0.3), atOnce));
    await sleep(5);
    expect((await stateOf(store, 'customer', 'acme')).reserved.usd).toBe('300000000000');
    admitted(await two.admit([two.budget(ACME, { usd: 1 })], firm(0.6)));
    one.end(first, 0.3);
    await one.sharing.flush();
    const error = refused(await one.admit([budget], firm(0.3), atOnce)).error();
    expect(error).toMatchObject({ spent: 0.3, reserved: 0.6 });
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      spent: { usd: '300000000000' },
      reserved: { usd: '600000000000' },
    });
  });

  it('is not settled before the store has answered its request', async () => {
    const store = await openStore();
    const methods: Method[] = [];
    const process = processOn(
      faultyStore(
        store,
        (method) => {
          methods.push(method);
          return method === 'reserve' ? 'late' : 'none';
        },
        15,
      ),
    );
    const budget = process.budget(ACME, { usd: 1 });
    process.end(admitted(await process.admit([budget], firm(0.3), atOnce)), 0.3);
    await sleep(10);
    expect(methods).toEqual(['reserve']);
    await process.sharing.flush();
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      reserved: {},
      spent: { usd: '300000000000' },
    });
  });

  it('learns after a refusal that there is room again', async () => {
    const store = await openStore();
    const [one, two] = [processOn(store), processOn(store)];
    const budget = one.budget(ACME, { usd: 1 });
    const held = admitted(await two.admit([two.budget(ACME, { usd: 1 })], firm(0.9)));
    one.post([budget], 0.05);
    await one.sharing.flush();
    refused(await one.admit([budget], firm(0.3), atOnce));
    two.end(held, 0.1);
    await two.sharing.flush();
    refused(await one.admit([budget], firm(0.3), atOnce));
    await one.sharing.flush();
    admitted(await one.admit([budget], firm(0.3), atOnce));
  });

  it('does what `onStoreDown` says, as soon as the store is known to be down', async () => {
    const methods: Method[] = [];
    let fault: Fault = 'rejected';
    const store = memoryStore();
    await store.open();
    const process = processOn(
      faultyStore(store, (method) => {
        methods.push(method);
        return fault;
      }),
    );
    const budget = process.budget(ACME, { usd: 1 });
    admitted(await process.admit([budget], firm(0.1), atOnce)).release();
    await sleep(5);
    expect(refused(await process.admit([budget], firm(0.1), atOnce)).isStoreDown).toBe(true);
    fault = 'none';
    await sleep(300);
    await process.admit([budget], firm(0.1), atOnce);
    await sleep(5);
    admitted(await process.admit([budget], firm(0.1), atOnce));
  });
});
