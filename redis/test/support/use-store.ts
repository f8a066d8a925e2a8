/** All that a process does with a store, with the answers that it must get. */
import type { SharedStore } from 'otel-agent-cost/shared';
import { expect } from 'vitest';
import { ask, BUDGET, settled, TOTAL } from './requests.js';

const HOSTILE = 'a{b}:c%7b\r\n\0*?[x]\u{1f600}\ud800';

export async function useStore(store: SharedStore): Promise<void> {
  const budget = { kind: BUDGET.kind, name: HOSTILE };
  const { generation } = await store.open();
  expect(generation).toMatch(/^[\w-]{36}$/);
  expect((await store.open()).generation).toBe(generation);
  const first = await store.reserve(ask('a', '60', { budget }));
  expect(first).toMatchObject({ generation, outcome: 'admitted', states: [{ reserved: { usd: '60' } }] });
  expect(await store.reserve(ask('a', '60', { budget }))).toMatchObject({
    outcome: 'admitted',
    states: first.states,
  });
  const refused = await store.reserve(ask('b', '50', { budget }));
  expect(refused).toMatchObject({ generation, outcome: 'no_room', period: 0, limit: 0 });
  const renewed = await store.renew([{ budget, id: 'a', periods: [TOTAL], leaseMillis: 60_000 }]);
  expect(renewed.generation).toBe(generation);
  expect(await store.settle(settled('a', '9007199254740993', { budget }))).toMatchObject({
    generation,
    overflowed: 0,
    states: [{ spent: { usd: '9007199254740993' }, reserved: {} }],
  });
  await useRows(store, generation);
  expect((await store.write([])).generation).toBe(generation);
  expect((await store.renew([])).nowMillis).toBeGreaterThanOrEqual(first.nowMillis);
  expect(await store.settle({ ...settled('a', '1', { budget }), settlements: [] })).toMatchObject({
    states: [],
  });
}

async function useRows(store: SharedStore, generation: string | undefined): Promise<void> {
  // 64 kB, in characters of one to four bytes.
  const value = 'aü€\u{1f600}'.repeat(6_553);
  const row = { kind: 'task', id: HOSTILE, writer: 'w:{1}', version: 2, value, keepMillis: 60_000 } as const;
  const other = { ...row, kind: 'session', id: 's'.repeat(256), value: '' } as const;
  expect((await store.write([row, other])).generation).toBe(generation);
  await store.write([{ ...row, version: 1, value: 'late' }]);
  const read = await store.read([other, row, { kind: 'task', id: 'none' }]);
  expect(read).toMatchObject({ generation });
  expect(read.rows.map(({ parts }) => parts)).toEqual([
    [{ writer: row.writer, value: '' }],
    [{ writer: row.writer, value }],
    [],
  ]);
}
