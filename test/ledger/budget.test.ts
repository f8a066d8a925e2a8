import { describe, expect, it, vi } from 'vitest';
import { BudgetExceededError } from '../../src/errors.js';
import { Account } from '../../src/ledger/account.js';
import { Budget } from '../../src/ledger/budget.js';
import type { BudgetOptions, BudgetThreshold } from '../../src/ledger/budget-options.js';
import { readBudget } from '../../src/ledger/budget-terms.js';
import type { Demand } from '../../src/ledger/measures.js';
import { Refusal, Reservation } from '../../src/ledger/reservation.js';
import { reserve } from '../../src/ledger/room.js';
import { noTokens } from '../../src/usage/usage.js';
import { budgetOf, demandOf, postingOf } from '../support/budgets/simulation.js';

const USD = 1e12;
const LLM: Demand = {
  kind: 'llm',
  isBillable: true,
  hasPrice: true,
  pico: USD,
  tokens: 100,
  firmPico: USD,
  firmTokens: 100,
  steps: 1,
};

function limited(budget: BudgetOptions, monotonicMillis = () => performance.now()): Budget {
  const terms = readBudget('test', { budget });
  if (terms === undefined) throw new Error('there is a limit');
  return new Budget({ kind: 'task', name: 'research' }, new Account(), terms, {
    monotonicMillis,
    wallMillis: () => Date.now(),
  });
}

function admitted(budget: Budget, demand: Demand, around?: Reservation, isCovered = false): Reservation {
  const outcome = reserve({ budgets: [budget], demand: () => demand, around, isCovered });
  if (outcome instanceof Refusal) throw outcome.error();
  return outcome;
}

function refusal(budget: Budget, demand: Demand): BudgetExceededError {
  const outcome = reserve({ budgets: [budget], demand: () => demand });
  if (outcome instanceof Reservation) throw new Error('it was let in');
  return outcome.error();
}

