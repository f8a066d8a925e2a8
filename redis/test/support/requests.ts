/** Requests to a store, as tests need them. */
import type { StoreAsk, StoreBatch, StorePeriod } from 'otel-agent-cost/shared';

export const BUDGET = { kind: 'customer', name: 'acme' };
export const TOTAL: StorePeriod = { name: 'total', keepMillis: undefined };

/** A call of a declared price, in a budget of 100 units of money. */
export function ask(id: string, need: string, terms: Partial<StoreAsk> = {}): StoreAsk {
  return {
    budget: BUDGET,
    id,
    leaseMillis: 60_000,
    periods: [{ ...TOTAL, limits: [{ measure: 'usd', most: '100', need, firm: need }] }],
    amounts: { usd: need },
    holds: { money: true, tokens: false },
    alone: { money: false, tokens: false },
    around: [],
    isForced: false,
    ...terms,
  };
}

/** A settlement of one call. */
export function settled(id: string, usd: string, terms: Partial<StoreBatch> = {}): StoreBatch {
  return {
    budget: BUDGET,
    writer: 'w',
    version: 1,
    settlements: [{ periods: [TOTAL], id, end: 'release', amounts: { usd } }],
    ...terms,
  };
}
