/** Other kinds of calls, budgets and faults: fewer workers, one budget of $10. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import {
  expectAllBooked,
  expectEachOnce,
  expectWithin,
  LIMIT_USD,
  LOAD_MILLIS,
  MAX_BILL,
  report,
  startBudgetStand,
} from '../support/budget-stand.js';
import { connect } from '../support/client.js';
import type { Crew } from '../support/crew.js';
import { startSlowProxy } from '../support/slow-proxy.js';

const WORKERS = 8;

/** A limit, and not the store, has refused a call of each worker. */
function isUsedUp(crew: Crew): boolean {
  return crew
    .eventsByPlace()
    .every((events) => events.some(({ event, storeDown }) => event === 'refused' && !storeDown));
}

describe.concurrent('eight workers on one budget', () => {
  it('exceed it by no more than one call each, when calls cannot wait for the store', async (context) => {
    const stand = await startBudgetStand(context, { calls: 'sync' });
    const { crew, crews } = stand;
    await crew.start(WORKERS);
    await until('the budget is used up', () => isUsedUp(crew), 60_000);
    await crew.end();
    const booked = await stand.bookedAtLast();
    report('synchronous calls', stand, crews, booked);
    expectWithin(booked, BigInt(WORKERS) * MAX_BILL);
    expectEachOnce(crews, booked);
    expectAllBooked(crews, booked);
    expect(booked.reserved).toBe(0n);
  });

  it('exceed it by no more than the calls in flight, when estimates are learned', async (context) => {
    const stand = await startBudgetStand(context, { calls: 'learned' });
    const { crew, crews } = stand;
    await crew.start(WORKERS);
    await until('the budget is used up', () => isUsedUp(crew), 90_000);
    await crew.end();
    const booked = await stand.bookedAtLast();
    report('learned estimates', stand, crews, booked);
    expectWithin(booked, BigInt(WORKERS) * MAX_BILL);
    expectEachOnce(crews, booked);
    expectAllBooked(crews, booked);
    expect(booked.reserved).toBe(0n);
  });

  it('keep within it with slices of $0.50, when workers are killed', async (context) => {
    const stand = await startBudgetStand(context, { budget: { usd: LIMIT_USD, shared: { sliceUsd: 0.5 } } });
    const { crew, crews, random } = stand;
    await crew.start(WORKERS);
    const end = performance.now() + LOAD_MILLIS / 2;
    while (performance.now() < end) {
      await pause(300 + random.whole(700));
      await crew.replace(random.whole(crew.count));
    }
    await crew.end();
    const booked = await stand.bookedAtLast();
    report('slices of $0.50', stand, crews, booked);
    expectWithin(booked);
    expect(crew.kills).toBeGreaterThan(1);
    // The bills of a slice are booked together, when it is used up or given back.
    const sum = (picos: readonly bigint[]) => picos.reduce((total, pico) => total + pico, 0n);
    const events = crews.flatMap((each) => each.events());
    const refused = new Set(events.filter(({ event }) => event === 'refused').map(({ pico }) => pico));
    const made = events.filter(({ event, pico }) => event === 'begun' && !refused.has(pico));
    expect(booked.spent).toBeLessThanOrEqual(sum(made.map(({ pico = 0 }) => BigInt(pico))));
    // The slice of a worker that was killed stays booked, and with it the bills that it had not posted.
    const settled = sum(crews.flatMap((each) => each.acknowledged()));
    expect(booked.spent + booked.kept).toBeGreaterThanOrEqual(settled);
    expect(booked.reserved).toBe(0n);
    expect(crew.failures()).toEqual([]);
  });

  it('keep within it, and lose no bill, when the store answers late, or not at all', async (context) => {
    const stand = await startBudgetStand(context);
    const proxy = await startSlowProxy(stand.redis.port, stand.random, {
      maxDelayMillis: 600,
      lateMillis: 150,
      cutShare: 0.02,
    });
    context.onTestFinished(() => proxy.close());
    const { crews } = stand;
    const crew = stand.newCrew({
      redisUrl: proxy.url,
      share: { leaseMillis: 2000, storeTimeoutMillis: 150 },
    });
    await crew.start(WORKERS);
    await pause(LOAD_MILLIS);
    await crew.end();
    const booked = await stand.bookedAtLast();
    report(`${proxy.late} late answers, ${proxy.cut} lost`, stand, crews, booked);
    expect(proxy.late).toBeGreaterThan(10);
    expect(proxy.cut).toBeGreaterThan(0);
    expectWithin(booked);
    expectEachOnce(crews, booked);
    expect(booked.reserved).toBe(0n);
    expect(crew.failures()).toEqual([]);
  });

  it.for(['firm', 'sync'] as const)(
    'have the same day, whatever their clocks say: %s calls',
    async (calls, context) => {
      const skewHours = (place: number) => [0, 30, -30, 9, -9, 200, -200, 0][place] ?? 0;
      const stand = await startBudgetStand(context, {
        calls,
        budget: { usd: { day: LIMIT_USD }, shared: true },
        skewHours,
      });
      const { crew, crews, redis } = stand;
      const client = await connect(redis.url);
      const dayOf = async () =>
        new Date(Number(((await client.sendCommand(['TIME'])) as string[])[0]) * 1000)
          .toISOString()
          .slice(0, 10);
      const first = await dayOf();
      await crew.start(WORKERS);
      await pause(LOAD_MILLIS / 2);
      await crew.end();
      const booked = await stand.bookedAtLast();
      const last = await dayOf();
      await client.close();
      report(`clocks that are wrong by days, ${calls} calls`, stand, crews, booked);
      expect([...booked.periods].sort()).toEqual([...new Set([first, last])]);
      if (first === last) expectWithin(booked, calls === 'sync' ? BigInt(WORKERS) * MAX_BILL : 0n);
      expectEachOnce(crews, booked);
      expectAllBooked(crews, booked);
      expect(booked.reserved).toBe(0n);
    },
  );

  it.for(['allow', 'local'] as const)(
    'do what onStoreDown says while the store is away: %s',
    async (onStoreDown, context) => {
      const stand = await startBudgetStand(context, { budget: { usd: LIMIT_USD, shared: { onStoreDown } } });
      const { crew, crews, redis } = stand;
      await crew.start(WORKERS);
      await pause(500);
      await redis.stop('SIGKILL');
      const awayMillis = Date.now();
      await pause(2500);
      const backMillis = Date.now();
      await redis.start();
      await pause(2500);
      await crew.end();
      const booked = await stand.bookedAtLast();
      report(`${onStoreDown} while the store is away`, stand, crews, booked);
      const isBooked = new Set(booked.settled);
      const begunAway = crew
        .events()
        .filter(({ event, at }) => event === 'begun' && at > awayMillis && at < backMillis);
      const made = begunAway.filter(({ pico = 0 }) => isBooked.has(BigInt(pico)));
      expect(made.length).toBeGreaterThan(WORKERS);
      expectEachOnce(crews, booked);
      expectAllBooked(crews, booked);
      expect(crew.failures()).toEqual([]);
    },
  );
});
