import { describe, expect, it } from 'vitest';
import { Charges } from '../../src/ledger/charges.js';

describe('charges by id', () => {
  it('say what was billed before, and never fall', () => {
    const charges = new Charges();
    expect(charges.book('a', 10)).toBeUndefined();
    expect(charges.book('a', 30)).toBe(10);
    expect(charges.book('a', 20)).toBe(30);
    expect(charges.book('a', 30)).toBe(30);
  });

  it('are kept up to 10,000; the one that was stated longest ago goes first, and is counted', () => {
    const charges = new Charges();
    for (let i = 0; i < 10_000; i++) charges.book(`c${i}`, i);
    charges.book('c0', 0);
    expect(charges.evictions).toBe(0);
    charges.book('new', 1);
    expect(charges.evictions).toBe(1);
    expect(charges.book('c0', 5)).toBe(0);
    expect(charges.book('c1', 5)).toBeUndefined();
  });
});
