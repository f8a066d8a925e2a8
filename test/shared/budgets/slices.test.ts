import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import {
  admitted,
  type Fault,
  faultyStore,
  firm,
  learned,
  recordAsks,
  refused,
  SimulatedProcess,
  sleep,
  stateOf,
} from '../../support/sharing.js';

const ACME = { kind: 'customer', name: 'acme' };
const TERMS = { usd: 1, shared: { sliceUsd: 0.25 } };

async function sliced(options: object = {}) {
  const store = memoryStore();
  await store.open();
  let fault: Fault = 'none';
  const recorded = recordAsks(store);
  const faulty = faultyStore(recorded.store, () => fault);
  const process = new SimulatedProcess(faulty, { storeTimeoutMillis: 30, flushMillis: 2, ...options });
  return {
    ...recorded,
    process,
    budget: process.budget(ACME, TERMS),
    state: () => stateOf(store, 'customer', 'acme'),
    fail: (next: Fault) => {
      fault = next;
    },
  };
}

describe('a budget with slices', () => {
  it('asks the store once for many calls, and takes the next slice in advance', async () => {
    const { process, budget, asks, state } = await sliced();
    for (let at = 0; at < 10; at++) process.end(admitted(await process.admit([budget], firm(0.02))), 0.01);
    expect(asks).toHaveLength(1);
    expect((await state()).reserved.usd).toBe('250000000000');
    for (let at = 0; at < 4; at++) process.end(admitted(await process.admit([budget], firm(0.02))), 0.01);
    await sleep(2);
    expect(asks).toHaveLength(2);
    await process.sharing.close();
    expect(await state()).toMatchObject({
      reserved: {},
      kept: {},
      spent: { usd: '140000000000', toolCalls: '14' },
    });
  });

  it('posts a slice when its dollars are spent, exactly', async () => {
    const { process, budget, state } = await sliced();
    for (let at = 0; at < 3; at++) process.end(admitted(await process.admit([budget], firm(0.1))), 0.1);
    await process.sharing.flush();
    const { spent, reserved } = await state();
    expect(spent.usd).toBe('250000000000');
    expect(reserved.usd).toBe('250000000000');
    await process.sharing.close();
    expect((await state()).spent.usd).toBe('300000000000');
  });

  it('takes what is left of the limit when that is less than a slice, and no more', async () => {
    const { process, budget, state } = await sliced();
    for (let at = 0; at < 9; at++) process.end(admitted(await process.admit([budget], firm(0.11))), 0.11);
    const error = refused(await process.admit([budget], firm(0.11))).error();
    expect(error).toMatchObject({ estimate: 0.11, limit: 1, spent: 0.99 });
    await process.sharing.close();
    expect((await state()).spent.usd).toBe('990000000000');
  });

  it('reserves a call above a slice, and one without a certain estimate, by itself', async () => {
    const { process, budget, asks } = await sliced();
    const large = admitted(await process.admit([budget], firm(0.6)));
    const uncertain = admitted(await process.admit([budget], learned(0.3)));
    expect(asks.map(({ amounts }) => amounts.usd)).toEqual(['600000000000', '250000000000', '300000000000']);
    expect(asks[2]?.around).toEqual([asks[0]?.id, asks[1]?.id]);
    process.end(large, 0.6);
    process.end(uncertain, 0.1);
    await process.sharing.close();
  });

  it('gives slices back after a third of a lease without a call', async () => {
    const { process, budget, state } = await sliced({ leaseMillis: 300 });
    process.end(admitted(await process.admit([budget], firm(0.1))), 0.04);
    await sleep(230);
    expect(await state()).toMatchObject({ reserved: {}, spent: { usd: '40000000000' } });
    const running = admitted(await process.admit([budget], firm(0.1)));
    await sleep(230);
    expect((await state()).reserved.usd).toBe('250000000000');
    running.release();
    await process.sharing.close();
  });

  it('lets calls run within a slice while the store is down', async () => {
    const { process, budget, fail, state } = await sliced();
    process.end(admitted(await process.admit([budget], firm(0.01))), 0.01);
    fail('rejected');
    process.end(admitted(await process.admit([budget], firm(0.1))), 0.1);
    expect(refused(await process.admit([budget], firm(0.2))).isStoreDown).toBe(true);
    fail('none');
    await process.sharing.close();
    expect((await state()).spent.usd).toBe('110000000000');
  });

  it('stays booked when its process is killed', async () => {
    let shiftMillis = 0;
    const store = memoryStore({ nowMillis: () => Date.now() + shiftMillis });
    await store.open();
    const killed = new SimulatedProcess(store, { flushMillis: 2 });
    const budget = killed.budget(ACME, TERMS);
    killed.end(admitted(await killed.admit([budget], firm(0.1))), 0.1);
    shiftMillis = 31_000;
    expect(await stateOf(store, 'customer', 'acme')).toMatchObject({
      kept: { usd: '250000000000' },
      reserved: {},
      spent: {},
    });
    await killed.sharing.close();
  });

  it('keeps the estimate of an unknown cost, before and after it is posted', async () => {
    const { process, budget, state } = await sliced();
    const [first, second] = [
      admitted(await process.admit([budget], firm(0.05))),
      admitted(await process.admit([budget], firm(0.05))),
    ];
    first.keep();
    second.keep();
    second.dropKept();
    process.end(second, 0.02);
    await process.sharing.close();
    expect(await state()).toMatchObject({
      kept: { usd: '50000000000', toolUsd: '50000000000' },
      reserved: {},
      spent: { usd: '20000000000' },
    });
  });

  it('books the estimates of calls that still run when it is closed', async () => {
    const { process, budget, state } = await sliced();
    admitted(await process.admit([budget], firm(0.05)));
    await process.sharing.close();
    expect(await state()).toMatchObject({ kept: { usd: '50000000000' }, reserved: {}, spent: {} });
  });

  it('gives back a slice that arrives after it was closed', async () => {
    const { process, budget, state, fail } = await sliced({ storeTimeoutMillis: 200 });
    process.end(admitted(await process.admit([budget], firm(0.01))), 0.01);
    fail('late');
    // Less than half of the slice is left.
    process.end(admitted(await process.admit([budget], firm(0.2))), 0.2);
    expect((await state()).reserved.usd).toBe('250000000000');
    await process.sharing.close();
    expect(await state()).toMatchObject({ reserved: {}, kept: {}, spent: { usd: '210000000000' } });
    expect(process.sharing.stats.running).toBe(0);
  });

  it('posts a call in the day of its slice', async () => {
    let nowMillis = Date.parse('2026-11-30T23:59:59Z');
    const store = memoryStore({ nowMillis: () => nowMillis });
    await store.open();
    const process = new SimulatedProcess(store, { flushMillis: 2 });
    const budget = process.budget(ACME, { usd: { day: 1 }, shared: { sliceUsd: 0.25 } });
    admitted(await process.admit([budget], firm(0.1))).release();
    const evening = admitted(await process.admit([budget], firm(0.1)));
    nowMillis += 2000;
    // Any answer shows the time of the store.
    await process.sharing.client.ask(() => store.write([]), true);
    const morning = admitted(await process.admit([budget], firm(0.1)));
    process.end(morning, 0.03);
    process.end(evening, 0.1);
    await process.sharing.close();
    expect((await stateOf(store, 'customer', 'acme', '2026-11-30')).spent.usd).toBe('100000000000');
    expect((await stateOf(store, 'customer', 'acme', '2026-12-01')).spent.usd).toBe('30000000000');
  });
});
