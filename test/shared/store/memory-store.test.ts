import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import { ask, askIn, BUDGET, batch, learned, limit, TODAY, TOTAL, unknown } from './store-requests.js';

const HOUR_MILLIS = 3_600_000;
const MAX = String(2n ** 63n - 1n);

async function openStore() {
  let nowMillis = 1_800_000_000_000;
  const store = memoryStore({ nowMillis: () => nowMillis });
  const { generation } = await store.open();
  const pass = (millis: number) => {
    nowMillis += millis;
  };
  const outcome = async (request: Parameters<typeof store.reserve>[0]) =>
    (await store.reserve(request)).outcome;
  const use = async (period = TOTAL) => {
    // Judged, and refused: changes nothing.
    const { states } = await store.reserve(askIn([period], 'look', [limit('1', '2'), limit('0', '1')]));
    return states[0];
  };
  return { store, generation, pass, outcome, use };
}

describe('the generation of a store', () => {
  it('begins when the store is opened, and stays', async () => {
    const { store, generation } = await openStore();
    expect(generation).toMatch(/^[\w-]{36}$/);
    expect(await store.open()).toMatchObject({ generation, nowMillis: 1_800_000_000_000 });
  });

  it('is gone when the data are lost: nothing is admitted until somebody opens the store', async () => {
    const { store, generation } = await openStore();
    store.clear();
    const refused = await store.reserve(ask('a', '1'));
    expect(refused).toMatchObject({ outcome: 'not_open', generation: undefined });
    expect(refused.states[0]?.reserved).toEqual({});
    expect((await store.open()).generation).not.toBe(generation);
    expect(await store.reserve(ask('a', '1'))).toMatchObject({ outcome: 'admitted' });
  });

  it('is not needed for a forced call, and for what calls have cost', async () => {
    const { store, use } = await openStore();
    store.clear();
    expect((await store.reserve(ask('a', '1', { isForced: true }))).outcome).toBe('admitted');
    await store.settle(batch(1, { id: 'a', end: 'release', amounts: { usd: '7' } }));
    await store.open();
    expect(await use()).toMatchObject({ spent: { usd: '7' }, reserved: {} });
  });
});

describe('a request for room', () => {
  it('is held, or told which limit has no room', async () => {
    const { store } = await openStore();
    expect(await store.reserve(ask('a', '60'))).toMatchObject({
      outcome: 'admitted',
      states: [{ spent: {}, kept: {}, reserved: { usd: '60' } }],
    });
    const limits = [limit('1000', '50'), limit('100', '50')];
    expect(await store.reserve(askIn([TODAY, TOTAL], 'b', limits))).toMatchObject({
      outcome: 'no_room',
      period: 1,
      limit: 1,
    });
    expect(await store.reserve(ask('c', '101'))).toMatchObject({ outcome: 'too_large', period: 0, limit: 0 });
    expect(await store.reserve(ask('d', '40'))).toMatchObject({ outcome: 'admitted' });
  });

  it('says that a limit is used up, rather than that calls in flight have the room', async () => {
    const { store, outcome } = await openStore();
    await store.settle(batch(1, { amounts: { usd: '50' } }));
    await outcome(ask('a', '50'));
    expect(await outcome(askIn([TOTAL], 'b', [limit('100', '1'), limit('50', '1')]))).toBe('reached');
    expect(await outcome(askIn([TOTAL], 'b', [limit('100', '1'), limit('51', '2')]))).toBe('too_large');
    expect(await outcome(askIn([TOTAL], 'b', [limit('100', '1')]))).toBe('no_room');
  });

  it('is held in all periods or in none', async () => {
    const { store, outcome, use } = await openStore();
    await store.settle(batch(1, { periods: [TOTAL], amounts: { usd: '100' } }));
    expect(await outcome(askIn([TODAY, TOTAL], 'a', [limit('100', '1')], { amounts: { usd: '1' } }))).toBe(
      'reached',
    );
    expect(await use(TODAY)).toMatchObject({ reserved: {}, version: 0 });
  });

  it('has the same outcome the second time, and changes nothing', async () => {
    const { store } = await openStore();
    const first = await store.reserve(ask('a', '60'));
    expect(await store.reserve(ask('a', '60'))).toEqual(first);
  });

  it('is refused when it arrives after its end', async () => {
    const { store, outcome, pass } = await openStore();
    await outcome(ask('a', '60'));
    await store.settle(
      batch(1, { id: 'a', end: 'release', amounts: { usd: '1' } }, { id: 'b', end: 'cancel' }),
    );
    expect(await outcome(ask('a', '60'))).toBe('ended');
    expect(await outcome(ask('b', '60'))).toBe('ended');
    pass(HOUR_MILLIS);
    expect(await outcome(ask('b', '60'))).toBe('admitted');
  });

  it('is always held if it is forced', async () => {
    const { outcome, use } = await openStore();
    await outcome(ask('a', '100'));
    expect(await outcome(ask('b', '500', { isForced: true }))).toBe('admitted');
    expect(await use()).toMatchObject({ reserved: { usd: '600' } });
  });

  it('counts only in its own period', async () => {
    const { outcome, use } = await openStore();
    await outcome(askIn([TODAY], 'a', [limit('100', '100')], { amounts: { usd: '100' } }));
    expect(await outcome(ask('b', '100'))).toBe('admitted');
    expect(await use(TODAY)).toMatchObject({ reserved: { usd: '100' } });
  });
});

