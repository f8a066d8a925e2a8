import { describe, expect, it } from 'vitest';
import { BudgetTable } from '../../src/ledger/budget-table.js';
import { readTerms } from '../../src/ledger/budget-terms.js';
import { CallHistory } from '../../src/ledger/history.js';
import { Reservation } from '../../src/ledger/reservation.js';
import { reserve } from '../../src/ledger/room.js';
import { demandOf, postingOf } from '../support/budgets/simulation.js';

const terms = readTerms('budgets.user', { usd: 1 }, ['usd']);

describe('the budgets of an attribution key', () => {
  it('are one for each value', () => {
    const table = new BudgetTable('user', terms);
    expect(table.enter('ann')).toBe(table.enter('ann'));
    expect(table.enter('ann')).not.toBe(table.enter('bob'));
    expect(table.enter('ann').scope).toEqual({ kind: 'user', name: 'ann' });
  });

  it('in use are kept, idle ones are dropped, and their spending is remembered', () => {
    const table = new BudgetTable('user', terms, 2);
    const ann = table.enter('ann');
    ann.account.add(postingOf(5), 0);
    const held = reserve({ budgets: [ann], demand: () => demandOf(1) });
    for (let user = 0; user < 100; user++) table.enter(`user-${user}`).account.add(postingOf(user), 0);
    expect(table.enter('ann')).toBe(ann);
    if (held instanceof Reservation) held.release();
    for (let user = 100; user < 200; user++) table.enter(`user-${user}`);
    expect([spentBy(table, 'ann'), spentBy(table, 'user-7'), spentBy(table, 'user-150')]).toEqual([5, 7, 0]);
    expect(table.evictions).toBe(0);
  });

  it('are the same object for work that still has them, and come back when it uses them', () => {
    const table = new BudgetTable('user', terms, 2);
    const ann = table.enter('ann');
    for (let user = 0; user < 100; user++) table.enter(`user-${user}`);
    ann.account.add(postingOf(7), 0);
    ann.review();
    expect(spentBy(table, 'ann')).toBe(7);
    expect(table.enter('ann')).toBe(ann);
  });

  it('become the latest in use again, so that they are not the next to be forgotten', () => {
    const table = new BudgetTable('user', terms, 2, 3);
    const ann = table.enter('ann');
    for (const user of ['a', 'b', 'c', 'd']) table.enter(user);
    ann.account.add(postingOf(7), 0);
    ann.review();
    table.enter('e');
    expect(table.enter('ann')).toBe(ann);
    expect(spentBy(table, 'ann')).toBe(7);
  });

  it('are in use while a scope is open in them', () => {
    const table = new BudgetTable('user', terms, 2);
    const ann = table.enter('ann');
    ann.openScopes = 1;
    for (let user = 0; user < 100; user++) table.enter(`user-${user}`);
    expect(table.enter('ann')).toBe(ann);
  });

  it('are kept while scopes are open in each, beyond the most that are kept idle', () => {
    const table = new BudgetTable('user', terms, 2);
    const first = table.enter('0');
    first.openScopes += 1;
    for (let user = 1; user < 15; user++) table.enter(String(user)).openScopes += 1;
    expect(table.enter('0')).toBe(first);
    expect(table.evictions).toBe(0);
  });

  it('are the same object also where more than ever are in use, as long as someone has it', () => {
    const table = new BudgetTable('user', terms, 2);
    const first = table.enter('0');
    first.openScopes += 1;
    for (let user = 1; user < 60; user++) table.enter(String(user)).openScopes += 1;
    expect(table.enter('0')).toBe(first);
  });

  it('are bounded even when all are in use, and what is forgotten is counted', () => {
    const table = new BudgetTable('user', terms, 40, 50);
    for (let user = 0; user < 1000; user++) {
      const budget = table.enter(`user-${user}`);
      budget.account.add(postingOf(3), 0);
      budget.openScopes = 1;
    }
    // 400 in use, 50 remembered.
    expect(table.evictions).toBe(550);
    expect([spentBy(table, 'user-0'), spentBy(table, 'user-599')]).toEqual([0, 3]);
  });

  it('report no threshold twice after they were dropped', () => {
    const told: number[] = [];
    const onThreshold = ({ threshold }: { threshold: number }) => told.push(threshold);
    const table = new BudgetTable('user', readTerms('budgets.user', { usd: 1, onThreshold }, ['usd']), 1);
    table.enter('ann').account.add(postingOf(0.9e12), 0);
    table.enter('ann').review();
    table.enter('bob');
    table.enter('ann').review();
    expect(told).toEqual([0.8]);
  });
});

function spentBy(table: BudgetTable, value: string): number | bigint | undefined {
  const budget = table.enter(value);
  const [limit] = budget.limits;
  return limit && budget.spent(limit);
}

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

  it('knows whether all functions of a name have given promises', () => {
    const history = new CallHistory();
    const form = () => history.find('tool', 'search')?.givesPromise;
    expect(form()).toBeUndefined();
    history.learn('tool', 'search', 10, 0);
    expect(form()).toBeUndefined();
    history.noteForm('tool', 'search', true);
    expect(form()).toBe(true);
    history.noteForm('tool', 'search', false);
    history.noteForm('tool', 'search', true);
    expect(form()).toBe(false);
  });
});
