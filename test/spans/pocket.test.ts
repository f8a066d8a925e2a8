import { describe, expect, it } from 'vitest';
import { type Amount, Bill } from '../../src/spans/bill.js';
import { Pocket, sumOf } from '../../src/spans/pocket.js';
import { noTokens } from '../../src/usage/usage.js';

function bill(amount: Partial<Amount>, input = 0): Bill {
  const made = new Bill('llm', { pico: 5, source: 'override/a', ...amount });
  made.tokens = { ...noTokens(), input };
  made.llmCalls = 1;
  return made;
}

describe('the bills that a wrapper collects', () => {
  it('are kept apart up to 256, and nothing is lost above that', () => {
    const pocket = new Pocket();
    for (let at = 0; at < 300; at++) pocket.add(bill({}, 10));
    expect(pocket.bills.length).toBe(256);
    expect(pocket).toMatchObject({ input: 3000, calls: 300, pico: 1500 });
  });

  it('are all known as posted, however often they are taken out', () => {
    const pocket = new Pocket();
    pocket.add(bill({}, 10));
    expect(pocket.empty()).toMatchObject({ pico: 5, llmCalls: 1 });
    expect(pocket.empty()).toBeUndefined();
    pocket.add(bill({ pico: 7 }, 10));
    expect(pocket.empty()).toMatchObject({ pico: 7, llmCalls: 1 });
    expect(pocket.posted).toMatchObject({ pico: 12, llmCalls: 2 });
  });
});

describe('the sum of bills', () => {
  it('of a single one says all that this one says', () => {
    const only = bill({ anomaly: 'cache > input', status: 'estimated', reason: 'stream_cut' });
    expect(sumOf([only])).toMatchObject({
      pico: 5,
      source: 'override/a',
      anomaly: 'cache > input',
      status: 'estimated',
      reason: 'stream_cut',
    });
  });

  it('names four sources at most', () => {
    const bills = ['a', 'b', 'c', 'd', 'e'].map((rate) => bill({ source: `override/${rate}` }));
    expect(sumOf(bills).source).toBe('override/a+override/b+override/c+override/d');
  });

  it('says why none of them has a price, and that one was matched by its alias', () => {
    const unpriced = bill({ pico: undefined, source: undefined, status: 'unpriced', reason: 'bad_amount' });
    expect(sumOf([unpriced, unpriced])).toMatchObject({ status: 'unpriced', reason: 'bad_amount' });
    expect(sumOf([bill({}), bill({ rateMatch: 'alias' })]).rateMatch).toBe('alias');
  });

  it('makes a call known, is a lower bound, and is of the first one where one of them is', () => {
    const first = bill({});
    first.subject = { model: 'a' };
    const other = bill({});
    other.settlesUnpriced = true;
    other.isLowerBound = true;
    expect(sumOf([first, bill({})])).toMatchObject({ settlesUnpriced: false, isLowerBound: false });
    expect(sumOf([first, other])).toMatchObject({
      settlesUnpriced: true,
      isLowerBound: true,
      subject: { model: 'a' },
    });
  });
});
