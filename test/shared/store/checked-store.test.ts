import { describe, expect, it } from 'vitest';
import { checkedStore } from '../../../src/shared/store/checked-store.js';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import type { RowKey, SharedStore, StoreAsk, StoreBatch } from '../../../src/shared/store/store.js';

const KEYS: readonly RowKey[] = [
  { kind: 'task', id: 't' },
  { kind: 'session', id: 's' },
];
const PERIOD = { name: 'total', keepMillis: undefined };
const BUDGET = { kind: 'customer', name: 'acme' };
const ASK: StoreAsk = {
  budget: BUDGET,
  id: 'a',
  leaseMillis: 1000,
  periods: [{ ...PERIOD, limits: [{ measure: 'usd', most: '5', need: '2', firm: '2' }] }],
  amounts: { usd: '2' },
  holds: { money: true, tokens: false },
  alone: { money: false, tokens: false },
  around: [],
  isForced: false,
};
const BATCH: StoreBatch = {
  budget: BUDGET,
  writer: 'w',
  version: 1,
  settlements: [{ periods: [PERIOD], id: 'a', amounts: { usd: '-2' }, end: 'release' }],
};

/** Each method, called once. */
const CALLS: Readonly<Record<keyof SharedStore, (store: SharedStore) => Promise<unknown>>> = {
  open: (store) => store.open(),
  write: (store) => store.write([]),
  read: (store) => store.read(KEYS),
  reserve: (store) => store.reserve(ASK),
  settle: (store) => store.settle(BATCH),
  renew: (store) => store.renew([]),
};
const METHODS = Object.keys(CALLS) as (keyof SharedStore)[];

function answering(answer: unknown): SharedStore {
  const give = async () => answer as never;
  return checkedStore({ open: give, write: give, read: give, reserve: give, settle: give, renew: give });
}

const STATE = { generation: 'g', nowMillis: 1 };
const USE = { spent: { usd: '-3' }, kept: {}, reserved: { tokens: '0' }, version: 0 };
const ROWS = KEYS.map((key) => ({ ...key, parts: [{ writer: 'w', value: '' }] }));

describe('an answer of a store', () => {
  it('of the store in memory is passed on as it is', async () => {
    const memory = memoryStore();
    const store = checkedStore(memory);
    for (const method of METHODS)
      expect(await CALLS[method](store), method).toMatchObject({ nowMillis: expect.any(Number) });
  });

  it.each(METHODS)('of `%s` is rejected without a generation and a time that can be read', async (method) => {
    const bad = [undefined, null, 5, {}, { ...STATE, generation: 5 }, { ...STATE, generation: null }];
    for (const answer of [...bad, { ...STATE, nowMillis: Number.NaN }, { generation: 'g' }])
      await expect(CALLS[method](answering(answer)), JSON.stringify(answer)).rejects.toThrow(
        /cannot be read/,
      );
    const right = { ...STATE, generation: undefined, rows: ROWS, states: [USE], outcome: 'not_open' };
    expect(await CALLS[method](answering(right))).toBe(right);
  });

  it.each([
    ['no list', 'x'],
    ['too few', ROWS.slice(1)],
    ['too many', [...ROWS, ...ROWS]],
    ['another order', [...ROWS].reverse()],
    ['nothing', [null, 7]],
    ['a row without parts', [ROWS[0], { ...KEYS[1] }]],
    ['a part that is nothing', [ROWS[0], { ...KEYS[1], parts: [null] }]],
    ['a value that is no string', [ROWS[0], { ...KEYS[1], parts: [{ writer: 'w', value: {} }] }]],
    ['a writer that is no string', [ROWS[0], { ...KEYS[1], parts: [{ writer: 1, value: '' }] }]],
  ])('of `read` is rejected with %s', async (_, rows) => {
    await expect(answering({ ...STATE, rows }).read(KEYS)).rejects.toThrow('cannot be read: the rows');
  });

  it.each([
    ['no list', 3],
    ['nothing', [null]],
    ['no amounts', [{}]],
    ['a fraction', [{ ...USE, spent: { usd: '1.5' } }]],
    ['a word', [{ ...USE, kept: { llmCalls: 'x' } }]],
    ['a number', [{ ...USE, reserved: { usd: 1 } }]],
    ['a space', [{ ...USE, spent: { usd: ' 7' } }]],
    ['null', [{ ...USE, spent: { usd: null } }]],
    ['no version', [{ ...USE, version: '1' }]],
  ])('of a budget is rejected with %s', async (_, states) => {
    for (const method of ['reserve', 'settle'] as const) {
      const call = CALLS[method](answering({ ...STATE, outcome: 'admitted', states }));
      await expect(call).rejects.toThrow('cannot be read: the use of a budget');
    }
  });

  it('is rejected with an outcome or a place that is not known', async () => {
    const right = { ...STATE, outcome: 'reached', states: [USE], period: 0, limit: 1 };
    for (const bad of [{ outcome: 'zzz' }, { outcome: undefined }, { period: 'x' }, { limit: -1 }])
      await expect(answering({ ...right, ...bad }).reserve(ASK)).rejects.toThrow('the outcome');
    await expect(answering({ ...right, overflowed: 'x' }).settle(BATCH)).rejects.toThrow('not applied');
  });

  it('is rejected, and not thrown, by a store that throws', async () => {
    const fail = () => {
      throw new Error('at once');
    };
    const store = checkedStore({
      open: fail,
      write: fail,
      read: fail,
      reserve: fail,
      settle: fail,
      renew: fail,
    });
    for (const method of METHODS) await expect(CALLS[method](store)).rejects.toThrow('at once');
  });
});
