import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBAppender } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/store/database.js';
import { openStore } from '../../src/store/open-store.js';
import { bundled } from '../support/bundled.js';
import { fakePricing } from '../support/fake-pricing.js';
import { call, span, task } from '../support/made.js';

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('a store in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    file = join(folder, 'cost.duckdb');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps spans across restarts, each once', async () => {
    const spans = [call(0.25, { 'task.id': 'one' }), task('one', 0.25)];
    const first = await openStore({ file });
    await first.add(spans);
    await first.close();
    expect(existsSync(`${file}.wal`)).toBe(false);
    const second = await openStore({ file });
    await second.add([...spans, call(0.5, { 'task.id': 'one' })]);
    expect((await second.spans()).spans).toBe(3);
    expect((await second.overview('all')).ticker.spent.pico).toBe('750000000000');
    await second.close();
  });

  it('can be closed while it answers, and says so to those who ask later', async () => {
    const store = await openStore({ file });
    await store.add(Array.from({ length: 200 }, (_, index) => call(0.25, { 'task.id': `task ${index}` })));
    const asked = Array.from({ length: 20 }, () => [
      store.overview('all'),
      store.opportunities('all'),
      store.distribution('all'),
      store.explore({ window: 'all', by: 'model' }),
    ]);
    const chunks = store.otlpJson('all')[Symbol.asyncIterator]();
    await chunks.next();
    const settled = Promise.allSettled(asked.flat());
    await store.close();
    for (const answer of await settled) {
      if (answer.status === 'rejected') expect(answer.reason).toEqual(new Error('the store is closed'));
    }
    await expect(store.spans()).rejects.toThrow('the store is closed');
    const again = await openStore({ file });
    expect((await again.spans()).spans).toBe(200);
    await again.close();
  });

  it('is readable by its owner only, with its log, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const store = await openStore({ file });
      await store.add([call(0.25)]);
      expect(modeOf(file)).toBe('600');
      expect(modeOf(`${file}.wal`)).toBe('600');
      await store.close();
      expect(modeOf(file)).toBe('600');
    } finally {
      process.umask(before);
    }
  });

  it('is answered by readers without being changed', async () => {
    const store = await openStore({ file });
    await store.add([call(0.25, { 'task.id': 'one' }), task('one', 0.25)]);
    await store.close();
    chmodSync(file, 0o400);
    const before = readFileSync(file);
    const reader = await openStore({ file, readOnly: true });
    const other = await openStore({ file, readOnly: true });
    expect((await reader.tasks({ window: 'all' })).rows).toHaveLength(1);
    expect((await other.tasks({ window: 'all' })).rows).toHaveLength(1);
    await expect(reader.add([call(1)])).rejects.toThrow();
    expect(reader.trouble).toContain('could not be stored');
    await reader.close();
    await other.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('has the cost of spans that came just before the end', async () => {
    const store = await openStore({ file, price: fakePricing });
    await store.add([span({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 1_000 })]);
    await store.close();
    const reader = await openStore({ file, readOnly: true });
    expect((await reader.overview('all')).ticker.spent.pico).toBe('1000000000');
    expect(reader.trouble).toBeNull();
    await reader.close();
  });

  it('says to readers that spans are not priced, when its viewer was killed before', async () => {
    const store = await openStore({ file, price: fakePricing });
    await store.add([span({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 1_000 })]);
    const killed = join(folder, 'killed.duckdb');
    copyFileSync(file, killed);
    copyFileSync(`${file}.wal`, `${killed}.wal`);
    await store.close();
    const reader = await openStore({ file: killed, readOnly: true });
    expect(reader.trouble).toBe(
      '1 trace has spans that are not priced yet: open the file with "view" for a minute',
    );
    await reader.close();
  });

  it('is not shared by two viewers: the second one names the file and the holder', async () => {
    const child = await holder(folder, file);
    try {
      await expect(openStore({ file })).rejects.toThrow(
        `${file} is in use by process ${child.pid}; stop that viewer, or choose another file`,
      );
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('takes no more spans once it was deleted or replaced', async () => {
    const store = await openStore({ file });
    await store.add([call(0.25)]);
    expect(store.trouble).toBeNull();
    rmSync(file);
    await expect(store.add([call(0.5)])).rejects.toThrow('was deleted or replaced');
    writeFileSync(file, 'of someone else');
    await expect(store.add([call(0.5)])).rejects.toThrow('was deleted or replaced');
    expect(store.trouble).toContain('was deleted or replaced');
    await store.close();
    expect(readFileSync(file, 'utf8')).toBe('of someone else');
  });

  it('keeps nothing of a batch that could not be written, and the same batch when it comes again', async () => {
    const store = await openStore({ file });
    await store.add([call(0.25)]);
    const batch = [call(0.5), call(1)];
    const failing = vi.spyOn(DuckDBAppender.prototype, 'flushSync').mockImplementationOnce(() => {
      throw new Error('the disk is full');
    });
    await expect(store.add(batch)).rejects.toThrow('the disk is full');
    failing.mockRestore();
    expect((await store.spans()).spans).toBe(1);
    await store.add(batch);
    await store.close();
    const again = await openStore({ file });
    expect((await again.spans()).spans).toBe(3);
    expect((await again.overview('all')).ticker.spent.pico).toBe('1750000000000');
    await again.close();
  });

  it('is not said to be in use when it is damaged', async () => {
    const store = await openStore({ file });
    await store.add([call(0.25)]);
    await store.close();
    const bytes = readFileSync(file);
    writeFileSync(
      file,
      bytes.map((byte, at) => (at >= 4096 && at < 4160 ? 255 - byte : byte)),
    );
    await expect(openStore({ file })).rejects.toThrow('cannot be opened');
  });

  it('is never made of a file of something else', async () => {
    for (const content of ['', 'hello', 'x'.repeat(10_000)]) {
      writeFileSync(file, content);
      await expect(openStore({ file })).rejects.toThrow(`${file} is not a DuckDB file`);
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
    await expect(openStore({ file: folder })).rejects.toThrow('is not a file');
    await expect(openStore({ file: join(folder, 'none'), readOnly: true })).rejects.toThrow(
      'there is no file',
    );
    await expect(openStore({ file: join(folder, 'no', 'folder') })).rejects.toThrow('cannot be opened');
  });

  it('is refused when it is a DuckDB file of another kind or version', async () => {
    const database = await Database.open(file, { readOnly: false });
    await database.run("UPDATE meta SET value = '999' WHERE key = 'schema_version'");
    await database.run('CHECKPOINT');
    await database.close();
    await expect(openStore({ file })).rejects.toThrow(`${file} has the format 999`);
    const foreign = join(folder, 'foreign.duckdb');
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(foreign);
    const connection = await instance.connect();
    await connection.run('CREATE TABLE theirs (a INTEGER)');
    connection.closeSync();
    instance.closeSync();
    await expect(openStore({ file: foreign })).rejects.toThrow('is a DuckDB file of something else');
  });

  it('has every acknowledged span exactly once after its process was killed', {
    timeout: 120_000,
  }, async () => {
    const program = await bundled(folder, 'killed-writer.ts');
    const acknowledged = new Set<number>();
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, [program, file, String(round * 1_000_000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.on('data', (chunk) => {
        printed += chunk;
      });
      const ended = new Promise((resolve) => child.once('close', resolve));
      // A busy machine takes its time to begin.
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 900));
      child.kill('SIGKILL');
      await ended;
      // The last line may be cut short.
      for (const line of printed.split('\n').slice(0, -1)) acknowledged.add(Number(line));
    }
    expect(acknowledged.size).toBeGreaterThan(6);
    const database = await Database.open(file, { readOnly: false });
    const rows = await database.all('SELECT name, count(*) AS copies FROM spans GROUP BY name');
    const costs = await database.all('SELECT count(*) AS costs FROM costs');
    await database.close();
    expect(rows.filter(({ copies }) => copies !== 1n)).toEqual([]);
    expect(costs[0]?.costs).toBe(BigInt(rows.length));
    const kept = new Set(rows.map(({ name }) => Number(name)));
    expect([...acknowledged].filter((number) => !kept.has(number))).toEqual([]);
  });
});

async function holder(folder: string, file: string) {
  const program = await bundled(folder, 'killed-writer.ts');
  const child = spawn(process.execPath, [program, file, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}
