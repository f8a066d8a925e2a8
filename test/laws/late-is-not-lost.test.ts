import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSession } from '../../src/index.js';
import { punctualMeter } from '../fakes/broken-meters.js';
import { dueOf, duePico } from '../support/laws/due.js';
import { findsOut, holds } from '../support/laws/law.js';
import { Run } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { isCorrection, picoOf, SpanTree } from '../support/laws/span-tree.js';
import {
  everyWork,
  forests,
  MODEL,
  mayHaveCallsOutside,
  printable,
  type Work,
} from '../support/laws/work.js';

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk();
});
afterAll(() => sdk.stop());

/** Scopes that end before what is in them, and calls whose usage is known only when everything has ended. */
const cases = forests({
  kinds: ['task', 'agent', 'step', 'session', 'plain', 'llm', 'tool', 'record'],
  throws: false,
}).map((forest) => printable(forest.map(withLeavesOnly)));

describe('what comes late is not lost', () => {
  it('it goes out below its span, and every scope that had ended says so', () =>
    holds('8, late is not lost', cases, arrives));

  it('is broken by a meter that drops what comes after a scope has ended', () =>
    findsOut(punctualMeter, cases, arrives));
});

let runs = 0;

async function arrives(forest: Work[]): Promise<void> {
  runs += 1;
  const run = new Run(`late-${runs}`, { lateUsage: true });
  await run.all(forest);
  const tree = new SpanTree(sdk.received());
  for (const { work, scope } of run.scopes) {
    if (work.kind === 'session' || work.kind === 'llm') continue;
    const due = duePico(dueOf(work));
    const stated = tree.lastStated(tree.span(scope.span.spanContext().spanId), rollUpOf(work));
    expect(picoOf(stated[`${rollUpOf(work)}.cost_usd`])).toBe(due);
    expect(picoOf(scope.totals.costUsd)).toBe(due);
    if (mayHaveCallsOutside(work, forest)) continue;
    expect(scope.totals.costComplete).toBe(true);
    if (work.kind !== 'step') expect(stated[`${work.kind}.cost_complete`]).toBe(true);
  }
  for (const span of tree.spans.filter(isCorrection)) {
    expect(span.startNanos).toBe(span.endNanos);
    expect(span.attributes).not.toHaveProperty('cost_usd');
  }
  for (const session of [0, 1]) {
    const totals = withSession(`${run.prefix}-${session}`, (handle) => handle.totals);
    if (!forest.some((work) => mayHaveCallsOutside(work, forest))) expect(totals.costComplete).toBe(true);
  }
  sdk.received();
  expect(lateCalls(forest)).toBe(tree.spans.filter(isLateBill).length);
}

function rollUpOf({ kind }: Work): 'task' | 'agent' | 'step' {
  return kind === 'task' || kind === 'agent' ? kind : 'step';
}

function lateCalls(forest: Work[]): number {
  return forest.flatMap((work) => [...everyWork(work)]).filter(({ kind }) => kind === 'llm').length;
}

function isLateBill({ name, attributes }: { name: string; attributes: Record<string, unknown> }): boolean {
  return name === `cost ${MODEL}` && 'cost_usd' in attributes;
}

/** A call of ours that is recorded late stands for itself alone. */
function withLeavesOnly(work: Work): Work {
  return { ...work, children: work.kind === 'llm' ? [] : work.children.map(withLeavesOnly) };
}
