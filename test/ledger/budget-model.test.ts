import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, Model } from '../support/budgets/model.js';

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
      { numRuns: 1000, seed: 12, interruptAfterTimeLimit: 60_000 },
    );
    expect(admitted).toBeGreaterThan(3000);
    expect(refused).toBeGreaterThan(1000);
    expect(waited).toBeGreaterThan(10);
  });
});
