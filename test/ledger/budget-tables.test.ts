import { describe, expect, it } from 'vitest';
import { readTerms } from '../../src/ledger/budget-options.js';
import { BudgetTable } from '../../src/ledger/budget-table.js';
import { CallHistory } from '../../src/ledger/history.js';
import { Reservation, reserve } from '../../src/ledger/reservation.js';
import { demandOf, postingOf } from '../support/budgets/simulation.js';

const terms = readTerms('budgets.user', { usd: 1 }, ['usd']);

describe('the budgets of an attribution key', () => {
  it('are one for each value', () => {
    const table = new BudgetTable('user', terms);
    expect(table.enter('ann')).toBe(table.enter('ann'));
    expect(table.enter('ann')).not.toBe(table.enter('bob'));
    expect(table.enter('ann').scope).toEqual({ kind: 'user', name: 'ann' });
  });

  it('are bounded: the least recently used idle one goes, and is counted', () => {
    const table = new BudgetTable('user', terms, 2);
    const ann = table.enter('ann');
    ann.account.add(postingOf(5), 0);
    expect(reserve({ budgets: [ann], demand: () => demandOf(1) })).toBeInstanceOf(Reservation);
    table.enter('bob');
    table.enter('cid');
    expect(table.evictions).toBe(1);
    expect(table.enter('ann')).toBe(ann);
    for (let user = 0; user < 100; user++) table.enter(`user-${user}`);
    expect(table.enter('ann')).toBe(ann);
    expect(table.evictions).toBe(101);
  });

  it('are bounded even when all are in use', () => {
    const table = new BudgetTable('user', terms, 40);
    for (let user = 0; user < 100; user++) {
      reserve({ budgets: [table.enter(`user-${user}`)], demand: () => demandOf(1) });
    }
    expect(table.evictions).toBe(60);
  });
});

describe('the history of calls', () => {
  it('has the mean of what they cost', () => {
    const history = new CallHistory();
    expect(history.find('tool', 'search')).toBeUndefined();
    for (const pico of [10, 20, 60]) history.learn('tool', 'search', pico, 3);
    history.learn('llm', 'search', 7, 0);
    expect(history.find('tool', 'search')).toMatchObject({ calls: 3, meanPico: 30, meanTokens: 3 });
  });

  it('follows a price that changes', () => {
    const history = new CallHistory();
    for (let call = 0; call < 10_000; call++) history.learn('tool', 'search', 10, 0);
    for (let call = 0; call < 1000; call++) history.learn('tool', 'search', 50, 0);
    expect(history.find('tool', 'search')?.meanPico).toBeCloseTo(50, 1);
  });

  it('is bounded', () => {
    const history = new CallHistory();
    for (let call = 0; call < 5000; call++) history.noteForm('tool', `made-up-${call}`, true);
    expect(history.evicted).toBe(4000);
  });
});
