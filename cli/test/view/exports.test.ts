import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_LIMIT } from '../../src/questions/tasks.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { exportsOf } from '../../src/view/exports.js';
import { task } from '../support/tasks.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

describe('the file of all tasks', () => {
  it('has each task once, though new ones arrive while it is written', async () => {
    let newest = MAX_LIMIT + 2;
    // The newest first, as the page sorts them; before each page there are two new ones.
    const tasks: Store['tasks'] = async ({ limit = 0, offset = 0 }) => {
      newest += 2;
      const from = Math.min(offset, newest);
      const ids = Array.from({ length: Math.min(limit, newest - from) }, (_, at) => newest - from - at);
      return { rows: ids.map((id) => task(String(id))), count: newest };
    };
    const ids: string[] = [];
    for await (const piece of exportsOf({ ...store, tasks }).tasksCsv({ window: 'all' })) {
      for (const line of piece.split('\n')) if (/^\d/.test(line)) ids.push(line.split(',')[0] ?? '');
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(MAX_LIMIT + 4);
  });
});
