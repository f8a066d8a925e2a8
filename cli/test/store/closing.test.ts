import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.js';
import { call, START, task } from '../support/made.js';

describe.each(['memory', 'file'] as const)('a store in %s that is closed', (place) => {
  it('answers or rejects what was asked, keeps what was added, and takes nothing more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    const file = place === 'file' ? join(folder, 'cost.duckdb') : undefined;
    for (let round = 0; round < 5; round += 1) {
      const store = await openStore({ file, now: () => START });
      await store.add(
        Array.from({ length: 3_000 }, (_, index) => call(0.001, { 'task.id': `${round} ${index}` })),
      );
      const adding = store.add([task(`${round}`, 1)]);
      const asked = Array.from({ length: 8 }, () => [
        store.overview('all'),
        store.tasks({ window: 'all' }),
        store.explore({ window: 'all', by: 'session' }),
        store.task(`${round} 1`),
        (async () => {
          for await (const piece of store.otlpJson('all')) expect(piece).not.toBe('');
        })(),
      ]).flat();
      const settled = Promise.allSettled(asked);
      await store.close();
      await adding;
      expect(await settled).toHaveLength(40);
      await expect(store.spans()).rejects.toThrow('closed');
      await expect(store.add([task('late', 1)])).rejects.toThrow('closed');
    }
    rmSync(folder, { recursive: true });
  });
});
