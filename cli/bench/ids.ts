/**
 * Measures ways to keep each span once: a set of hashes, as the store does it, and a primary key with a staging table.
 *
 *   node bench/run.mjs ids [rows]
 */
import { createHash } from 'node:crypto';
import { DuckDBDataChunk, DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import { hashIds, IdSet } from '../src/store/id-set.js';

const rows = Number(process.argv[2] ?? 1_000_000);
const BATCH = 10_000;

function idsOf(batch: number): [string[], string[]] {
  const hex = Array.from({ length: BATCH }, (_, row) =>
    createHash('sha1').update(`${batch} ${row}`).digest('hex'),
  );
  return [hex.map((id) => id.slice(0, 32)), hex.map((id) => id.slice(24))];
}

async function measured(
  label: string,
  work: (traces: string[], spans: string[]) => Promise<void>,
): Promise<void> {
  let micros = 0;
  let last = 0;
  const before = process.memoryUsage().rss;
  for (let batch = 0; batch < rows / BATCH; batch += 1) {
    const [traces, spans] = idsOf(batch);
    const cpu = process.cpuUsage();
    await work(traces, spans);
    const { user, system } = process.cpuUsage(cpu);
    micros += user + system;
    last = user + system;
  }
  const megabytes = (process.memoryUsage().rss - before) / 1e6;
  process.stdout.write(
    `${label.padEnd(22)} ${(micros / rows).toFixed(2)} µs CPU a row, ${(last / BATCH).toFixed(2)} in the last batch, ${megabytes.toFixed(0)} MB more\n`,
  );
}

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run('CREATE TABLE plain (trace_id VARCHAR, span_id VARCHAR)');
await connection.run('CREATE TABLE staging (trace_id VARCHAR, span_id VARCHAR)');
await connection.run(
  'CREATE TABLE keyed (trace_id VARCHAR, span_id VARCHAR, PRIMARY KEY (trace_id, span_id))',
);

async function append(table: string, traces: string[], spans: string[]): Promise<void> {
  const appender = await connection.createAppender(table);
  for (let start = 0; start < traces.length; start += 2_048) {
    const chunk = DuckDBDataChunk.create([VARCHAR, VARCHAR]);
    chunk.setColumns([traces.slice(start, start + 2_048), spans.slice(start, start + 2_048)]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

const ids = new IdSet();
await measured('plain append', (traces, spans) => append('plain', traces, spans));
await measured('set of hashes', async (traces, spans) => {
  traces.forEach((trace, row) => {
    ids.add(hashIds(trace, spans[row] ?? '', 1));
  });
});
await measured('primary key', async (traces, spans) => {
  await append('staging', traces, spans);
  await connection.run('INSERT INTO keyed SELECT * FROM staging ON CONFLICT DO NOTHING');
  await connection.run('TRUNCATE staging');
});
