/**
 * No usage object, however it is changed, gives an amount that is wrong and looks sure. The seed is fixed; set `LAW_SEED`
 * for other cases and `LAW_CASES` for more.
 *
 *   MUTATIONS_TABLE=1 npx vitest run test/truth/mutations     how often each mutation is right, flagged and wrong
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as sdk from '../../src/index.js';
import { type Counts, countsOf, truthUsd } from '../support/truth/counts.js';
import { build, type Shape } from '../support/truth/encoding.js';
import { FRAMEWORK_SHAPES } from '../support/truth/framework-shapes.js';
import { type Dice, type Expected, MUTATIONS } from '../support/truth/mutations.js';
import { judge, state, type Verdict } from '../support/truth/replay.js';
import { PROVIDER_SHAPES } from '../support/truth/response-shapes.js';
import { SPAN_SHAPES } from '../support/truth/span-shapes.js';
import { standing } from '../support/truth/table.js';

const SEED = Number(process.env.LAW_SEED ?? 13);
const CASES = Number(process.env.LAW_CASES ?? 5);
const SHAPES = [...PROVIDER_SHAPES, ...FRAMEWORK_SHAPES, ...SPAN_SHAPES];
vi.setConfig({ testTimeout: 600_000 });

const diceOf = fc.record({ leaf: fc.nat(10_000), name: fc.nat(10_000), value: fc.nat(10_000) });

interface Outcome {
  expected: Expected;
  verdict: Omit<Verdict, 'id'>;
  input: unknown;
}

/** Changes that can follow any other: they take nothing away. */
const SECOND = [
  'camel case',
  'snake case',
  'an unknown name with 0',
  'a time',
  'an unknown fraction',
  'a vendor before the model',
];

/** So that both do not take the same name. */
function otherDice({ leaf, name, value }: Dice): Dice {
  return { leaf: leaf + 1, name: name + 1, value: value + 1 };
}

/** What the two changes together allow. */
function weaker(first: Expected, second: Expected): Expected {
  return first === 'right' ? second : first;
}

async function outcome(
  shape: Shape,
  counts: Counts,
  mutation: string,
  dice: Dice,
  second?: string,
): Promise<Outcome | undefined> {
  const { model, provider } = shape;
  const one = { shape, counts, leaves: shape.encode(counts), named: { model, provider } };
  const first = MUTATIONS[mutation]?.(one, dice);
  if (first === undefined) return undefined;
  const again = second === undefined ? undefined : MUTATIONS[second]?.({ ...one, ...first }, otherDice(dice));
  const mutated = { ...first, ...again, expected: weaker(first.expected, again?.expected ?? first.expected) };
  const input = shape.wrap(build(mutated.leaves), mutated.named);
  const verdict = judge(await state(input, sdk), truthUsd(model, counts));
  // Where only the provider says how the counts are meant, a flag is honest.
  const expected = shape.needsProvider && mutated.expected === 'right' ? 'not wrong' : mutated.expected;
  return { expected, verdict, input };
}

function isAsExpected({ expected, verdict }: Outcome): boolean {
  if (expected === 'flagged') return verdict.isFlagged;
  if (expected === 'right') return verdict.isRight && !verdict.isFlagged;
  return verdict.isRight || verdict.isFlagged;
}

function described({ expected, verdict, input }: Outcome): string {
  const said = `${verdict.costUsd} instead of ${verdict.rightUsd}, ${standing({ id: '', ...verdict })}`;
  const shown = JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  return `expected ${expected}, got ${said} ${verdict.flags.join(', ')} for ${shown}`;
}

describe.each(SHAPES.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
  it.each(Object.keys(MUTATIONS))('%s', async (mutation) => {
    await fc.assert(
      fc.asyncProperty(countsOf(shape.kinds), diceOf, async (counts, dice) => {
        const found = await outcome(shape, counts, mutation, dice);
        if (found !== undefined) expect(isAsExpected(found), described(found)).toBe(true);
      }),
      { seed: SEED, numRuns: CASES, includeErrorInReport: true },
    );
  });
});

it.each(SECOND)('any change, and %s', async (second) => {
  const one = fc
    .constantFrom(...SHAPES)
    .chain((shape) => fc.record({ shape: fc.constant(shape.name), counts: countsOf(shape.kinds) }));
  const mutations = fc.constantFrom(...Object.keys(MUTATIONS));
  await fc.assert(
    fc.asyncProperty(one, mutations, diceOf, async ({ shape: name, counts }, mutation, dice) => {
      const shape = SHAPES.find((other) => other.name === name);
      const found = shape && (await outcome(shape, counts, mutation, dice, second));
      if (found !== undefined) expect(isAsExpected(found), `${mutation}: ${described(found)}`).toBe(true);
    }),
    { seed: SEED, numRuns: 10 * CASES, includeErrorInReport: true },
  );
});

if (process.env.MUTATIONS_TABLE !== undefined)
  it('table of all mutations', async () => {
    const rows: string[] = [];
    for (const mutation of Object.keys(MUTATIONS)) {
      const tally = new Map<string, number>();
      const bad: string[] = [];
      for (const shape of SHAPES) {
        let isBad = false;
        for (const counts of fc.sample(countsOf(shape.kinds), { seed: SEED, numRuns: CASES })) {
          const [dice] = fc.sample(diceOf, { seed: counts.input, numRuns: 1 });
          const found = dice && (await outcome(shape, counts, mutation, dice));
          if (found === undefined) continue;
          const how = standing({ id: '', ...found.verdict });
          tally.set(how, (tally.get(how) ?? 0) + 1);
          isBad ||= !isAsExpected(found);
        }
        if (isBad) bad.push(shape.name);
      }
      const counted = [...tally].map(([how, count]) => `${count} ${how}`).join(', ');
      rows.push(`${mutation}: ${counted}${bad.length > 0 ? `; fails in ${bad.join('; ')}` : ''}`);
    }
    console.log(rows.join('\n'));
  });
