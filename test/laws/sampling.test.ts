import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Totals } from '../../src/index.js';
import { samplingMeter } from '../fakes/broken-meters.js';
import { dueOf, duePico } from '../support/laws/due.js';
import { findsOut, holds } from '../support/laws/law.js';
import { Run } from '../support/laws/run-work.js';
import { startSdk } from '../support/laws/sdk.js';
import { picoOf } from '../support/laws/span-tree.js';
import { forests, printable, type Work } from '../support/laws/work.js';

/** Drops the spans of the other instrumentation alone. */
const oursAlone: Sampler = {
  shouldSample: (_context, _traceId, name) => ({
    decision: name === 'plain' ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
  }),
  toString: () => 'ours alone',
};

/** Each starts what an app may have set up, and gives what ends it. */
const setUps: Record<string, () => (() => Promise<void>) | undefined> = {
  'everything sampled': () => startSdk({ sampler: new AlwaysOnSampler() }).stop,
  'nothing sampled': () => startSdk({ sampler: new AlwaysOffSampler() }).stop,
  'half of the traces sampled': () => startSdk({ sampler: new TraceIdRatioBasedSampler(0.5) }).stop,
  'spans of others dropped': () => startSdk({ sampler: oursAlone }).stop,
  'no context manager': () => startSdk({ contextManager: false }).stop,
  'no context manager, nothing sampled': () =>
    startSdk({ contextManager: false, sampler: new AlwaysOffSampler() }).stop,
  'no SDK, or one that is disabled': () => undefined,
};

const forest = forests({
  kinds: ['task', 'agent', 'step', 'session', 'llm', 'tool', 'record', 'plain'],
  unknownModels: true,
}).map((works) => printable(works.map(withLeavesOnly).map(belowATask)));
const cases = fc.tuple(forest, fc.constantFrom(...Object.keys(setUps)));

describe('set-up changes nothing but the traces', () => {
  it('whatever is sampled, with and without an SDK', () =>
    holds('6, sampling and set-up', cases, countsTheSame));

  it('is broken by a meter that bills recorded spans only', () =>
    findsOut(samplingMeter, cases, countsTheSame));
});

let runs = 0;

async function countsTheSame([works, setUp]: [Work[], string]): Promise<void> {
  const there = await totalsUnder(setUp, works);
  const sampled = await totalsUnder('everything sampled', works);
  expect([...there.keys()].length).toBe([...sampled.keys()].length);
  for (const [work, totals] of sampled) {
    expect(there.get(work), `${work.kind} with ${setUp}`).toEqual(totals);
    if (work.kind !== 'session') expect(picoOf(totals.costUsd)).toBe(duePico(dueOf(withoutUnpriced(work))));
  }
}

async function totalsUnder(setUp: string, works: Work[]): Promise<Map<Work, Totals>> {
  const stop = setUps[setUp]?.();
  runs += 1;
  const run = new Run(`sampling-${runs}`);
  await run.all(works);
  await stop?.();
  return new Map(run.scopes.map(({ work, scope }) => [work, { ...scope.totals }]));
}

function withLeavesOnly(work: Work): Work {
  return { ...work, children: work.kind === 'llm' ? [] : work.children.map(withLeavesOnly) };
}

/**
 * Another instrumentation's root span stands in for a task if there is one, which decides whose steps are counted.
 * Work after a recorded cost is not below it.
 */
function belowATask(work: Work): Work {
  if (work.kind === 'record') return { ...work, children: work.children.map(belowATask) };
  return work.kind === 'plain' ? { ...work, kind: 'task' } : work;
}

/** A model without a price, or a call without a response, adds no dollars. */
function withoutUnpriced(work: Work): Work {
  const tokens = work.kind === 'llm' && !work.priced ? { inputTokens: 0, outputTokens: 0 } : {};
  return { ...work, ...tokens, children: work.children.map(withoutUnpriced) };
}
