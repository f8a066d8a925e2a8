/** Requests to a store, as tests need them. */
import type {
  StoreAsk,
  StoreBatch,
  StoreLimit,
  StorePeriod,
  StoreSettlement,
} from '../../../src/shared/store/store.js';

export const BUDGET = { kind: 'customer', name: 'acme' };
export const TOTAL: StorePeriod = { name: 'total', keepMillis: undefined };
const DAY_MILLIS = 86_400_000;
export const TODAY: StorePeriod = { name: '2026-11-30', keepMillis: 2 * DAY_MILLIS };

type Terms = Partial<Omit<StoreAsk, 'periods'>>;

/** A call of a declared price, in a budget of 100 units of money. */
export function ask(id: string, need: string, terms: Terms = {}): StoreAsk {
  return askIn([TOTAL], id, [limit('100', need)], { amounts: { usd: need }, ...terms });
}

/** A call of an estimate learned from others, which does not refuse it. */
export function learned(id: string, need: string, terms: Terms = {}): StoreAsk {
  const limits = [limit('100', need, '0')];
  return askIn([TOTAL], id, limits, { amounts: { usd: need }, ...terms });
}

/** A call without an estimate: it needs all that is left. */
export function unknown(id: string, terms: Terms = {}): StoreAsk {
  return askIn([TOTAL], id, [limit('100', '0')], { alone: { money: true, tokens: false }, ...terms });
}

export function limit(most: string, need: string, firm = need): StoreLimit {
  return { measure: 'usd', most, need, firm };
}

export function askIn(
  periods: readonly StorePeriod[],
  id: string,
  limits: readonly StoreLimit[],
  terms: Terms = {},
): StoreAsk {
  return {
    budget: BUDGET,
    id,
    leaseMillis: 60_000,
    amounts: {},
    holds: { money: true, tokens: false },
    alone: { money: false, tokens: false },
    around: [],
    isForced: false,
    ...terms,
    periods: periods.map((period) => ({ ...period, limits })),
  };
}

/** A batch of one writer. */
export function batch(
  version: number,
  ...settlements: (Omit<StoreSettlement, 'periods'> & { periods?: readonly StorePeriod[] })[]
): StoreBatch {
  const entries = settlements.map((entry) => ({ periods: [TOTAL], ...entry }));
  return { budget: BUDGET, writer: 'w', version, settlements: entries };
}
