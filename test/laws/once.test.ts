import type fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetfulMeter } from '../fakes/broken-meters.js';
import { asContracted, dueOfAll, duePico } from '../support/laws/due.js';
import { FOREIGN_TOOL, FOREIGN_TOOL_USD } from '../support/laws/foreign-work.js';
import { findsOut, holds } from '../support/laws/law.js';
import { Run } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { picoOf, sum } from '../support/laws/span-tree.js';
import { forests, printable, type Work } from '../support/laws/work.js';

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk({ cost: { tools: { [FOREIGN_TOOL]: { costUsd: FOREIGN_TOOL_USD } } } });
});
afterAll(() => sdk.stop());

function contracted(cases: fc.Arbitrary<Work[]>): fc.Arbitrary<Work[]> {
  return cases.map((forest) => printable(forest.map((work) => asContracted(work))));
}

/** Outer spans repeat, truncate or sum up what is below them; input and output are stated each for itself. */
const foreign = contracted(
  forests({ kinds: ['foreignLlm', 'aggregate', 'plain', 'foreignAgent', 'foreignTool'] }),
);
/** A call seen by wrappers and by another instrumentation, in any nesting, among work of its own. */
const mixed = contracted(
  forests({ kinds: ['foreignLlm', 'llm', 'aggregate', 'plain', 'agent', 'tool', 'record', 'foreignAgent'] }),
);
/** Parallel calls, each with a different input: calls that share an id are distinguished by their input. */
const distinct = forests({ kinds: ['foreignLlm', 'plain', 'agent', 'llm'] }).map((forest) => {
  let calls = 0;
  const apart = (work: Work): Work => {
    if (work.kind === 'plain' || work.kind === 'agent')
      return { ...work, children: work.children.map(apart) };
    calls += 1;
    return { ...work, inputTokens: calls, children: [] };
  };
  return printable(forest.map(apart));
});

describe('each token is billed once', () => {
  it('whatever other instrumentations repeat, in whatever order their spans end', () =>
    holds('3, once: spans of others', foreign, billsOnce));

  it('whoever sees a call', () => holds('3, once: wrappers and others', mixed, billsOnce));

  it('and distinct calls that share an id are each billed', () =>
    holds('3, once: one id for all', distinct, (forest) => billsOnce(forest, 'the-only-id')));

  it('is broken by a meter that forgets what it billed in advance', () =>
    findsOut(forgetfulMeter, foreign, billsOnce));
});

async function billsOnce(forest: Work[], responseId?: string): Promise<void> {
  await new Run('once', { responseId }).all(forest);
  const billed = sum(sdk.received().map(({ attributes }) => picoOf(attributes.cost_usd)));
  expect(billed).toBe(duePico(dueOfAll(forest)));
}
