/**
 * The scripts against the exact model: the same random steps on Redis and on `memoryStore` have the same answers. Set
 * `LAW_SEED` to repeat a run, and `LAW_CASES` for a longer one.
 */

import fc from 'fast-check';
import {
  memoryStore,
  type SharedStore,
  type StorePeriodState,
  type StoreState,
} from 'otel-agent-cost/shared';
import { OUTCOMES } from 'otel-agent-cost/src/shared/store/store-rules';
import { createClient } from 'redis6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../src/index.js';
import { type Server, startServer } from './support/server.js';
import { withClock } from './support/set-clock.js';
import { type Step, steps } from './support/steps.js';

const CASES = Number(process.env.LAW_CASES ?? 150);
const seed = Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 2 ** 31));
const START_MILLIS = 1_800_000_000_000;
const ROWS = (['session', 'task'] as const).flatMap((kind) =>
  ['s1', '{s1}', 'x'.repeat(300)].map((id) => ({ kind, id })),
);

let server: Server;
let client: Awaited<ReturnType<typeof connect>>;

async function connect(url: string) {
  return createClient({ url }).connect();
}

beforeAll(async () => {
  server = await startServer();
  client = await connect(server.url);
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

describe('the scripts', () => {
  it(`answer like the model (LAW_SEED=${seed})`, { timeout: 60_000 + CASES * 1000 }, async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(steps, async (list) => compare(list, seen)),
      { seed, numRuns: CASES, endOnFailure: false },
    );
    // The steps are such that each outcome occurs.
    if (CASES >= 100) {
      const kinds = [...OUTCOMES, 'not_open', 'overflowed settlement', 'kept', 'renewed'];
      expect(kinds.filter((outcome) => !seen.has(outcome))).toEqual([]);
    }
  });
});

async function compare(list: readonly Step[], seen: Map<string, number>): Promise<void> {
  let nowMillis = START_MILLIS;
  const clock = () => nowMillis;
  const model = memoryStore({ nowMillis: clock });
  const store = redisStore(withClock((args) => client.sendCommand(args), clock));
  const versions = new Map<string, number>();
  const generations = new Set<string | undefined>();
  await client.sendCommand(['FLUSHALL']);
  for (const step of list) {
    if (step.kind === 'pass') nowMillis += step.millis;
    else if (step.kind === 'forget scripts') await client.sendCommand(['SCRIPT', 'FLUSH']);
    else if (step.kind === 'flush') {
      model.clear();
      await client.sendCommand(['FLUSHALL']);
    } else {
      const expected = await answer(model, step, versions);
      const actual = await answer(store, step, versions);
      expect(comparable(actual)).toEqual(comparable(expected));
      generations.add(actual.generation);
      note(seen, actual);
    }
    if (step.kind === 'settle') versions.set(step.batch.writer, nextVersion(step, versions));
  }
  expect(sorted(await store.read(ROWS))).toEqual(sorted(await model.read(ROWS)));
  const opened = list.filter(({ kind }) => kind === 'open').length;
  expect([...generations].filter((generation) => generation !== undefined).length).toBeLessThanOrEqual(
    opened,
  );
  await expectTidy();
}

type Request = Exclude<Step, { kind: 'pass' | 'flush' | 'forget scripts' }>;
type Answer = StoreState & {
  readonly states?: readonly StorePeriodState[];
  readonly overflowed?: number | undefined;
};

function answer(store: SharedStore, step: Request, versions: Map<string, number>): Promise<Answer> {
  if (step.kind === 'reserve') return store.reserve(step.ask);
  if (step.kind === 'renew') return store.renew(step.leases);
  if (step.kind === 'write') return store.write(step.rows);
  if (step.kind === 'settle') return store.settle({ ...step.batch, version: nextVersion(step, versions) });
  return store.open();
}

function nextVersion(step: Extract<Step, { kind: 'settle' }>, versions: Map<string, number>): number {
  return Math.max(1, (versions.get(step.batch.writer) ?? 0) + 1 - step.lag);
}

/** A generation is random, and a store may count more changes of a period than another. */
function comparable({ generation, states, ...rest }: Answer) {
  return {
    ...rest,
    isOpen: generation !== undefined,
    states: states?.map(({ version: _version, ...amounts }) => amounts),
  };
}

function sorted({ rows }: Awaited<ReturnType<SharedStore['read']>>) {
  return rows.map(({ parts, ...key }) => ({
    ...key,
    parts: [...parts].sort((a, b) => (a.writer < b.writer ? -1 : 1)),
  }));
}

function note(seen: Map<string, number>, { states = [], overflowed = 0, ...rest }: Answer): void {
  const kinds = ['outcome' in rest ? String(rest.outcome) : 'renewed'];
  if (overflowed > 0) kinds.push('overflowed settlement');
  if (states.some(({ kept }) => Object.keys(kept).length > 0)) kinds.push('kept');
  for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
}

/** The index of each period has exactly its reservations, and nothing is left of a calculation. */
async function expectTidy(): Promise<void> {
  const keys = await client.keys('*:use:*');
  for (const key of keys) {
    const fields = await client.hKeys(key);
    const entries = fields.filter((field) => /^[hkx]:/.test(field)).sort();
    expect((await client.zRange(key.replace(':use:', ':leases:'), 0, -1)).sort()).toEqual(entries);
    expect(fields).not.toContain('sum');
  }
}
