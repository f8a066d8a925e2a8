/** One shared budget of $10 on a server of its own, a crew of workers that spends it, and what has to hold in the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, type TestContext } from 'vitest';
import { openStore } from './app.js';
import { type Booked, readBooked } from './append-only.js';
import { Crew, type WorkerOptions } from './crew.js';
import { newRandom, type Random } from './random.js';
import { type Redis, startRedis } from './redis.js';

export const LIMIT_USD = 10;
const LIMIT = 10_000_000_000_000n;

/** The largest bill of a worker's call, in pico-dollars. */
export const MAX_BILL = 15_000_000_000n;

const LEASE_MILLIS = 2000;

/** How long each budget is under load. */
export const LOAD_MILLIS = 1000 * Number(process.env.FLEET_SECONDS ?? 6);

export interface BudgetStand {
  readonly redis: Redis;
  readonly random: Random;
  readonly crew: Crew;
  /** All of them. */
  readonly crews: readonly Crew[];
  /** For further crews with other options. */
  newCrew(options: Partial<WorkerOptions>): Crew;
  /** The amounts that the server has booked, after the leases of all workers that are gone have run out. */
  bookedAtLast(): Promise<Booked>;
}

/** Removed when the test has finished. */
export async function startBudgetStand(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: Partial<WorkerOptions> = {},
): Promise<BudgetStand> {
  const [redis, random] = await Promise.all([startRedis(), newRandom()]);
  await openStore(redis.url);
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-fleet-'));
  const crews: Crew[] = [];
  const newCrew = (more: Partial<WorkerOptions>) => {
    const crewFolder = mkdtempSync(join(folder, 'crew-'));
    const crew = new Crew(
      crewFolder,
      random.whole(2 ** 31),
      {
        redisUrl: redis.url,
        budget: { usd: LIMIT_USD, shared: true },
        share: { leaseMillis: LEASE_MILLIS },
        calls: 'firm',
        ...options,
        ...more,
      },
      crews.length * 300,
    );
    crews.push(crew);
    return crew;
  };
  onTestFinished(async () => {
    await Promise.all(crews.map((crew) => crew.kill()));
    await redis.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    redis,
    random,
    crew: newCrew({}),
    crews,
    newCrew,
    async bookedAtLast() {
      await pause(LEASE_MILLIS + 100);
      // Holds end with the next requests after their leases, a few in each.
      const last = newCrew({ redisUrl: redis.url, skewHours: () => 0 });
      await last.start(2);
      await pause(1500);
      await last.end();
      return readBooked(redis.folder, 'customer:acme');
    },
  };
}

/** Every bill that was confirmed is booked once, none twice, and nothing else is. */
export function expectEachOnce(crews: readonly Crew[], { settled }: Booked): void {
  const booked = new Set(settled);
  expect(booked.size, 'a bill was booked twice').toBe(settled.length);
  const lost = crews.flatMap((crew) => crew.acknowledged()).filter((pico) => !booked.has(pico));
  expect(lost, 'bills that were confirmed and are not booked').toEqual([]);
  const begun = new Set(crews.flatMap((crew) => crew.events().map(({ pico = 0 }) => BigInt(pico))));
  expect(
    settled.filter((pico) => !begun.has(pico)),
    'bills of nobody',
  ).toEqual([]);
}

/** Every call that was not refused is booked, because nobody was killed. */
export function expectAllBooked(crews: readonly Crew[], { settled }: Booked): void {
  const events = crews.flatMap((crew) => crew.events());
  const picosOf = (kind: string) =>
    events.filter(({ event }) => event === kind).map(({ pico = 0 }) => BigInt(pico));
  const booked = new Set(settled);
  const refused = new Set(picosOf('refused'));
  expect(picosOf('begun').filter((pico) => booked.has(pico) === refused.has(pico))).toEqual([]);
}

/** At no time was more spent, kept and reserved than the limit, and `over`. In pico-dollars. */
export function expectWithin({ mostBooked, mostHeld }: Booked, over = 0n): void {
  expect(mostBooked).toBeLessThanOrEqual(LIMIT + over);
  if (over === 0n) expect(mostHeld).toBeLessThanOrEqual(LIMIT);
}

/** The outcome of a run, for the reader. */
export function report(name: string, { random }: BudgetStand, crews: readonly Crew[], booked: Booked): void {
  const events = crews.flatMap((crew) => crew.events());
  const count = (kind: string) => events.filter(({ event }) => event === kind).length;
  const down = events.filter(({ storeDown }) => storeDown === true).length;
  const kills = crews.reduce((sum, crew) => sum + crew.kills, 0);
  console.log(
    `${name}: seed ${random.seed}; ${count('begun')} calls, ${count('refused')} refused (${down} for want of the store), ` +
      `${booked.settled.length} booked, ${kills} kills; at most ${usd(booked.mostBooked)} spent and kept, ` +
      `${usd(booked.mostHeld)} with reservations; at last ${usd(booked.spent)} spent, ${usd(booked.kept)} kept, ` +
      `${usd(booked.reserved)} reserved`,
  );
}

function usd(pico: bigint): string {
  return `$${(Number(pico) / 1e12).toFixed(4)}`;
}
