/**
 * Measures the store: spans accepted a second, and the time of each question.
 *
 *   node bench/run.mjs store [--seconds 60] [--spans 1000000] [--file agent-cost.duckdb] [--rate 0] [--copies 10] [--sessions]
 *
 * With `--copies`, the spans in the file are copied under other ids until there are so many times as many. With
 * `--sessions`, each span is a session and a running task of its own.
 */
import { existsSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { ExploreKey } from '../src/api.js';
import type { DecodedSpan } from '../src/otlp/span.js';
import { Database } from '../src/store/database.js';
import { openStore, type Store } from '../src/store/open-store.js';
import { StoreBusyError } from '../src/store/span-sink.js';
import { madeCall, madeTask, SPANS_A_TASK } from './made-spans.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    spans: { type: 'string', default: process.env.STORE_SPANS ?? '1000000' },
    file: { type: 'string' },
    rate: { type: 'string', default: '0' },
    copies: { type: 'string', default: '1' },
    sessions: { type: 'boolean', default: false },
  },
});

const BATCH_TASKS = 23;
const IN_FLIGHT = 4;

function log(label: string, value: unknown): void {
  process.stdout.write(`${label.padEnd(34)} ${value}\n`);
}

/** Sends one batch until it is accepted. Returns the number of times that the store was busy. */
async function send(store: Store, batch: readonly DecodedSpan[]): Promise<number> {
  for (let busy = 0; ; busy += 1) {
    try {
      await store.add(batch);
      return busy;
    } catch (error) {
      if (!(error instanceof StoreBusyError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const made = values.sessions ? madeCall : madeTask;
const batchUnits = values.sessions ? BATCH_TASKS * SPANS_A_TASK : BATCH_TASKS;

function madeBatch(first: number, spans: number): DecodedSpan[] {
  const batch: DecodedSpan[] = [];
  for (let number = first; number < first + batchUnits; number += 1) {
    batch.push(...made(number, Date.now() - (spans / SPANS_A_TASK - number) * 5));
  }
  return batch;
}

async function fill(store: Store, spans: number, seconds: number): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const rate = Number(values.rate);
  let number = 0;
  let sent = 0;
  let busy = 0;
  let making = 0;
  const sender = async () => {
    while (sent < spans && performance.now() - begun < seconds * 1_000) {
      const ahead = rate > 0 ? (sent / rate) * 1_000 - (performance.now() - begun) : 0;
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
      const madeAt = performance.now();
      const batch = madeBatch(number, spans);
      number += batchUnits;
      making += performance.now() - madeAt;
      sent += batch.length;
      busy += await send(store, batch);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  const took = (performance.now() - begun) / 1_000;
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  log('spans', sent);
  log('seconds', took.toFixed(1));
  log('CPU a span (µs)', ((user + system) / sent).toFixed(1));
  log('spans a second', Math.round(sent / took));
  log('seconds for making them', (making / 1_000).toFixed(1));
  log('busy answers', busy);
  log(
    'event loop delay p99, max (ms)',
    `${(delay.percentile(99) / 1e6).toFixed(1)}, ${(delay.max / 1e6).toFixed(1)}`,
  );
  log('memory (MB)', Math.round(process.memoryUsage().rss / 1e6));
  log('store (MB)', Math.round((await store.bytes()) / 1e6));
  return number;
}

async function time(label: string, ask: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let round = 0; round < 5; round += 1) {
    const begun = performance.now();
    await ask();
    times.push(performance.now() - begun);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const wall = `${(times[2] ?? 0).toFixed(0)} ms, fastest ${(times[0] ?? 0).toFixed(0)}, slowest ${(times[4] ?? 0).toFixed(0)}`;
  log(label, `${wall}; CPU ${((user + system) / 5_000).toFixed(0)} ms`);
}

async function copy(path: string, copies: number): Promise<void> {
  const database = await Database.open(path, { readOnly: false });
  for (let number = 1; number < copies; number += 1) {
    for (const table of ['spans', 'costs', 'rollups']) {
      const own = table === 'spans' ? ', id_hash + $number AS id_hash' : '';
      const scope = table === 'rollups' ? ', scope_id || $suffix AS scope_id' : '';
      const task = table === 'costs' ? ', task_id || $suffix AS task_id' : '';
      await database.run(
        `INSERT INTO ${table} SELECT * REPLACE (trace_id || $suffix AS trace_id, task || $suffix AS task ${own} ${scope} ${task})
         FROM ${table} WHERE NOT contains(trace_id, '-')`,
        own === '' ? { suffix: `-${number}` } : { suffix: `-${number}`, number: BigInt(number) },
      );
    }
  }
  await database.run('CHECKPOINT');
  await database.close();
}

const file = values.file;
if (file !== undefined && existsSync(file)) rmSync(file);
let store = await openStore({ ...(file === undefined ? {} : { file }) });
const tasks = await fill(
  store,
  values.seconds === undefined ? Number(values.spans) : Number.POSITIVE_INFINITY,
  Number(values.seconds ?? 1e9),
);
if (file !== undefined && Number(values.copies) > 1) {
  await store.close();
  await copy(file, Number(values.copies));
  const opening = performance.now();
  store = await openStore({ file });
  log('opened with the copies (ms)', Math.round(performance.now() - opening));
  log('spans', (await store.spans()).spans);
  log('store (MB)', Math.round((await store.bytes()) / 1e6));
  log('memory (MB)', Math.round(process.memoryUsage().rss / 1e6));
}
const window = 'all';
await time('spans', () => store.spans());
await time('overview', () => store.overview(window));
await time('tasks', () => store.tasks({ window }));
await time('tasks by total, page 10', () => store.tasks({ window, sort: 'total', offset: 1_000 }));
await time('tasks filtered', () => store.tasks({ window, filter: 'session-77' }));
await time('outliers', () => store.tasks({ window, only: 'outliers' }));
await time('distribution', () => store.distribution(window));
await time('opportunities', () => store.opportunities(window));
const { rows } = await store.tasks({ window, limit: 1 });
await time('one task', () => store.task(rows[0]?.id ?? ''));
const keys: ExploreKey[] = ['session', 'task', 'model', 'tool', 'agent', 'team', 'user'];
for (const by of keys) await time(`explore by ${by}`, () => store.explore({ window, by }));
const closing = performance.now();
await store.close();
log('close (ms)', Math.round(performance.now() - closing));
log('tasks', tasks);
if (file !== undefined) {
  const opening = performance.now();
  const again = await openStore({ file });
  log('open again (ms)', Math.round(performance.now() - opening));
  await again.close();
}
