import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Span } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordCost, withSession, withTask } from '../../src/index.js';
import { amnesicMeter, hoardingMeter } from '../fakes/broken-meters.js';
import { CASES, findsOut, holds, seedOf } from '../support/laws/law.js';
import { Run, turns } from '../support/laws/run-work.js';
import { startSdk } from '../support/laws/sdk.js';
import { FOREIGN_KINDS, forests, OWN_KINDS } from '../support/laws/work.js';

const MAX_SESSIONS = 3;

interface Visit {
  session: number;
  asTask: boolean;
  waits: number;
}

const visits: fc.Arbitrary<Visit[]> = fc.array(
  fc.record({ session: fc.nat(5), asTask: fc.boolean(), waits: fc.nat(1) }, { noNullPrototype: true }),
  { maxLength: 30 },
);

describe('nothing grows without bound', () => {
  it('sessions are kept up to the limit; evicted ones are counted and start again as incomplete', () =>
    holds('7, bounded: sessions', visits, keepsTheLatest));

  it('is broken by a meter that takes an evicted session for a new one', () =>
    findsOut(amnesicMeter, visits, keepsTheLatest));

  it('spans are let go with their trace', async () => {
    const seed = seedOf();
    console.log(`law 7, bounded: spans: ${CASES} cases, seed ${seed}`);
    expect(await spansKept(CASES, seed)).toBe(0);
  });

  it('is broken by a meter that keeps what it saw', async () => {
    const mend = hoardingMeter();
    try {
      expect(await spansKept(20, seedOf())).toBeGreaterThan(0);
    } finally {
      mend();
    }
  });
});

/** Enters sessions one after the other, one dollar each time, and compares with a list of the latest ones. */
async function keepsTheLatest(given: Visit[]): Promise<void> {
  const sdk = startSdk({ cost: { maxSessions: MAX_SESSIONS } });
  try {
    const evictions = await visitAll(given);
    expect(sdk.processor.stats.sessionEvictions).toBe(evictions);
  } finally {
    await sdk.stop();
  }
}

/** How many sessions must have been evicted on the way. */
async function visitAll(given: Visit[]): Promise<number> {
  const kept = new Map<number, number>();
  const evicted: number[] = [];
  for (const visit of given) {
    const { session } = visit;
    const times = (kept.get(session) ?? 0) + 1;
    const [oldest] = kept.keys();
    if (!kept.delete(session) && oldest !== undefined && kept.size === MAX_SESSIONS) {
      kept.delete(oldest);
      evicted.push(oldest);
    }
    kept.set(session, times);
    await spend(visit);
    const { costUsd, costComplete } = withSession(String(session), ({ totals }) => ({ ...totals }));
    expect({ costUsd, costComplete }).toEqual({ costUsd: times, costComplete: !evicted.includes(session) });
  }
  return evicted.length;
}

async function spend({ session, asTask, waits }: Visit): Promise<void> {
  const id = String(session);
  const work = async () => {
    await turns(waits);
    recordCost(1);
  };
  await (asTask ? withTask({ name: 'task', sessionId: id }, work) : withSession(id, work));
}

/** How many spans are still in memory after so many forests of work of every kind. */
async function spansKept(cases: number, seed: number): Promise<number> {
  const spans: WeakRef<Span>[] = [];
  const noted = { forceFlush: async () => {}, shutdown: async () => {}, onEnd: () => {} };
  const sdk = startSdk({ processors: [{ ...noted, onStart: (span) => spans.push(new WeakRef(span)) }] });
  for (const forest of fc.sample(forests({ kinds: [...OWN_KINDS, ...FOREIGN_KINDS] }), {
    seed,
    numRuns: cases,
  })) {
    await new Run('bounded').all(forest);
    sdk.received();
  }
  await sdk.stop();
  expect(spans.length).toBeGreaterThan(cases);
  await collectGarbage();
  return spans.filter((span) => span.deref() !== undefined).length;
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  // A WeakRef holds its target until the turn in which it was made or read is over.
  for (let round = 0; round < 3; round++) {
    await turns(1);
    gc();
  }
}
