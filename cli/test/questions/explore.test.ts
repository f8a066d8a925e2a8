import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.js';
import { call, START, task } from '../support/made.js';

let store: Store;
beforeEach(async () => {
  store = await openStore({ now: () => START + 60_000 });
});
afterEach(() => store.close());

const work = (id: string, usd: number, actions: number, name = 'work') => [
  call(usd, { 'task.id': id, 'task.name': name }, { parentSpanId: id }),
  task(id, usd, { 'task.actions': actions, 'task.name': name }),
];

describe('cost per action', () => {
  it('sorts the groups, those without actions last', async () => {
    await store.add([
      ...work('1', 0.3, 3, 'cheap'),
      ...work('2', 0.2, 1, 'dear'),
      ...work('3', 0.9, 0, 'none'),
    ]);
    const keys = async (descending: boolean) =>
      (await store.explore({ window: 'all', by: 'task', sort: 'perAction', descending })).rows.map(
        ({ key }) => key,
      );
    expect(await keys(true)).toEqual(['dear', 'cheap', 'none']);
    expect(await keys(false)).toEqual(['cheap', 'dear', 'none']);
  });

  it.each([1e-320, 1.7e308])('is not known for %d actions, and the others are', async (actions) => {
    await store.add([...work('1', 0.3, actions), ...work('2', 0.3, actions), ...work('3', 0.1, 0.5, 'half')]);
    const { rows } = await store.explore({ window: 'all', by: 'task' });
    expect(rows.map(({ key, costPerActionPico }) => [key, costPerActionPico])).toEqual([
      ['work', null],
      ['half', '200000000000'],
    ]);
  });
});

it('percentiles, rates and groups with a call of unknown cost say that they are lower bounds', async () => {
  const unknown = { 'task.id': '1', 'cost.status': 'unpriced', 'cost.reason': 'unknown_model' };
  await store.add([
    call(undefined, unknown, { parentSpanId: '1', startMillis: START + 50_000 }),
    task('1', 0, { 'task.cost_complete': false, 'task.unpriced_calls': 1 }),
    ...work('2', 0.5, 1),
  ]);
  expect((await store.distribution('all')).now).toMatchObject({ count: 2, incomplete: 1 });
  expect((await store.overview('all')).ticker.isRateLowerBound).toBe(true);
  await store.deleteSpans(null);
  await store.add(work('3', 0.5, 1));
  expect((await store.distribution('all')).now).toMatchObject({ count: 1, incomplete: 0 });
  expect((await store.overview('all')).ticker.isRateLowerBound).toBe(false);
});

describe('a group by task name', () => {
  it('has one row where the task got its name after its calls', async () => {
    await store.add([
      call(0.25, { 'task.id': '1', 'task.name': 'GET' }, { parentSpanId: '1' }),
      task('1', 0.25, { 'task.name': 'GET /chat' }),
    ]);
    const { rows } = await store.explore({ window: 'all', by: 'task' });
    expect(rows).toMatchObject([
      { key: 'GET /chat', tasks: 1, actions: 1, costPerActionPico: '250000000000' },
    ]);
  });
});
