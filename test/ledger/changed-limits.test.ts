import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Account } from '../../src/ledger/account.js';
import { Budget } from '../../src/ledger/budget.js';
import type { BudgetOptions } from '../../src/ledger/budget-options.js';
import { ALL_MEASURES, readTerms } from '../../src/ledger/budget-terms.js';
import { Reservation } from '../../src/ledger/reservation.js';
import { reserve } from '../../src/ledger/room.js';
import { demandOf, postingOf } from '../support/budgets/simulation.js';

const CENT = 1e10;
const termsOf = (options: BudgetOptions) => readTerms('test', options, ALL_MEASURES);

function sessionBudget(options: BudgetOptions): Budget {
  return new Budget({ kind: 'session', name: 's' }, new Account(), termsOf(options));
}

function pay(budget: Budget, cents: number): void {
  const held = reserve({ budgets: [budget], demand: () => demandOf(cents * CENT) });
  const posting = postingOf(cents * CENT);
  budget.account.add(posting, 0);
  if (!(held instanceof Reservation)) throw new Error('it was refused');
  budget.bookWhereReserved(posting, held.ownHoldIn(budget));
  held.release();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(new Date('2026-11-29T12:00:00Z'));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a limit that is changed', () => {
  it('has refused nothing yet', () => {
    const budget = sessionBudget({ usd: 0.01 });
    const [limit] = budget.limits;
    if (limit === undefined) throw new Error('there is a limit');
    budget.error(limit, 1, 'of the test');
    budget.change(termsOf({ usd: 0.01 }));
    expect(budget.reached()).toEqual(['usd']);
    budget.change(termsOf({ usd: 10 }));
    expect(budget.reached()).toEqual([]);
    expect(budget.wasReached).toBe(false);
  });
});

describe('a day', () => {
  const spentOf = (budget: Budget) => budget.limits.map((limit) => budget.spent(limit));

  it('goes on while no limit is set on it', () => {
    const budget = sessionBudget({ usd: { day: 1 } });
    pay(budget, 10);
    budget.change(termsOf({ usd: 5 }));
    pay(budget, 20);
    budget.change(termsOf({ usd: { day: 1, total: 5 } }));
    expect(spentOf(budget)).toEqual([30 * CENT, 30 * CENT]);
  });

  it('ends while no limit is set on it', () => {
    const budget = sessionBudget({ usd: { day: 1 } });
    pay(budget, 10);
    budget.change(termsOf({ usd: 5 }));
    vi.setSystemTime(new Date('2026-11-30T12:00:00Z'));
    pay(budget, 20);
    budget.change(termsOf({ usd: { day: 1, total: 5 } }));
    expect(spentOf(budget)).toEqual([20 * CENT, 30 * CENT]);
  });

  it('that is new begins with the first bill, also one that no budget was asked for', () => {
    const budget = sessionBudget({ usd: { day: 1 } });
    pay(budget, 10);
    budget.change(termsOf({ usd: 5 }));
    vi.setSystemTime(new Date('2026-11-30T12:00:00Z'));
    const posting = postingOf(20 * CENT);
    budget.account.add(posting, 0);
    budget.bookWhereReserved(posting, undefined);
    budget.change(termsOf({ usd: { day: 1 } }));
    expect(spentOf(budget)).toEqual([20 * CENT]);
  });
});
