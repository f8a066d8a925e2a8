/** Laws of budgets that several processes share, over random calls and a network with faults. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Budget } from '../../../src/ledger/budget.js';
import type { BudgetOptions } from '../../../src/ledger/budget-options.js';
import { Reservation } from '../../../src/ledger/reservation.js';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import {
  type Fault,
  faultyStore,
  firm,
  type Method,
  SimulatedProcess,
  sleep,
  stateOf,
} from '../../support/sharing.js';

const CENT = 10_000_000_000n;
const CUSTOMER = { kind: 'customer', name: 'acme' };
const USERS = ['ann', 'bob'].map((name) => ({ kind: 'user', name }));
const CUSTOMER_CENTS = 40;
const USER_CENTS = 25;

/** More of them: `SHARED_CASES=500`. */
const CASES = Number(process.env.SHARED_CASES ?? 20);

interface Step {
  readonly process: number;
  readonly user: number;
  readonly estimateCents: number;
  /** Up to the estimate. */
  readonly share: number;
  readonly pauseMillis: number;
  readonly runMillis: number;
  readonly end: 'known' | 'free' | 'kept' | 'late';
}

const steps = fc.array(
  fc.record<Step>({
    process: fc.nat({ max: 3 }),
    user: fc.nat({ max: 1 }),
    estimateCents: fc.integer({ min: 1, max: 12 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    pauseMillis: fc.nat({ max: 3 }),
    runMillis: fc.nat({ max: 4 }),
    end: fc.constantFrom('known', 'known', 'known', 'free', 'kept', 'late'),
  }),
  { minLength: 5, maxLength: 40 },
);

const faults = fc.array(
  fc.constantFrom<Fault>('none', 'none', 'none', 'none', 'lost', 'answer lost', 'rejected', 'twice', 'late'),
  { minLength: 1, maxLength: 60 },
);

/** The use of all processes together: the cost of calls that have ended, and the estimates of all others. */
class Truth {
  readonly inUse = new Map<string, number>();
  readonly spent = new Map<string, number>();

  add(table: Map<string, number>, budgets: readonly Budget[], cents: number): void {
    for (const { scope } of budgets) table.set(scope.name, (table.get(scope.name) ?? 0) + cents);
  }

  expectWithinLimits(): void {
    expect(this.inUse.get('acme') ?? 0).toBeLessThanOrEqual(CUSTOMER_CENTS);
    for (const { name } of USERS) expect(this.inUse.get(name) ?? 0).toBeLessThanOrEqual(USER_CENTS);
  }
}

async function runStep(
  step: Step,
  processes: readonly SimulatedProcess[],
  truth: Truth,
  shared: BudgetOptions['shared'],
): Promise<boolean> {
  const process = processes[step.process % processes.length];
  const user = USERS[step.user];
  if (process === undefined || user === undefined) throw new Error('no such process');
  const budgets = [
    process.budget(CUSTOMER, { usd: CUSTOMER_CENTS / 100, shared, reserveTimeoutMillis: 15 }),
    process.budget(user, { usd: USER_CENTS / 100, shared, reserveTimeoutMillis: 15 }),
  ];
  const outcome = await process.admit(budgets, firm(step.estimateCents / 100));
  if (!(outcome instanceof Reservation)) return false;
  const { estimateCents } = step;
  truth.add(truth.inUse, budgets, estimateCents);
  truth.expectWithinLimits();
  await sleep(step.runMillis);
  const costCents = step.end === 'free' ? 0 : Math.floor(estimateCents * step.share);
  // An unknown cost keeps the estimate in use, until it is known.
  if (step.end === 'kept' || step.end === 'late') outcome.keep();
  if (step.end === 'kept') return true;
  if (step.end === 'late') {
    await sleep(step.runMillis);
    outcome.dropKept();
  }
  truth.add(truth.inUse, budgets, costCents - estimateCents);
  truth.add(truth.spent, budgets, costCents);
  process.end(outcome, costCents / 100);
  return true;
}

async function run(
  all: readonly Step[],
  faultOf: (method: Method) => Fault,
  shared: BudgetOptions['shared'],
) {
  const store = memoryStore();
  await store.open();
  const network = faultyStore(store, faultOf, 12);
  const processes = Array.from(
    { length: 4 },
    () => new SimulatedProcess(network, { storeTimeoutMillis: 6, flushMillis: 1 }),
  );
  const truth = new Truth();
  const runs: Promise<boolean>[] = [];
  for (const step of all) {
    if (step.pauseMillis > 0) await sleep(step.pauseMillis);
    runs.push(runStep(step, processes, truth, shared));
  }
  const ran = await Promise.all(runs);
  return { store, processes, truth, ran };
}

describe('laws of shared budgets', () => {
  it.each([
    ['calls that ask the store one by one', true],
    ['slices of 10 cents', { sliceUsd: 0.1 }],
    ['slices of 3 cents', { sliceUsd: 0.03 }],
  ])('never exceed a limit with %s, and end with exact sums and nothing reserved', async (_, shared) => {
    let admitted = 0;
    await fc.assert(
      fc.asyncProperty(steps, faults, async (all, plan) => {
        let at = 0;
        let isOver = false;
        const faultOf = () => (isOver ? 'none' : (plan[at++ % plan.length] ?? 'none'));
        const { store, processes, truth, ran } = await run(all, faultOf, shared);
        admitted += ran.filter(Boolean).length;
        isOver = true;
        // Requests that are still on their way arrive.
        await sleep(15);
        for (const { sharing } of processes) await sharing.close();
        for (const { kind, name } of [CUSTOMER, ...USERS]) {
          const { spent, kept, reserved } = await stateOf(store, kind, name);
          expect(reserved).toEqual({});
          expect(BigInt(spent.usd ?? 0)).toBe(BigInt(truth.spent.get(name) ?? 0) * CENT);
          expect(BigInt(spent.usd ?? 0) + BigInt(kept.usd ?? 0)).toBe(
            BigInt(truth.inUse.get(name) ?? 0) * CENT,
          );
        }
        for (const { sharing } of processes) {
          expect(sharing.stats).toMatchObject({ pending: 0, running: 0, dropped: 0, dataLosses: 0 });
        }
      }),
      { numRuns: CASES },
    );
    expect(admitted).toBeGreaterThan(CASES);
  });

  it('with `allow`, lose no cost of a call that ran while the store was down', async () => {
    await fc.assert(
      fc.asyncProperty(steps, faults, async (all, plan) => {
        const store = memoryStore();
        await store.open();
        let at = 0;
        let isOver = false;
        const network = faultyStore(
          store,
          () => (isOver ? 'none' : (plan[at++ % plan.length] ?? 'none')),
          12,
        );
        const process = new SimulatedProcess(network, {
          storeTimeoutMillis: 6,
          flushMillis: 1,
          onStoreDown: 'allow',
        });
        const budget = process.budget(CUSTOMER, { usd: CUSTOMER_CENTS / 100 });
        let spentCents = 0;
        await Promise.all(
          all.map(async ({ estimateCents, share, runMillis }) => {
            await sleep(runMillis);
            const outcome = await process.admit([budget], firm(estimateCents / 100));
            if (!(outcome instanceof Reservation)) return;
            const costCents = Math.floor(estimateCents * share);
            spentCents += costCents;
            process.end(outcome, costCents / 100);
          }),
        );
        isOver = true;
        await sleep(15);
        expect(await process.sharing.flush()).toBe(true);
        const { spent, kept, reserved } = await stateOf(store, 'customer', 'acme');
        expect({ kept, reserved }).toEqual({ kept: {}, reserved: {} });
        expect(BigInt(spent.usd ?? 0)).toBe(BigInt(spentCents) * CENT);
        await process.sharing.close();
      }),
      { numRuns: CASES },
    );
  });
});
