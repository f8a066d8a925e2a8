/**
 * Law 1 over processes: whatever calls whom, in whatever order, over a store that answers late, twice or not at all, the
 * last total of each task is the sum of the own costs at and below it, here and in all services that it called.
 */
import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withSession, withTask } from '../../src/index.js';
import { memoryStore, type SharedStore, shareCosts } from '../../src/shared.js';
import { holds } from '../support/laws/law.js';
import { exported, handOver, OPEN_IDENTITY, OutsideQueue, pause, pay } from '../support/services.js';
import { startTracing, stopTracing } from '../support/tracing.js';

/** A piece of work: what it pays, whom it calls, and how it ends. */
interface Work {
  /** In the same process, or by another service. */
  by: 'task' | 'service';
  micros: number[];
  waits: boolean;
  isAwaited: boolean;
  fails: boolean;
  below: Work[];
}

interface Weather {
  lateMillis: number[];
  /** Every how manieth write is applied, but not confirmed. 0: none. */
  unconfirmed: number;
  isRepeated: boolean;
}

const NOTHING: fc.Arbitrary<Work[]> = fc.constant([]);

const { work } = fc.letrec<{ work: Work }>((tie) => ({
  work: fc.record(
    {
      by: fc.constantFrom('task', 'service', 'service'),
      micros: fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 3 }),
      waits: fc.boolean(),
      isAwaited: fc.boolean(),
      fails: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
      below: fc.oneof({ maxDepth: 3 }, NOTHING, fc.array(tie('work'), { maxLength: 3 })),
    },
    { noNullPrototype: true },
  ),
}));

const weather: fc.Arbitrary<Weather> = fc.record(
  {
    lateMillis: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 8 }),
    unconfirmed: fc.constantFrom(0, 0, 2, 3),
    isRepeated: fc.boolean(),
  },
  { noNullPrototype: true },
);

describe('the total of a task over services', () => {
  it('is the sum of all own costs below it', () =>
    holds('1, conservation: services', fc.tuple(work, weather), conserves));
});

/** The store with answers as they come over a bad network. */
function storeIn({ lateMillis, unconfirmed, isRepeated }: Weather): SharedStore {
  const store = memoryStore();
  const { write, read } = store;
  let calls = 0;
  const late = () => {
    calls += 1;
    return pause(lateMillis[calls % lateMillis.length] ?? 0);
  };
  store.write = async (rows) => {
    await late();
    const state = await write.call(store, rows);
    // An old write that arrives once more after newer ones.
    if (isRepeated) void late().then(() => write.call(store, rows));
    if (unconfirmed > 0 && calls % unconfirmed === 0) throw new Error('the answer was lost');
    return state;
  };
  store.read = async (keys) => {
    await late();
    return read.call(store, keys);
  };
  return store;
}

interface Sum {
  micros: number;
  wasted: number;
}

function sumOf({ micros, fails, below }: Work): Sum {
  const parts = below.map(sumOf);
  const all =
    micros.reduce((sum, amount) => sum + amount, 0) + parts.reduce((sum, part) => sum + part.micros, 0);
  return { micros: all, wasted: fails ? all : parts.reduce((sum, part) => sum + part.wasted, 0) };
}

async function conserves([root, conditions]: [Work, Weather]): Promise<void> {
  const tracing = startTracing();
  const services = new OutsideQueue();
  const costs = shareCosts({
    store: storeIn(conditions),
    identity: OPEN_IDENTITY,
    flushMillis: 1,
    waitForCalleesMillis: 15,
  });
  await costs.open();
  const ids = new Map<Work, string>();
  const running: Promise<unknown>[] = [];
  const begin = (given: Work): Promise<unknown> => {
    const caller = given.by === 'service' ? handOver() : undefined;
    const run = () =>
      withTask({ name: 'work', caller }, async (task) => {
        ids.set(given, task.id);
        for (const amount of given.micros) pay(amount / 1e6);
        if (given.waits) await pause(2);
        const below = given.below.map((inner) => ({ inner, promise: begin(inner) }));
        for (const { inner, promise } of below) if (inner.isAwaited) await promise;
        if (given.fails) task.fail();
      });
    const promise = caller === undefined ? run() : services.call(run);
    running.push(promise);
    return promise;
  };
  try {
    await withSession('s', () => begin({ ...root, by: 'task' }));
    // `begin` adds to the list while it is awaited.
    for (let at = 0; at < running.length; at++) await running[at];
    await services.close();
    await exported(tracing, 'session');
    expect(await eventually(() => differences(tracing.spans().map(({ attributes }) => attributes)))).toEqual(
      [],
    );
  } finally {
    await costs.close();
    await stopTracing();
  }

  function differences(spans: readonly Attributes[]): string[] {
    const found: string[] = [];
    for (const [given, id] of ids) {
      const last = spans
        .filter((span) => span['task.id'] === id && span['task.cost_usd'] !== undefined)
        .at(-1);
      const { micros, wasted } = sumOf(given);
      const stated = last?.['task.cost_usd'];
      const statedWaste = last?.['task.wasted_cost_usd'] ?? 0;
      if (stated !== micros / 1e6) found.push(`${id} costs ${stated}, and not ${micros / 1e6}`);
      else if (statedWaste !== wasted / 1e6)
        found.push(`${id} wastes ${statedWaste}, and not ${wasted / 1e6}`);
      else if (last?.['task.cost_complete'] !== true) found.push(`${id} is not complete`);
    }
    return found;
  }
}

/** Corrections come until nothing is outstanding. */
async function eventually(look: () => string[]): Promise<string[]> {
  let found = look();
  for (let tries = 0; tries < 1000 && found.length > 0; tries++) {
    await pause(10);
    found = look();
  }
  return found;
}
