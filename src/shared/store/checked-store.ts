/** A store whose answers have the form that they must have. One that has not is a request that failed. */
import type { RowKey, SharedStore, StoreAnswer, StoreState } from './store.js';
import { isWholeAmount, MEASURES, OUTCOMES } from './store-rules.js';

/** An answer that has not been checked: its fields may be anything. */
type Unknown<T> = { readonly [K in keyof T]: unknown };

/** Rejects instead of an answer that cannot be read. */
export function checkedStore(store: SharedStore): SharedStore {
  const state = async <T extends StoreState>(request: Promise<T>): Promise<T> => {
    const answer = await request;
    expect(isObject(answer) && isState(answer), 'the generation and the time');
    return answer;
  };
  return {
    open: async () => state(store.open()),
    write: async (rows) => state(store.write(rows)),
    read: async (keys) => {
      const answer = await state(store.read(keys));
      expect(areRows(answer.rows, keys), 'the rows');
      return answer;
    },
    reserve: async (ask) => {
      const answer = await state(store.reserve(ask));
      expect(isOutcome(answer), 'the outcome');
      expect(areStates(answer.states), 'the use of a budget');
      return answer;
    },
    settle: async (batch) => {
      const answer = await state(store.settle(batch));
      expect(areStates(answer.states), 'the use of a budget');
      expect(isCount(answer.overflowed ?? 0), 'what was not applied');
      return answer;
    },
    renew: async (leases) => state(store.renew(leases)),
  };
}

function expect(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the answer of the store cannot be read: ${what}`);
}

function isState({ generation, nowMillis }: Unknown<StoreState>): boolean {
  return (generation === undefined || typeof generation === 'string') && Number.isFinite(nowMillis);
}

function isOutcome({ outcome, period, limit }: Unknown<StoreAnswer>): boolean {
  const isKnown = outcome === 'not_open' || OUTCOMES.some((known) => known === outcome);
  return isKnown && isCount(period ?? 0) && isCount(limit ?? 0);
}

function areStates(states: unknown): boolean {
  const isPeriod = (state: unknown) =>
    isObject(state) &&
    isCount(state.version) &&
    areAmounts(state.spent) &&
    areAmounts(state.kept) &&
    areAmounts(state.reserved);
  return Array.isArray(states) && states.every(isPeriod);
}

function areAmounts(amounts: unknown): boolean {
  return (
    isObject(amounts) &&
    MEASURES.every((measure) => amounts[measure] === undefined || isWholeAmount(amounts[measure]))
  );
}

function areRows(rows: unknown, keys: readonly RowKey[]): boolean {
  if (!Array.isArray(rows) || rows.length !== keys.length) return false;
  return keys.every(({ kind, id }, at) => {
    const row: unknown = rows[at];
    return isObject(row) && row.kind === kind && row.id === id && areParts(row.parts);
  });
}

function areParts(parts: unknown): boolean {
  const isPart = (part: unknown) =>
    isObject(part) && typeof part.writer === 'string' && typeof part.value === 'string';
  return Array.isArray(parts) && parts.every(isPart);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