describe('a call without a certain estimate', () => {
  it('waits while others hold the room, and then runs alone', async () => {
    const { store, outcome } = await openStore();
    await outcome(ask('a', '60'));
    expect(await outcome(learned('b', '50'))).toBe('no_room');
    await store.settle(batch(1, { id: 'a', end: 'release', amounts: { usd: '60' } }));
    expect(await outcome(learned('b', '50'))).toBe('alone');
    // Also a call that a larger limit has room for.
    expect(await outcome(askIn([TOTAL], 'c', [limit('1000', '1')]))).toBe('no_room');
    // It does not touch calls of another class.
    const tokens = askIn([TOTAL], 'd', [{ measure: 'tokens', most: '100', need: '1', firm: '1' }], {
      holds: { money: false, tokens: true },
    });
    expect(await outcome(tokens)).toBe('admitted');
  });

  it('gets all that is left if it has no estimate at all', async () => {
    const { outcome } = await openStore();
    await outcome(ask('a', '60'));
    expect(await outcome(unknown('b'))).toBe('admitted');
    expect(await outcome(ask('c', '1'))).toBe('no_room');
  });

  it('needs one unit of room, at least', async () => {
    const { outcome } = await openStore();
    await outcome(ask('a', '100'));
    expect(await outcome(unknown('b'))).toBe('no_room');
    expect(await outcome(learned('c', '0'))).toBe('no_room');
  });

  it('runs inside a call that holds all of the room', async () => {
    const { outcome } = await openStore();
    await outcome(ask('outer', '100'));
    expect(await outcome(unknown('inner', { around: ['outer'] }))).toBe('alone');
  });

  it('never waits inside another call, which may wait for it in another process', async () => {
    const { outcome } = await openStore();
    await outcome(ask('outer', '50'));
    await outcome(ask('other', '50'));
    expect(await outcome(learned('inner', '10', { around: ['outer'] }))).toBe('alone');
    expect(await outcome(ask('late', '1'))).toBe('no_room');
    expect(await outcome(learned('innermost', '1', { around: ['inner', 'outer'] }))).toBe('alone');
  });

  it('does not block a call that has all that is left as well', async () => {
    const { outcome } = await openStore();
    await outcome(unknown('a', { isForced: true }));
    await outcome(unknown('b', { isForced: true }));
    expect(await outcome(ask('inside-a', '1', { around: ['a'] }))).toBe('admitted');
    expect(await outcome(ask('beside', '1'))).toBe('no_room');
  });
});

describe('a certain call inside others', () => {
  it('is refused if it does not fit beside them, because they do not end before it', async () => {
    const { outcome } = await openStore();
    await outcome(ask('outer', '60'));
    expect(await outcome(ask('inner', '50', { around: ['outer'] }))).toBe('too_large');
    await outcome(ask('other', '20'));
    expect(await outcome(ask('inner', '40', { around: ['outer'] }))).toBe('no_room');
    expect(await outcome(ask('inner', '20', { around: ['outer'] }))).toBe('admitted');
  });
});

