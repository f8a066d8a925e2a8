import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/shared/store/memory-store.js';
import { StoreClient } from '../../../src/shared/store/store-client.js';
import { type PostedRow, RowPosts } from '../../../src/shared/totals/row-posts.js';
import { eventually, pause } from '../../support/services.js';

function rowOf(id: string, depth = 0): PostedRow {
  return {
    key: { kind: 'task', id },
    writer: { name: 'w', version: 0 },
    keepMillis: 60_000,
    depth,
    text: () => 'part',
  };
}

/** The rows of each write. The first `failures` writes are rejected. */
function recorded(failures: number) {
  const store = memoryStore();
  const { write } = store;
  const writes: string[][] = [];
  store.write = (rows) => {
    writes.push(rows.map(({ id, version }) => `${id}@${version}`));
    return writes.length <= failures ? Promise.reject(new Error('away')) : write.call(store, rows);
  };
  return { posts: new RowPosts(store, new StoreClient(100, store), 1), writes };
}

describe('rows that this process has a part in', () => {
  it('are written together, those of outer tasks first', async () => {
    const { posts, writes } = recorded(0);
    posts.add(rowOf('inner', 2));
    posts.add(rowOf('outer', 1));
    expect(await posts.flush()).toBe(true);
    expect(writes).toEqual([['outer@1', 'inner@1']]);
    expect(posts.size).toBe(0);
  });

  it('are written again, with a new version, until the store has confirmed them', async () => {
    const { posts, writes } = recorded(1);
    posts.add(rowOf('a'));
    await eventually(() => expect(writes).toEqual([['a@1'], ['a@2']]));
    await eventually(() => expect(posts.size).toBe(0));
    expect(posts.failures).toBe(1);
  });

  it('are not written after the end, whatever was on its way', async () => {
    const { posts, writes } = recorded(1);
    posts.add(rowOf('a'));
    const written = posts.flush();
    posts.stop();
    expect(await written).toBe(false);
    await pause(150);
    expect(writes).toEqual([['a@1']]);
  });
});
