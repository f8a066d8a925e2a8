/**
 * Measures the store: spans accepted a second, and the time of each question.
 *
 *   node bench/run.mjs store [--seconds 60] [--spans 1000000] [--file agent-cost.duckdb] [--rate 0]
 */
import { existsSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { ExploreKey } from '../src/api.js';
import type { DecodedSpan } from '../src/otlp/span.js';
import { openStore, type Store } from '../src/store/open-store.js';
import { StoreBusyError } from '../src/store/span-sink.js';
import { madeTask, SPANS_A_TASK } from './made-spans.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    spans: { type: 'string', default: '1000000' },
    file: { type: 'string' },
    rate: { type: 'string', default: '0' },
  },
});

const BATCH_TASKS = 23;
const IN_FLIGHT = 4;

function log(label: string, value: unknown): void {
  process.stdout.write(`${label.padEnd(34)} ${value}\n`);
}

async function fill(store: Store, spans: number, seconds: number): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const target = Number(values.rate);
  let number = 0;
  let sent = 0;
  let busy = 0;
  let making = 0;
  const isOver = () => sent >= spans || performance.now() - begun > seconds * 1_000;
  const sender = async () => {
    while (!isOver()) {
      const ahead = target > 0 ? (sent / target) * 1_000 - (performance.now() - begun) : 0;
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
      const madeAt = performance.now();
      const batch: DecodedSpan[] = [];
      for (let task = 0; task < BATCH_TASKS; task += 1, number += 1) {
        batch.push(...madeTask(number, Date.now() - (spans / SPANS_A_TASK - number) * 5));
      }
      making += performance.now() - madeAt;
      sent += batch.length;
      for (;;) {
        try {
          await store.add(batch);
          break;
        } catch (error) {
          if (!(error instanceof StoreBusyError)) throw error;
          busy += 1;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  const took = (performance.now() - begun) / 1_000;
  delay.disable();
  log('spans', sent);
  log('seconds', took.toFixed(1));
  const { user, system } = process.cpuUsage(cpu);
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

const file = values.file;
if (file !== undefined && existsSync(file)) rmSync(file);
const store = await openStore({ ...(file === undefined ? {} : { file }) });
const tasks = await fill(
  store,
  values.seconds === undefined ? Number(values.spans) : Number.POSITIVE_INFINITY,
  Number(values.seconds ?? 1e9),
);
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
