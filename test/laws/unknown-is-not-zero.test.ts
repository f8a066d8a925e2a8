import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventiveMeter, silentMeter } from '../fakes/broken-meters.js';
import { findsOut, holds } from '../support/laws/law.js';
import { Run, toolForm } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { SpanTree } from '../support/laws/span-tree.js';
import { everyWork, forests, mayHaveCallsOutside, printable, type Work } from '../support/laws/work.js';

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk();
});
afterAll(() => sdk.stop());

/** Calls of known and of unknown cost, inside and outside any scope. */
const cases = forests({
  kinds: ['llm', 'tool', 'foreignLlm', 'task', 'agent', 'step', 'plain', 'session'],
  unknownModels: true,
}).map((forest) => printable(forest.map(withLeavesOnly)));

describe('what is unknown is said to be unknown', () => {
  it('on the call, and in every roll-up above it', () => holds('4, unknown is not zero', cases, isTold));

  it('is broken by a meter that takes it for free', () => findsOut(inventiveMeter, cases, isTold));

  it('is broken by a meter that keeps it from the roll-ups', () => findsOut(silentMeter, cases, isTold));
});

async function isTold(forest: Work[]): Promise<void> {
  const run = new Run('unknown');
  await run.all(forest);
  const tree = new SpanTree(sdk.received());

  const works = forest.flatMap((work) => [...everyWork(work)]);
  const unpriced = tree.spans.filter(({ attributes }) => attributes['cost.status'] === 'unpriced');
  expect(unpriced).toHaveLength(works.filter(isUnknown).length);
  for (const { attributes } of unpriced) {
    expect(attributes).not.toHaveProperty('cost_usd');
    expect(attributes).not.toHaveProperty(['gen_ai.usage.cost']);
  }
  for (const rollUp of ['agent', 'task'] as const) {
    for (const scope of tree.scopes(rollUp)) {
      const stated = tree.lastStated(scope, rollUp);
      const below = tree.below(scope);
      if (below.some(isUnsure)) continue;
      const unknown = below.filter((span) => unpriced.includes(span)).length;
      expect(stated[`${rollUp}.cost_complete`]).toBe(unknown === 0);
      expect(stated[`${rollUp}.unpriced_calls`]).toBe(unknown === 0 ? undefined : unknown);
    }
  }
  for (const { work, scope } of run.scopes) {
    if (work.kind === 'session' || mayHaveCallsOutside(work, forest)) continue;
    const unknown = [...everyWork(work)].filter(isUnknown).length;
    expect(scope.totals.unpricedCalls).toBe(unknown);
    expect(scope.totals.costComplete).toBe(unknown === 0);
  }
}

/** A task that had no call of its own while calls ran outside every task. */
function isUnsure({ attributes }: { attributes: Record<string, unknown> }): boolean {
  const isFlagged = String(attributes['cost.anomaly']).startsWith('no call in this task');
  if (isFlagged) {
    const noCalls = {
      'task.llm_calls': 0,
      'task.cost_usd': 0,
      'task.cost_complete': false,
    };
    expect(attributes).toMatchObject(noCalls);
  }
  return isFlagged;
}

/** Calls without anything inside: whether a call that frames others is known is another law's question. */
function withLeavesOnly(work: Work): Work {
  const isLeaf = work.kind === 'llm' || work.kind === 'foreignLlm';
  return { ...work, children: isLeaf ? [] : work.children.map(withLeavesOnly) };
}

function isUnknown(work: Work): boolean {
  if (work.kind === 'foreignLlm') return !work.priced;
  if (work.kind === 'llm') return !work.priced || work.throws;
  return work.kind === 'tool' && toolForm(work) === 'unknown';
}
