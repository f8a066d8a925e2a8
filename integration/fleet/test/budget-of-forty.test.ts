/** Forty workers on one budget of $10, while workers or the server die, or the server loses its data. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openStore, until } from '../support/app.js';
import {
  expectAllBooked,
  expectEachOnce,
  expectWithin,
  LOAD_MILLIS,
  report,
  startBudgetStand,
} from '../support/budget-stand.js';
import { connect } from '../support/client.js';
import type { WorkerEvent } from '../support/crew.js';

const WORKERS = 40;

describe('forty workers on one budget', () => {
  it('keep within it, and lose no bill, when workers are killed at random', async (context) => {
    const stand = await startBudgetStand(context);
    const { crew, random } = stand;
    await crew.start(WORKERS);
    const end = performance.now() + LOAD_MILLIS;
    while (performance.now() < end) {
      await crew.replace(random.whole(crew.count));
      await pause(random.whole(200));
    }
    await crew.end();
    const booked = await stand.bookedAtLast();
    report('workers killed', stand, stand.crews, booked);
    expectWithin(booked);
    expectEachOnce(stand.crews, booked);
    expect(booked.reserved).toBe(0n);
    expect(crew.kills).toBeGreaterThan(5);
    expect(crew.failures()).toEqual([]);
  });

  it('keep within it, and lose no bill, when the server is stopped and killed', async (context) => {
    const stand = await startBudgetStand(context);
    const { crew, random, redis } = stand;
    await crew.start(WORKERS);
    const end = performance.now() + LOAD_MILLIS;
    let outages = 0;
    while (performance.now() < end) {
      await pause(300 + random.whole(1200));
      await redis.stop(outages % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
      await pause(random.whole(1500));
      await redis.start();
      outages += 1;
    }
    await pause(1500);
    await crew.end();
    const booked = await stand.bookedAtLast();
    report(`server away ${outages} times`, stand, stand.crews, booked);
    expectWithin(booked);
    expectEachOnce(stand.crews, booked);
    expect(booked.reserved).toBe(0n);
    expect(outages).toBeGreaterThan(1);
    expect(crew.failures()).toEqual([]);
    expectAllBooked(stand.crews, booked);
  });

  it('notice with the next call that the data are lost, and are refused until the store is opened again', async (context) => {
    const stand = await startBudgetStand(context, { hasTracing: true });
    const { crew, redis } = stand;
    await crew.start(WORKERS);
    await pause(LOAD_MILLIS / 4);
    const client = await connect(redis.url);
    await client.sendCommand(['FLUSHALL']);
    const lostMillis = Date.now();
    const refusedSince = (events: readonly WorkerEvent[]) =>
      events.some(({ at, storeDown }) => at > lostMillis && storeDown === true);
    await until('every worker has noticed', () => crew.eventsByPlace().every(refusedSince));
    const openMillis = Date.now();
    await openStore(redis.url);
    const againMillis = Date.now();
    await until('every worker is confirmed again', () =>
      crew
        .eventsByPlace()
        .every((events) => events.some(({ at, event }) => at > againMillis && event === 'acknowledged')),
    );
    await crew.end();
    await client.close();
    const booked = await stand.bookedAtLast();
    report('data lost', stand, stand.crews, booked);

    const ends = new Map(
      crew
        .events()
        .filter(({ event }) => event === 'refused')
        .map((event) => [event.pico, event]),
    );
    const between = crew
      .events()
      .filter(({ event, at }) => event === 'begun' && at > lostMillis && at < openMillis);
    expect(between.length).toBeGreaterThanOrEqual(WORKERS);
    const made = between.filter(({ pico }) => ends.get(pico)?.storeDown !== true);
    expect(made, 'calls that were made without the store').toEqual([]);
    const sessions = crew
      .events()
      .filter(({ event, name }) => event === 'span' && name?.startsWith('session'));
    expect(sessions).toHaveLength(WORKERS);
    for (const { attributes } of sessions)
      expect(attributes).toMatchObject({ 'session.cost_complete': false });
    for (const { event, stats } of crew.events()) {
      if (event === 'ended') expect(stats?.dataLosses).toBeGreaterThan(0);
    }
    // Earlier spending is no longer known. From then on, it is the same budget again.
    expectWithin(booked);
    const isBooked = new Set(booked.settled);
    const late = crew.events().filter(({ event, at }) => event === 'acknowledged' && at > againMillis);
    expect(late.flatMap(({ picos = [] }) => picos).filter((pico) => !isBooked.has(BigInt(pico)))).toEqual([]);
    expect(booked.reserved).toBe(0n);
    expect(crew.failures()).toEqual([]);
  });
});
