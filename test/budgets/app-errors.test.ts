/** Getters of the app that throw when the estimate of a waiting call is asked for again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ToolOptions, withSession, withTask, withTool } from '../../src/index.js';
import { outcomeAtOnce, outcomeOf } from '../support/budgets/outcome.js';
import { startTracing, wait } from '../support/tracing.js';

const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);

beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note);
});
afterEach(() => {
  process.off('uncaughtException', note);
});

/** A call that holds everything for a while. */
const unknownCost = (millis: number) =>
  withTool({ name: 'unknown', costUsd: () => 0.01 }, () => wait(millis).then(() => 1));

/** The options of a call of unknown cost, which cannot be read any more from the fourth time on. */
function unreadableOptions() {
  const seen = { looks: 0 };
  const options: ToolOptions = {
    name: 'waiting',
    get costUsd(): never {
      seen.looks += 1;
      if (seen.looks > 3) throw new Error('of the app');
      return undefined as never;
    },
  };
  return { options, seen };
}

describe('a getter of the app that throws while its call waits', () => {
  it('is nothing that the app sees: the call runs when there is room', async () => {
    startTracing();
    await withTask({ name: 't', budgetUsd: 1 }, async () => {
      const { options, seen } = unreadableOptions();
      const first = unknownCost(20);
      const second = outcomeOf(() => withTool(options, async () => 'ran'));
      await first;
      expect(await second).toBe('ran');
      expect(seen.looks).toBeGreaterThan(3);
    });
    expect(uncaught).toEqual([]);
  });

  it('is not thrown into the app when the time of the wait is up', async () => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 1, reserveTimeoutMillis: 20 } }, async () => {
      const first = unknownCost(60);
      const second = outcomeOf(() => withTool(unreadableOptions().options, async () => 'ran'));
      expect(await second).toContain('had no room in time');
      await first;
    });
    expect(uncaught).toEqual([]);
  });

  it('leaves nothing reserved', async () => {
    startTracing();
    await withSession({ id: 's', budgetUsd: 1 }, async () => {
      await withTask({ name: 't', budgetUsd: 1 }, async () => {
        const first = unknownCost(20);
        const second = outcomeOf(() => withTool(unreadableOptions().options, async () => 'ran'));
        await first;
        await second;
      });
      expect(outcomeAtOnce(() => withTool({ name: 'large', costUsd: 9 }, () => 1))).toContain(
        'spent 0.01, reserved 0;',
      );
    });
  });
});