describe('a lease', () => {
  it('that runs out ends the hold; its amount stays booked, because the cost of the call is unknown', async () => {
    const { outcome, pass, use } = await openStore();
    await outcome(unknown('a', { amounts: { usd: '30' }, leaseMillis: 1000 }));
    pass(999);
    expect(await outcome(ask('b', '1'))).toBe('no_room');
    pass(1);
    expect(await outcome(ask('b', '70'))).toBe('admitted');
    expect(await use()).toMatchObject({ kept: { usd: '30' }, reserved: { usd: '70' } });
    expect(await outcome(unknown('a'))).toBe('ended');
  });

  it('that ran out can be settled for seven days', async () => {
    const { store, outcome, pass, use } = await openStore();
    for (const id of ['a', 'b']) await outcome(ask(id, '30', { leaseMillis: 1000 }));
    pass(1000);
    expect(await use()).toMatchObject({ kept: { usd: '60' } });
    await store.settle(batch(1, { id: 'a', end: 'release', amounts: { usd: '12' } }));
    expect(await use()).toMatchObject({ spent: { usd: '12' }, kept: { usd: '30' } });
    pass(8 * 24 * HOUR_MILLIS);
    await use();
    await store.settle(batch(2, { id: 'b', end: 'release', amounts: { usd: '5' } }));
    // Nothing is known of it any longer: the amount stays, and so does the new cost.
    expect(await use()).toMatchObject({ spent: { usd: '17' }, kept: { usd: '30' } });
  });

  it('is extended while the call runs', async () => {
    const { store, outcome, pass, use } = await openStore();
    await outcome(ask('a', '30', { leaseMillis: 1000 }));
    pass(900);
    await store.renew([{ budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 1000 }]);
    pass(900);
    expect(await use()).toMatchObject({ reserved: { usd: '30' } });
    pass(100);
    await store.renew([{ budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 1000 }]);
    expect(await use()).toMatchObject({ kept: { usd: '30' }, reserved: {} });
  });

  it('is ended with at most 15 others by one request', async () => {
    const { outcome, pass, use } = await openStore();
    for (let n = 0; n < 20; n++) await outcome(ask(`a${n}`, '1', { leaseMillis: 1000 + n }));
    pass(2000);
    expect(await use()).toMatchObject({ kept: { usd: '16' }, reserved: { usd: '4' } });
    expect(await use()).toMatchObject({ kept: { usd: '20' }, reserved: {} });
  });
});

describe('a settlement', () => {
  it('may be more than was reserved, and negative', async () => {
    const { store, outcome, use } = await openStore();
    await outcome(ask('a', '60'));
    const { states } = await store.settle(
      batch(1, { id: 'a', end: 'release', amounts: { usd: '150', llmCalls: '1' } }),
    );
    expect(states).toMatchObject([{ spent: { usd: '150', llmCalls: '1' }, reserved: {} }]);
    await store.settle(batch(2, { amounts: { usd: '-151' } }));
    expect(await use()).toMatchObject({ spent: { usd: '-1', llmCalls: '1' } });
  });

  it('of a call that runs leaves its hold', async () => {
    const { store, outcome, use } = await openStore();
    await outcome(ask('a', '60'));
    await store.settle(batch(1, { id: 'a', amounts: { usd: '10' } }));
    expect(await use()).toMatchObject({ spent: { usd: '10' }, reserved: { usd: '60' } });
  });

  it('keeps an amount for a call of unknown cost, until the cost is known', async () => {
    const { store, outcome, use } = await openStore();
    await outcome(ask('a', '60'));
    await store.settle(batch(1, { id: 'a', end: 'keep', kept: { usd: '55' } }));
    expect(await use()).toMatchObject({ spent: {}, kept: { usd: '55' }, reserved: {} });
    await store.settle(batch(2, { id: 'a', end: 'release', amounts: { usd: '20' } }));
    expect(await use()).toMatchObject({ spent: { usd: '20' }, kept: {} });
  });

  it('counts once: a batch that arrives late or twice changes nothing', async () => {
    const { store } = await openStore();
    const second = batch(2, { amounts: { usd: '5' } });
    const once = await store.settle(second);
    expect(await store.settle(second)).toEqual(once);
    expect(await store.settle(batch(1, { amounts: { usd: '5' } }))).toEqual(once);
    const other = await store.settle({ ...second, writer: 'another' });
    expect(other.states).toMatchObject([{ spent: { usd: '10' } }]);
  });

  it('counts in each of its periods, which the answer has in their order', async () => {
    const { store } = await openStore();
    const { states } = await store.settle(
      batch(
        1,
        { periods: [TODAY], amounts: { usd: '1' } },
        { periods: [TOTAL, TODAY], amounts: { usd: '2' } },
      ),
    );
    expect(states).toMatchObject([{ spent: { usd: '3' } }, { spent: { usd: '2' } }]);
  });

  it('is forgotten with the period, which is kept for its time after its latest use', async () => {
    const { store, pass, use } = await openStore();
    await store.settle(batch(1, { periods: [TODAY], amounts: { usd: '1' } }));
    pass(47 * HOUR_MILLIS);
    expect(await use(TODAY)).toMatchObject({ spent: { usd: '1' } });
    pass(48 * HOUR_MILLIS);
    expect(await use(TODAY)).toMatchObject({ spent: {} });
  });
});

