import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.js';
import type { BudgetedOptions } from '../../src/ledger/budget-options.js';
import { readBudget } from '../../src/ledger/budget-terms.js';

function read(options: unknown) {
  return readBudget('withTask', options as BudgetedOptions);
}

describe('budget options', () => {
  it('may be left out', () => {
    expect(read({})).toBeUndefined();
    expect(read({ budget: null, budgetUsd: null })).toBeUndefined();
  });

  it('have a short form', () => {
    expect(read({ budgetUsd: 0.5 })).toEqual(read({ budget: { usd: 0.5 } }));
    expect(read({ budgetUsd: 0.5, budget: { steps: 3 } })?.limits).toEqual([
      { measure: 'usd', window: 'total', most: 500_000_000_000 },
      { measure: 'steps', window: 'total', most: 3 },
    ]);
  });

  it('have windows, with a time zone', () => {
    const terms = read({
      budget: { usd: { day: 5, month: 100 }, llmCalls: { total: 9 }, timeZone: 'Asia/Kolkata' },
    });
    expect(terms?.limits).toEqual([
      { measure: 'usd', window: 'day', most: 5_000_000_000_000 },
      { measure: 'usd', window: 'month', most: 100_000_000_000_000 },
      { measure: 'llmCalls', window: 'total', most: 9 },
    ]);
    expect(terms?.calendar.timeZone).toBe('Asia/Kolkata');
    expect(read({ budgetUsd: 1 })?.calendar.timeZone).toBe('UTC');
  });

  it.each([
    [{ usd: {} }, 'withTask.budget.usd'],
    [{ usd: { week: 5 } }, 'withTask.budget.usd.week'],
    [{ usd: { day: -1 } }, 'withTask.budget.usd.day'],
    [{ usd: { day: '5' } }, 'withTask.budget.usd.day'],
    [{ toolCalls: { month: 0.5 } }, 'withTask.budget.toolCalls.month'],
    [{ wallMillis: { day: 5 } }, 'withTask.budget.wallMillis'],
    [{ usd: 1, timeZone: 'Mars/Olympus' }, 'withTask.budget.timeZone'],
    [{ usd: 1, timeZone: 2 }, 'withTask.budget.timeZone'],
  ])('with a window that makes no sense are refused: %o', (budget, option) => {
    expect(() => read({ budget })).toThrow(`"${option}"`);
  });

  it('may be 0 and larger than 2^53', () => {
    expect(read({ budgetUsd: 0 })?.limits[0]?.most).toBe(0);
    expect(read({ budget: { tokens: 2 ** 60 } })?.limits[0]?.most).toBe(2n ** 60n);
    expect(read({ budgetUsd: 2 ** 54 })?.limits[0]?.most).toBe(BigInt(2 ** 54 * 1e12));
  });

  it.each([
    [{ budgetUsd: Number.NaN }, 'withTask.budgetUsd', 'NaN'],
    [{ budgetUsd: -1 }, 'withTask.budgetUsd', '-1'],
    [{ budgetUsd: Number.POSITIVE_INFINITY }, 'withTask.budgetUsd', 'Infinity'],
    [{ budgetUsd: '0.5' }, 'withTask.budgetUsd', '"0.5"'],
    [{ budgetUsd: 1, budget: { usd: 1 } }, 'withTask.budgetUsd', '1'],
    [{ budget: 0.5 }, 'withTask.budget', '0.5'],
    [{ budget: {} }, 'withTask.budget', '(none)'],
    [{ budget: { tokens: 1.5 } }, 'withTask.budget.tokens', '1.5'],
    [{ budget: { llmCalls: Number.NaN } }, 'withTask.budget.llmCalls', 'NaN'],
    [{ budget: { usd: 1, mode: 'stop' } }, 'withTask.budget.mode', '"stop"'],
    [{ budget: { usd: 1, unknownPrice: 'guess' } }, 'withTask.budget.unknownPrice', '"guess"'],
    [{ budget: { usd: 1, reserveTimeoutMillis: -1 } }, 'withTask.budget.reserveTimeoutMillis', '-1'],
    [{ budget: { usd: 1, thresholds: [0] } }, 'withTask.budget.thresholds', 'an array'],
    [{ budget: { usd: 1, thresholds: 0.5 } }, 'withTask.budget.thresholds', '0.5'],
    [{ budget: { usd: 1, onThreshold: true } }, 'withTask.budget.onThreshold', 'true'],
  ])('are refused by name when they are wrong: %o', (options, path, value) => {
    expect(() => read(options)).toThrow(InvalidOptionError);
    expect(() => read(options)).toThrow(`"${path}"`);
    expect(() => read(options)).toThrow(`got ${value}`.replace('(none)', 'an object with keys (none)'));
  });

  it('are refused with the known names when they have another', () => {
    expect(() => read({ budget: { dollars: 1 } })).toThrow(
      'unknown option "withTask.budget.dollars"; known are usd, llmUsd',
    );
  });
});
