/** Laws: each bill is the increase of the amount due at the root, in any order of ends. Nothing is billed twice or lost. */
import fc from 'fast-check';
import { it, vi } from 'vitest';
import { contracted } from './contracted.js';
import { due } from './due.js';
import { Said, withIds } from './records.js';
import { type Running, Trace } from './run-trace.js';
import { randomFrom, type Tree, trees } from './trees.js';

/** Set `SETTLEMENT_CASES` and `LAW_SEED` for a longer or another search. */
const CASES = Number(process.env.SETTLEMENT_CASES ?? 3_000);
/** The same cases in every run: settlement has no clock and no I/O, so that other seeds are for `npm run test:long`. */
const SEED = Number(process.env.LAW_SEED ?? 1);

vi.setConfig({ testTimeout: 3_600_000 });

it('tokens and calls', () => check(trees({ again: true }).map(contracted)));

it('money beside tokens, and tools that include the money below', () =>
  check(trees({ dollars: true, again: true }).map(contracted)));

it('several records of one response', () => {
  const marked = fc
    .tuple(trees(), fc.noShrink(fc.integer()))
    .map(([tree, seed]) => withIds(contracted(tree), randomFrom(seed)));
  check(marked);
});

function check(cases: fc.Arbitrary<Tree>): void {
  const { SETTLEMENT_QUICK } = process.env;
  fc.assert(fc.property(cases, fc.noShrink(fc.integer()), holdsFor), {
    numRuns: CASES,
    seed: SEED,
    // A mutant only has to be found, not to be explained.
    endOnFailure: SETTLEMENT_QUICK !== undefined,
  });
}

function holdsFor(tree: Tree, seed: number): void {
  const said = new Said();
  const trace = new Trace(tree, randomFrom(seed), ({ tree: at }: Running, says) => {
    said.add(at, says);
    const { llm } = due(tree, said.by);
    const { bills, root } = trace;
    same('input', bills.input, llm.input);
    same('output', bills.output, llm.output);
    same('calls', bills.calls, llm.calls);
    // The money that a wrapper holds is not billed yet.
    same('money the root knows', root.moneyBelow, bills.pico);
  });
  trace.run();
  const { llm, allPico } = due(tree, said.by);
  same('money', trace.bills.pico, allPico);
  // The root knows everything, so it is billed for exactly the part of its statement above that.
  const { input, output, calls } = trace.root.settle({
    of: 'sum',
    input: llm.input + 1,
    output: llm.output + 2,
    calls: llm.calls + 3,
    pico: undefined,
    isKnown: true,
  });
  same('input the root knows', input, 1);
  same('output the root knows', output, 2);
  same('calls the root knows', calls, 3);
}

function same(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, due ${expected}`);
}
