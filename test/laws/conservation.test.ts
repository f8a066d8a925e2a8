import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ToolTotals, type Totals, withSession } from '../../src/index.js';
import { roundingMeter } from '../fakes/broken-meters.js';
import { FOREIGN_TOOL, FOREIGN_TOOL_USD } from '../support/laws/foreign-work.js';
import { CASES, findsOut, holds, seedOf } from '../support/laws/law.js';
import { ENTERS_SESSION, Run } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { picoOf, type RollUp, SpanTree, sum } from '../support/laws/span-tree.js';
import { FOREIGN_KINDS, forests, OWN_KINDS, type Work, works } from '../support/laws/work.js';

const kinds = { kinds: [...OWN_KINDS, ...FOREIGN_KINDS], unknownModels: true };
const cases = forests(kinds);
const LAST_WORD = 'law.last_word';

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk({ cost: { tools: { [FOREIGN_TOOL]: { costUsd: FOREIGN_TOOL_USD } } } });
});
afterAll(() => sdk.stop());

describe('what a scope states last is what was billed at and below it', () => {
  it('whatever is nested in whatever, and in whatever order it ends', () =>
    holds('1, conservation', cases, conserves));

  it('with a thousand trees at once', async () => {
    const seed = seedOf();
    console.log(`law 1, conservation: ${CASES} trees at once, seed ${seed}`);
    await conserves(fc.sample(works(kinds), { seed, numRuns: CASES }));
  });

  it('is broken by a meter that rounds', () => findsOut(roundingMeter, cases, conserves));
});

let runs = 0;

async function conserves(forest: Work[]): Promise<void> {
  runs += 1;
  const run = new Run(`session-${runs}`);
  await run.all(forest);
  const sessions = [0, 1].map((at) => `${run.prefix}-${at}`);
  // A session of many traces has no span that sees it whole, so it is asked once more at the end.
  for (const id of sessions) withSession(id, ({ span }) => span.setAttribute(LAST_WORD, true));

  const tree = new SpanTree(sdk.received());
  for (const rollUp of ['step', 'agent', 'task'] as const) {
    for (const scope of tree.scopes(rollUp))
      expectConserved(tree.lastStated(scope, rollUp), rollUp, tree.ownCostBelow(scope));
  }
  for (const id of sessions) {
    const last = tree.spans.find(
      ({ attributes }) => attributes[LAST_WORD] && attributes['session.id'] === id,
    );
    expectConserved(last?.attributes ?? {}, 'session', costOfSession(tree, id));
  }
  for (const { work, scope } of run.scopes) {
    expectRowsAddUp(scope.totals);
    if (work.kind === 'session') continue;
    const stated = tree.span(scope.span.spanContext().spanId);
    expect(picoOf(scope.totals.costUsd)).toBe(tree.ownCostBelow(stated));
  }
}

function expectConserved(stated: Record<string, unknown>, rollUp: RollUp, expected: bigint): void {
  const at = `${rollUp}.cost_usd`;
  expect(picoOf(stated[at]), at).toBe(expected);
  if (rollUp === 'step') return;
  const parts = ['llm', 'tool', 'compute', 'other'].map((part) =>
    picoOf(stated[`${rollUp}.${part}_cost_usd`]),
  );
  expect(sum(parts), `parts of ${at}`).toBe(expected);
  expect(stated[`${rollUp}.cost_usd_nanos`]).toBe(Number((expected + 500n) / 1000n));
}

/** The rows of models and of tools are the parts of the total that they are rows of, and the rest is of neither. */
function expectRowsAddUp(totals: Totals): void {
  const [models, tools] = [Object.values(totals.byModel), Object.values(totals.byTool)];
  const costOf = (rows: readonly ToolTotals[]) => sum(rows.map(({ costUsd }) => picoOf(costUsd)));
  const countOf = <Row>(rows: readonly Row[], count: (row: Row) => number) =>
    rows.reduce((total, row) => total + count(row), 0);
  expect(costOf(models)).toBe(picoOf(totals.llmCostUsd));
  expect(costOf(tools)).toBe(picoOf(totals.toolCostUsd));
  const rest = picoOf(totals.computeCostUsd) + picoOf(totals.otherCostUsd);
  expect(costOf(models) + costOf(tools) + rest).toBe(picoOf(totals.costUsd));
  expect(countOf(models, ({ calls }) => calls)).toBe(totals.llmCalls);
  expect(countOf(tools, ({ calls }) => calls)).toBe(totals.toolCalls);
  expect(countOf(models, ({ inputTokens }) => inputTokens)).toBe(totals.inputTokens);
  expect(countOf(models, ({ outputTokens }) => outputTokens)).toBe(totals.outputTokens);
}

/** Own cost at and below whatever entered a session; what entered it twice counts once. */
function costOfSession(tree: SpanTree, id: string): bigint {
  const entries = tree.spans.filter(({ attributes }) => attributes[ENTERS_SESSION] === id);
  const inside = new Set(entries.flatMap((entry) => tree.below(entry)));
  return sum([...inside].map(({ attributes }) => picoOf(attributes.cost_usd)));
}