describe('a budget', () => {
  it.each([
    ['16 calls', 16],
    ['1,000 calls', 1000],
  ])('of $0.10 lets 3 of %s at a declared $0.03 begin', (_, calls) => {
    const budget = budgetOf(0.1);
    const outcomes = Array.from({ length: calls }, () =>
      reserve({ budgets: [budget], demand: () => demandOf(0.03 * USD) }),
    );
    expect(outcomes.filter((outcome) => outcome instanceof Reservation)).toHaveLength(3);
  });

  it('lets a call without an estimate run alone', () => {
    const budget = budgetOf(0.1);
    const first = admitted(budget, demandOf(undefined));
    expect(refusal(budget, demandOf(undefined))).toMatchObject({
      spent: 0,
      reserved: 0.1,
      estimate: undefined,
    });
    expect(refusal(budget, demandOf(1))).toMatchObject({ reserved: 0.1 });
    first.release();
    expect(admitted(budget, demandOf(undefined))).toBeDefined();
  });

  it('gives the room of a call without an estimate to what runs inside it', () => {
    const budget = budgetOf(0.1);
    const outer = admitted(budget, demandOf(undefined));
    const inner = admitted(budget, demandOf(0.06 * USD), outer);
    expect(reserve({ budgets: [budget], demand: () => demandOf(0.06 * USD), around: outer })).toBeInstanceOf(
      Refusal,
    );
    inner.release();
    expect(admitted(budget, demandOf(undefined), outer)).toBeDefined();
  });

  it('counts what an LLM call holds once for the call that is part of it', () => {
    const budget = budgetOf(1);
    const outer = admitted(budget, LLM);
    expect(reserve({ budgets: [budget], demand: () => LLM, around: outer })).toBeInstanceOf(Refusal);
    const inner = admitted(budget, LLM, outer, true);
    expect(admitted(budget, LLM, inner, true)).toBeDefined();
  });

  it('does not count an LLM call that has ended for a call that began inside it', () => {
    const budget = budgetOf(1);
    const outer = admitted(budget, LLM);
    outer.release();
    admitted(budget, demandOf(1));
    const late = reserve({ budgets: [budget], demand: () => LLM, around: outer, isCovered: true });
    expect(late).toBeInstanceOf(Refusal);
  });

  it('has no room for a call with an estimate of 0 when everything is reserved', () => {
    const budget = budgetOf(0.1);
    admitted(budget, demandOf(0.1 * USD));
    expect(refusal(budget, demandOf(0))).toMatchObject({ reserved: 0.1, estimate: 0 });
  });

  it('gives the tokens of a call that runs alone to what runs inside it', () => {
    const budget = limited({ tokens: 100 });
    const outer = admitted(budget, { ...LLM, tokens: 150, firmTokens: undefined });
    expect(refusal(budget, { ...LLM, tokens: 50, firmTokens: 50 })).toMatchObject({ reserved: 100 });
    expect(admitted(budget, { ...LLM, tokens: 50, firmTokens: 50 }, outer)).toBeDefined();
  });

  it('that refuses unknown prices books the least that was left of its limits on money', () => {
    const budget = limited({ usd: 1, toolUsd: 0.1, unknownPrice: 'refuse' });
    admitted(budget, demandOf(undefined)).keep();
    expect(refusal(budget, demandOf(1))).toMatchObject({ measure: 'toolUsd', spent: 0.1 });
    expect(budget.limits.map((limit) => budget.spent(limit))).toEqual([0.1 * USD, 0.1 * USD]);
  });

  it('counts a call of unknown cost as blind once', () => {
    const budget = budgetOf(0.1);
    const held = admitted(budget, demandOf(undefined));
    expect(held.keep()).toEqual([{ budget, isBlind: true, crossed: false }]);
    expect(held.keep()).toEqual([]);
  });

  it('stops at its limit, whatever the estimate', () => {
    const budget = budgetOf(0.5);
    admitted(budget, demandOf(0.3 * USD)).release();
    budget.account.add(postingOf(0.5 * USD), 0);
    for (const pico of [0, 1, undefined, Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(refusal(budget, demandOf(pico))).toMatchObject({ spent: 0.5, limit: 0.5 });
    }
  });

  it('of 0 refuses what is billed and nothing else', () => {
    const budget = budgetOf(0);
    expect(refusal(budget, demandOf(0)).limit).toBe(0);
    expect(admitted(budget, { ...demandOf(0), isBillable: false })).toBeDefined();
  });

  it('does not wear out: what was held is given back once', () => {
    const budget = budgetOf(0.1);
    const held = admitted(budget, demandOf(0.1 * USD));
    held.release();
    held.release();
    admitted(budget, demandOf(0.1 * USD));
    expect(refusal(budget, demandOf(1)).reserved).toBe(0.1);
  });

  it('counts exactly beyond 2^53 pico-dollars', () => {
    const budget = budgetOf(2 ** 54);
    budget.account.add(postingOf(1e18), 0);
    budget.account.add(postingOf(1), 0);
    const [limit] = budget.limits;
    if (limit === undefined) throw new Error('there is a limit');
    expect(budget.spent(limit)).toBe(10n ** 18n + 1n);
    const third = admitted(budget, demandOf(1e18));
    admitted(budget, demandOf(3));
    third.release();
    expect(budget.periodOf(limit).reserved.of('usd')).toBe(3);
  });

  it('names its scope and its figures in the error', () => {
    const budget = budgetOf(0.1, 'research');
    admitted(budget, demandOf(0.06 * USD));
    budget.account.add(postingOf(0.02 * USD), 0);
    const error = refusal(budget, demandOf(0.03 * USD));
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({
      name: 'BudgetExceededError',
      scope: 'task',
      scopeName: 'research',
      measure: 'usd',
      limit: 0.1,
      spent: 0.02,
      reserved: 0.06,
      estimate: 0.03,
    });
    expect(error.message).toBe(
      'budget of task "research" exceeded: usd limit 0.1, spent 0.02, reserved 0.06; ' +
        'calls in flight hold the room that an estimate of 0.03 needs',
    );
  });
});

describe('what a budget limits', () => {
  it.each<[BudgetOptions, Demand]>([
    [{ llmUsd: 1 }, LLM],
    [{ toolUsd: 1 }, demandOf(USD)],
    [{ tokens: 100 }, LLM],
    [{ llmCalls: 1 }, LLM],
    [{ toolCalls: 1 }, demandOf(0)],
    [{ steps: 1 }, LLM],
  ])('is held and given back: %o', (options, demand) => {
    const budget = limited(options);
    const held = admitted(budget, demand);
    expect(refusal(budget, demand).measure).toBe(Object.keys(options)[0]);
    held.release();
    expect(admitted(budget, demand)).toBeDefined();
  });

  it.each<[BudgetOptions, Demand]>([
    [{ llmUsd: 0 }, demandOf(USD)],
    [{ toolUsd: 0 }, LLM],
    [{ tokens: 0, llmCalls: 0, steps: 0 }, demandOf(USD)],
    [{ toolCalls: 0 }, LLM],
  ])('is only that: %o', (options, demand) => {
    expect(admitted(limited(options), demand)).toBeDefined();
  });

  it('is read from the account, whoever was billed there', () => {
    const budget = limited({ tokens: 100, llmCalls: 2 });
    const tokens = { ...noTokens(), input: 40, output: 20 };
    budget.account.add(postingOf(0, { kind: 'llm', tokens, llmCalls: 1 }), 0);
    expect(refusal(budget, LLM)).toMatchObject({ measure: 'tokens', spent: 60, estimate: 100 });
    expect(admitted(budget, { ...LLM, tokens: 40, firmTokens: 40 })).toBeDefined();
  });

  it('is wall time by a clock that may jump', () => {
    let now = 1000;
    const budget = limited({ wallMillis: 100 }, () => now);
    for (now of [1099.9, 500, Number.NaN]) expect(admitted(budget, LLM)).toBeDefined();
    now = 1100;
    expect(refusal(budget, LLM)).toMatchObject({ measure: 'wallMillis', spent: 100, limit: 100 });
    now = 0;
    expect(refusal(budget, LLM)).toMatchObject({ spent: 100 });
  });

  it('refuses calls of unknown price if it is set to', () => {
    const unknown = { ...LLM, hasPrice: false, pico: undefined, firmPico: undefined };
    expect(admitted(limited({ usd: 1 }), unknown)).toBeDefined();
    expect(admitted(limited({ llmCalls: 1, unknownPrice: 'refuse' }), unknown)).toBeDefined();
    expect(refusal(limited({ usd: 1, unknownPrice: 'refuse' }), unknown).message).toContain('no known price');
  });
});

describe('a budget that is changed while calls run', () => {
  it('keeps what they hold', () => {
    const budget = budgetOf(0.1);
    const held = admitted(budget, demandOf(0.06 * USD));
    budget.change({
      ...budget.terms,
      limits: [{ measure: 'usd', window: 'total', most: BigInt(0.08 * USD) }],
    });
    expect(refusal(budget, demandOf(0.03 * USD))).toMatchObject({ limit: 0.08, reserved: 0.06 });
    held.release();
    expect(admitted(budget, demandOf(0.08 * USD))).toBeDefined();
  });

  it('is no longer used up when it was raised', () => {
    const budget = limited({ usd: 0.1, mode: 'abort' });
    const { signal } = budget;
    budget.account.add(postingOf(0.2 * USD), 0);
    expect(budget.review()).toEqual({ crossed: true, thresholds: [] });
    expect(signal.aborted).toBe(true);
    budget.change({ ...budget.terms, limits: [{ measure: 'usd', window: 'total', most: BigInt(USD) }] });
    expect(budget.signal.aborted).toBe(false);
    expect(budget.isOver).toBe(false);
  });
});

describe('modes', () => {
  it('warn and observe make every call', () => {
    for (const mode of ['warn', 'observe'] as const) {
      const budget = limited({ usd: 0, mode });
      expect(admitted(budget, demandOf(USD))).toBeDefined();
      budget.account.add(postingOf(1), 0);
      expect(budget.review()?.crossed).toBe(true);
      expect(budget.review()).toBeUndefined();
      expect(budget.signal.aborted).toBe(false);
    }
  });

  it('report each threshold once', () => {
    const told: BudgetThreshold[] = [];
    const onThreshold = (event: BudgetThreshold) => {
      told.push(event);
      throw new Error('of the app');
    };
    const budget = limited({ usd: 1, mode: 'warn', thresholds: [1, 0.5], onThreshold });
    for (let cents = 0; cents < 150; cents += 30) {
      budget.account.add(postingOf(0.3 * USD), 0);
      budget.review();
    }
    expect(told.map(({ threshold, spent }) => [threshold, spent])).toEqual([
      [0.5, 0.6],
      [1, 1.2],
    ]);
  });

  it('abort passes the reason with its signal', () => {
    const budget = limited({ usd: 1, mode: 'abort' });
    budget.account.add(postingOf(0.9 * USD), 0);
    budget.review();
    expect(budget.signal.aborted).toBe(false);
    budget.account.add(postingOf(0.1 * USD), 0);
    budget.review();
    expect(budget.signal.reason).toBeInstanceOf(BudgetExceededError);
    expect(budget.signal.reason).toMatchObject({ spent: 1, limit: 1 });
  });

  it('abort when the time is up, and leave no timer behind', () => {
    vi.useFakeTimers();
    const budget = limited({ wallMillis: 100, mode: 'abort' });
    vi.advanceTimersByTime(99);
    expect(budget.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(budget.signal.reason).toMatchObject({ measure: 'wallMillis', spent: 100 });
    limited({ wallMillis: 100, mode: 'abort' }).close();
    limited({ wallMillis: 2 ** 40, mode: 'abort' });
    limited({ wallMillis: 100 });
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
