import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodedSpan } from '../../src/otlp/span.js';
import { openStore } from '../../src/store/open-store.js';
import type { TaskRow } from '../../src/task-answers.js';
import { START } from '../support/made.js';
import { idOf, isWasted, type Leaf, spansOf, sum, type Work, works } from './model.js';

/** Shuffles, repeats some, and cuts into batches, by numbers from 0 to 1. */
function batchesOf(spans: DecodedSpan[], chances: number[]): DecodedSpan[][] {
  const chance = (index: number) => chances[index % chances.length] ?? 0;
  const order = spans
    .map((span, index) => ({ span, place: chance(index) + chance(index * 7 + 3) }))
    .sort((a, b) => a.place - b.place)
    .map(({ span }) => span);
  const batches: DecodedSpan[][] = [[]];
  order.forEach((span, index) => {
    batches.at(-1)?.push(span);
    if (chance(index) > 0.8) batches.at(-1)?.push({ ...span, attributes: { ...span.attributes } });
    if (chance(index * 3 + 1) > 0.6) batches.push(order.slice(0, Math.floor(chance(index) * 3)));
  });
  return batches;
}

const billedOf = (leaves: Leaf[]) => leaves.filter(({ status }) => status !== 'not_billed');
const total = (leaves: Leaf[]) => String(sum(leaves.map(({ pico }) => pico)));
const ofKind = (leaves: Leaf[], kind: Leaf['kind']) => leaves.filter((leaf) => leaf.kind === kind);

function expectedTask(work: Work, index: number): Partial<TaskRow> {
  const billed = billedOf(work.leaves);
  const unpriced = billed.filter(({ pico }) => pico === null).length;
  return {
    id: idOf(index),
    state: work.end === 'running' ? 'running' : 'ended',
    outcome: work.end === 'running' ? null : (work.outcome ?? null),
    llmCalls: ofKind(billed, 'llm').length,
    toolCalls: ofKind(billed, 'tool').length,
    failedCalls: billed.filter(({ isFailed }) => isFailed).length,
    llmPico: total(ofKind(billed, 'llm')),
    toolPico: total(ofKind(billed, 'tool')),
    otherPico: '0',
    wastedPico: total(billed.filter((leaf) => isWasted(work, leaf))),
    total: {
      pico: total(billed),
      estimatedPico: total(billed.filter(({ status }) => status === 'estimated')),
      unpricedCalls: unpriced,
      isLowerBound: unpriced > 0,
    },
  };
}

function expectedGroups(all: Work[], keyOf: (work: Work, leaf: Leaf) => string | undefined) {
  const groups = new Map<string | null, { pico: bigint; wasted: bigint; calls: number }>();
  for (const work of all) {
    for (const leaf of work.leaves) {
      const key = keyOf(work, leaf) ?? null;
      const group = groups.get(key) ?? { pico: 0n, wasted: 0n, calls: 0 };
      group.pico += BigInt(leaf.pico ?? 0);
      if (isWasted(work, leaf)) group.wasted += BigInt(leaf.pico ?? 0);
      if (leaf.status !== 'not_billed') group.calls += 1;
      groups.set(key, group);
    }
  }
  return new Map([...groups].sort());
}

describe('the figures', () => {
  it('are those of plain sums, in whatever order, batches and copies the spans arrive', {
    timeout: 300_000,
  }, async () => {
    const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(works, chances, async (all, numbers) => {
        const store = await openStore({ now: () => START + 100_000 });
        const spans = spansOf(all);
        try {
          const batches = batchesOf(spans, numbers);
          for (let at = 0; at < batches.length; at += 3) {
            await Promise.all(batches.slice(at, at + 3).map((batch) => store.add(batch)));
          }
          expect((await store.spans()).spans).toBe(spans.length);
          const { rows, count } = await store.tasks({ window: 'all', sort: 'start', limit: 1_000 });
          expect(count).toBe(all.length);
          const byId = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
          expect(byId).toMatchObject(all.map(expectedTask));
          const leaves = all.flatMap((work) => work.leaves);
          const { ticker } = await store.overview('all');
          expect(ticker.spent.pico).toBe(total(leaves));
          for (const [by, keyOf] of Object.entries({
            model: (_: Work, leaf: Leaf) => leaf.model,
            team: (work: Work) => work.team,
            session: (work: Work) => work.session,
            task: (work: Work, leaf: Leaf) =>
              work.end === 'running' &&
              work.hasSubTask &&
              work.leaves.every(({ isInside }) => isInside) &&
              leaf.isInside
                ? 'inner'
                : work.name,
          })) {
            const groups = (await store.explore({ window: 'all', by: by as 'model' })).rows.map(
              (row) =>
                [
                  row.key,
                  {
                    pico: BigInt(row.total.pico),
                    wasted: BigInt(row.wastedPico),
                    calls: row.llmCalls + row.toolCalls,
                  },
                ] as const,
            );
            expect(new Map([...groups].sort()), by).toEqual(expectedGroups(all, keyOf));
          }
          for (const [index, work] of all.entries()) {
            const detail = await store.task(idOf(index));
            expect(detail?.check.state).toBe(work.end === 'running' ? 'waiting' : 'equal');
            expect(detail?.check.ownPico).toBe(total(work.leaves));
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});
