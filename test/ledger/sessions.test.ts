import { describe, expect, it } from 'vitest';
import { readTerms } from '../../src/ledger/budget-terms.js';
import { DEFAULT_MAX_SESSIONS, Session, Sessions } from '../../src/ledger/sessions.js';
import { postingOf } from '../support/budgets/simulation.js';

describe('the table of sessions', () => {
  it('gives the same session for the same id', () => {
    const sessions = new Sessions();
    expect(sessions.enter('a')).toBe(sessions.enter('a'));
    expect(sessions.enter('b')).not.toBe(sessions.enter('a'));
    expect(sessions.size).toBe(2);
  });

  it('never holds more than its limit, and counts what it evicts', () => {
    const sessions = new Sessions(10);
    for (let index = 0; index < 1000; index += 1) sessions.enter(`s${index}`);
    expect([sessions.size, sessions.evictions]).toEqual([10, 990]);
  });

  it('has a default limit', () => {
    const sessions = new Sessions();
    for (let index = 0; index <= DEFAULT_MAX_SESSIONS; index += 1) sessions.enter(`s${index}`);
    expect([sessions.size, sessions.evictions]).toEqual([DEFAULT_MAX_SESSIONS, 1]);
  });

  it('evicts the one that was not entered for the longest time', () => {
    const sessions = new Sessions(2);
    const [a] = [sessions.enter('a'), sessions.enter('b')];
    sessions.enter('a');
    sessions.enter('c');
    expect(sessions.enter('a')).toBe(a);
    expect(sessions.enter('b').account.partial).toBe(true);
  });

  it('evicts an idle one before one that has work in it', () => {
    const sessions = new Sessions(2);
    const open = sessions.enter('open');
    open.openScopes = 1;
    sessions.enter('idle');
    sessions.enter('new');
    expect(sessions.enter('open')).toBe(open);
  });

  it('keeps those that have work in them beyond its limit, and shrinks when they are idle', () => {
    const sessions = new Sessions(40);
    const enterOpen = (id: string) => {
      const session = sessions.enter(id);
      session.openScopes = 1;
      return session;
    };
    const open = Array.from({ length: 100 }, (_, index) => enterOpen(`s${index}`));
    expect([sessions.size, sessions.evictions]).toEqual([100, 0]);
    for (const session of open) session.openScopes = 0;
    for (let index = 0; index < 10; index++) sessions.enter(`new${index}`);
    expect(sessions.size).toBe(40);
  });

  it('has a bound all the same, for wrappers that never end', () => {
    const sessions = new Sessions(40);
    for (let index = 0; index < 1000; index++) sessions.enter(`s${index}`).openScopes = 1;
    expect([sessions.size, sessions.evictions]).toEqual([400, 600]);
  });

  it('remembers the use of a budget that it evicts', () => {
    const sessions = new Sessions(1);
    const terms = readTerms('budget', { usd: 1 }, ['usd']);
    const first = sessions.enter('a');
    first.limitTo(terms);
    first.account.add(postingOf(6e11), 0);
    sessions.enter('b');
    const again = sessions.enter('a');
    again.limitTo(terms);
    const [limit] = again.budget?.limits ?? [];
    expect(limit && again.budget?.spent(limit)).toBe(600_000_000_000);
    again.account.add(postingOf(1e11), 0);
    expect(limit && again.budget?.spent(limit)).toBe(700_000_000_000);
  });

  it('starts an evicted session again as incomplete, and others as complete', () => {
    const sessions = new Sessions(1);
    sessions.enter('a').account.llmCalls = 3;
    const other = sessions.enter('b');
    const again = sessions.enter('a');
    expect(again.account.totals()).toMatchObject({ llmCalls: 0, costComplete: false, unpricedCalls: 0 });
    expect(other.account.totals().costComplete).toBe(true);
  });
});

describe('the cost per action of a session', () => {
  it('is all cost by all actions, absent without one', () => {
    const session = new Session('s');
    session.account.llm.add(9e12);
    expect(session.costPerActionUsd).toBeUndefined();
    session.actions = 3;
    expect(session.costPerActionUsd).toBe(3);
  });

  it('is never infinite', () => {
    const session = new Session('s');
    session.account.llm.add(9e12);
    session.actions = Number.MIN_VALUE;
    expect(session.costPerActionUsd).toBeUndefined();
  });
});
