import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ActionResult,
  BudgetExceededError,
  type Totals,
  withAgent,
  withTask,
  withTool,
} from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

/** Work of an app: scopes with or without a budget, and tools that call further tools. Money is in whole cents. */
interface Work {
  kind: 'task' | 'agent' | 'tool';
  budgetCents: number | undefined;
  estimateCents: number | undefined;
  costCents: number;
  /** Turns of the event loop before and after what is inside. */
  waits: [number, number];
  parallel: boolean;
  throws: boolean;
  mayWait: boolean;
  children: Work[];
}

const cents = fc.integer({ min: 0, max: 12 });

const { work } = fc.letrec<{ work: Work }>((tie) => ({
  work: fc.record({
    kind: fc.constantFrom('task', 'agent', 'tool', 'tool', 'tool'),
    budgetCents: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    estimateCents: fc.option(cents, { nil: undefined }),
    costCents: cents,
    waits: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })),
    parallel: fc.boolean(),
    throws: fc.boolean(),
    mayWait: fc.boolean(),
    children: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant<Work[]>([]),
      fc.array(tie('work'), { maxLength: 5 }),
    ),
  }),
}));

/** One scope with a budget while it runs, and the tool calls in flight below it. */
interface Level {
  limitCents: number;
  totals: () => Totals;
  inFlight: Set<Work>;
}

function toCents(usd: number): number {
  return Math.round(usd * 100);
}

/**
 * Holds as a call with an estimate begins and until the next one does: what ends moves from in flight to spent. A call
 * without an estimate begins as long as the limit is not reached.
 */
function holdsHardRule({ limitCents, totals, inFlight }: Level, hasEstimate: boolean): void {
  if (!hasEstimate) {
    expect(toCents(totals().costUsd)).toBeLessThan(limitCents);
    return;
  }
  let within = toCents(totals().costUsd);
  for (const { costCents, estimateCents } of inFlight) within += Math.min(costCents, estimateCents ?? 0);
  expect(within).toBeLessThanOrEqual(limitCents);
}

class Run {
  refused = 0;

  async all(works: readonly Work[], parallel: boolean, around: readonly Level[]): Promise<void> {
    if (parallel) await Promise.all(works.map((each) => this.one(each, around)));
    else for (const each of works) await this.one(each, around);
  }

  /** What an app throws, it catches; a refusal too. */
  private async one(each: Work, around: readonly Level[]): Promise<void> {
    try {
      if (each.kind === 'tool') await this.tool(each, around);
      else await this.scope(each, around);
    } catch (error) {
      if (error instanceof BudgetExceededError) this.refused += 1;
      else if (!(error instanceof AppError)) throw error;
    }
  }

  private scope(each: Work, around: readonly Level[]): Promise<void> {
    const { budgetCents } = each;
    const budget =
      budgetCents === undefined
        ? undefined
        : { usd: budgetCents / 100, ...(each.mayWait && { reserveTimeoutMillis: 30 }) };
    const options = { name: each.kind, ...(budget !== undefined && { budget }) };
    const inside = async (read: () => Totals) => {
      const level = { limitCents: budgetCents ?? 0, totals: read, inFlight: new Set<Work>() };
      await this.inside(each, budgetCents === undefined ? around : [...around, level]);
    };
    return each.kind === 'task'
      ? withTask(options, (task) => inside(() => task.totals))
      : withAgent(options, (agent) => inside(() => agent.totals));
  }

  private tool(each: Work, around: readonly Level[]): Promise<unknown> {
    const { estimateCents } = each;
    const name = estimateCents === undefined ? `unknown-${each.costCents}` : 'known';
    const estimate = estimateCents === undefined ? {} : { estimateUsd: estimateCents / 100 };
    // A function has no price before it ran, and a name of its own no history.
    const tool = { name: `${name}-${names++}`, costUsd: () => each.costCents / 100, ...estimate };
    return withTool(tool, async () => {
      for (const level of around) level.inFlight.add(each);
      for (const level of around) holdsHardRule(level, estimateCents !== undefined);
      try {
        await this.inside(each, around);
        return new ActionResult(1, { costUsd: each.costCents / 100 });
      } finally {
        for (const level of around) level.inFlight.delete(each);
      }
    });
  }

  private async inside(each: Work, around: readonly Level[]): Promise<void> {
    await turns(each.waits[0]);
    await this.all(each.children, each.parallel, around);
    await turns(each.waits[1]);
    if (each.throws) throw new AppError('of the app');
  }
}

class AppError extends Error {}

let names = 0;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('budgets around wrappers', () => {
  it('are passed by no more than what the calls in flight cost above their own estimates', async () => {
    startTracing();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(work, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (works, parallel) => {
          const run = new Run();
          await withTask({ name: 'around', budgetUsd: 0.4 }, (task) =>
            run.all(works, parallel, [{ limitCents: 40, totals: () => task.totals, inFlight: new Set() }]),
          );
          refused += run.refused;
        },
      ),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