describe('amounts', () => {
  it('are exact where a double is not', async () => {
    const { store, outcome, use } = await openStore();
    const large = '9007199254740993';
    await outcome(askIn([TOTAL], 'a', [limit(large, large)], { amounts: { usd: large } }));
    await store.settle(batch(1, { id: 'a', end: 'release', amounts: { usd: '9007199254740992' } }));
    expect(await outcome(askIn([TOTAL], 'b', [limit(large, '2')]))).toBe('too_large');
    expect(await outcome(askIn([TOTAL], 'b', [limit(large, '1')], { amounts: { usd: '1' } }))).toBe(
      'admitted',
    );
    expect(await use()).toMatchObject({ spent: { usd: '9007199254740992' }, reserved: { usd: '1' } });
  });

  it('beyond 2^63 - 1 are refused', async () => {
    const { outcome } = await openStore();
    const over = String(2n ** 63n);
    const request = (id: string, usd: string) => askIn([TOTAL], id, [], { amounts: { usd } });
    expect(await outcome(request('a', over))).toBe('overflow');
    expect(await outcome(request('b', MAX))).toBe('admitted');
    expect(await outcome(request('c', '1'))).toBe('overflow');
    expect(await outcome(askIn([TOTAL], 'd', [limit(over, over)]))).toBe('too_large');
  });

  it('of a limit beyond that are the same as the largest one', async () => {
    const { store, outcome } = await openStore();
    await store.settle(batch(1, { amounts: { usd: MAX } }));
    expect(await outcome(askIn([TOTAL], 'a', [limit('9'.repeat(30), '0')]))).toBe('reached');
  });

  it('that a settlement cannot add are reported, and the hold of the call stays', async () => {
    const { store, outcome, use } = await openStore();
    await outcome(ask('a', '60'));
    await store.settle(batch(1, { amounts: { usd: MAX } }));
    const over = batch(2, { id: 'a', end: 'release', amounts: { usd: '1' } }, { amounts: { tokens: '3' } });
    expect(await store.settle(over)).toMatchObject({ overflowed: 1 });
    expect(await use()).toMatchObject({ spent: { usd: MAX, tokens: '3' }, reserved: { usd: '60' } });
  });

  it.each(['1.5', '', '-1', '01', '1e3', ' 1', 'NaN', '-0'])('of the form %j are an error', async (usd) => {
    const { store, use } = await openStore();
    await expect(store.reserve(ask('a', usd))).rejects.toThrow(/must be a whole number in decimal notation/);
    expect(await use()).toMatchObject({ reserved: {} });
  });
});

describe('the parts of a row', () => {
  const part = { kind: 'task', id: 't', writer: 'w', version: 1, value: 'one', keepMillis: 1000 } as const;

  it('are the latest of each writer', async () => {
    const { store } = await openStore();
    await store.write([part, { ...part, writer: 'v', value: 'two' }]);
    await store.write([{ ...part, version: 3, value: 'three' }]);
    await store.write([{ ...part, version: 2, value: 'late' }]);
    const { rows } = await store.read([
      { kind: 'session', id: 't' },
      { kind: 'task', id: 't' },
    ]);
    expect(rows).toEqual([
      { kind: 'session', id: 't', parts: [] },
      {
        kind: 'task',
        id: 't',
        parts: [
          { writer: 'w', value: 'three' },
          { writer: 'v', value: 'two' },
        ],
      },
    ]);
  });

  it('are kept for their time after the latest write', async () => {
    const { store, pass } = await openStore();
    await store.write([part]);
    pass(999);
    await store.write([{ ...part, version: 2 }]);
    pass(999);
    expect((await store.read([part])).rows[0]?.parts).toHaveLength(1);
    pass(1);
    expect((await store.read([part])).rows[0]?.parts).toHaveLength(0);
  });
});

describe('memoryStore', () => {
  it('refuses an option that it does not know', () => {
    // @ts-expect-error: not an option.
    expect(() => memoryStore({ now: Date.now })).toThrow('unknown option "now"; known are nowMillis');
  });
});
