import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, Model } from '../support/budgets/model.js';

/** Set `BUDGET_CASES` and `LAW_SEED` for a longer or another search. */
const CASES = Number(process.env.BUDGET_CASES ?? 150);
const SEED = Number(process.env.LAW_SEED ?? 12);

vi.setConfig({ testTimeout: 3_600_000 });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-29T20:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('budgets, whatever begins, ends, waits, stays unknown, is set again, evicted or aborted', () => {
  it('let in only what the stated bound allows, count what was spent, and let nobody wait for ever', async () => {
    let admitted = 0;
    let refused = 0;
    let waited = 0;
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        const model = new Model();
        for (const command of list) await model.run(command);
        await model.finish();
        admitted += model.admitted;
        refused += model.refused;
        waited += model.waited;
      }),
      { numRuns: CASES, seed: SEED },
    );
    // The cases reach what they are for.
    expect(admitted).toBeGreaterThan(3 * CASES);
    expect(refused).toBeGreaterThan(CASES);
    expect(waited).toBeGreaterThan(CASES / 100);
  });
});
