/** How a law is checked: many random cases against the library as it is, and fewer against a broken one. */
import fc from 'fast-check';
import { expect, vi } from 'vitest';

/** Cases of one law; `npm run test:long -- laws` has more. */
export const CASES = Number(process.env.LAW_CASES ?? 120);
/** A broken meter is found out within these; most are within the first ten. */
const CASES_OF_A_BROKEN_METER = 300;

/** A law takes seconds; on a busy machine or in a longer search, more. */
vi.setConfig({ testTimeout: 600_000 });

/** Set `LAW_SEED` to repeat a run. */
export function seedOf(): number {
  return Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 2 ** 31));
}

/** Checks a law on {@link CASES} cases and prints the seed. Throws with the smallest counterexample. */
export async function holds<T>(
  law: string,
  cases: fc.Arbitrary<T>,
  check: (one: T) => Promise<void>,
): Promise<void> {
  const seed = seedOf();
  console.log(`law ${law}: ${CASES} cases, seed ${seed}`);
  await fc.assert(fc.asyncProperty(cases, check), { seed, numRuns: CASES });
}

/** Checks that the same property finds a broken meter out. `breakIt` breaks it and gives what mends it. */
export async function findsOut<T>(
  breakIt: () => () => void,
  cases: fc.Arbitrary<T>,
  check: (one: T) => Promise<void>,
): Promise<void> {
  const mend = breakIt();
  const seed = seedOf();
  try {
    const result = await fc.check(fc.asyncProperty(cases, check), {
      seed,
      numRuns: CASES_OF_A_BROKEN_METER,
      endOnFailure: true,
    });
    expect(result.failed, `the law holds for a broken meter too (seed ${seed})`).toBe(true);
  } finally {
    mend();
  }
}
