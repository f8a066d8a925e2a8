/**
 * One process under load: `node --expose-gc app.mjs <bare or metered> <tasks a second> <seconds>`. Prints a line when it is
 * ready, begins when it reads one, prints its figures as JSON, and ends by itself.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { FIRST_TASK } from './amounts.mjs';
import { Load } from './load.mjs';

/** The load goes on in so many parts. After each, from the middle on, the heap is measured. */
const PARTS = 10;

/** Idle connections are closed after some seconds. */
const SETTLE_MILLIS = 15_000;
const LOOK_MILLIS = 100;

const [kind, tasksPerSecond, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const work = await import(`./${kind}.mjs`);
await warmUp();
const start = handles();
await work.fill?.(flush);
console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();

const load = new Load(work.task, FIRST_TASK, tasksPerSecond);
let cpuMillis = 0;
const heap = [];
for (let part = 1; part <= PARTS; part++) {
  const before = mainThreadMillis();
  await load.run((seconds / PARTS) * tasksPerSecond);
  await flush();
  cpuMillis += mainThreadMillis() - before;
  if (part >= PARTS / 2) heap.push({ tasks: load.next, bytes: await heapBytes() });
}
const isSettled = await settled();

console.log(
  JSON.stringify({
    made: work.made(load.next),
    heap: { bytesPerTask: slope(heap), middleBytes: heap[0].bytes, endBytes: heap.at(-1).bytes },
    handles: { start, end: handles(), isSettled },
    delayMillis: load.delayMillis(),
    cpuSeconds: cpuMillis / 1000,
  }),
);
await work.end?.();

/** Opens what every process opens once: its output, and what Node.js needs for timers and files. */
async function warmUp() {
  process.stdout.write('');
  process.stderr.write('');
  handles();
  await setTimeout(LOOK_MILLIS);
}

/** Until every span has been answered. */
async function flush() {
  await trace.getTracerProvider().getDelegate().forceFlush();
  // The batch processor does not wait for requests that were under way before.
  while (process.getActiveResourcesInfo().some((name) => name.includes('TCP'))) await setTimeout(LOOK_MILLIS);
}

async function heapBytes() {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** CPU time of this thread alone, without the garbage collector's helpers. NaN where the system has no such file. */
function mainThreadMillis() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** By least squares. */
function slope(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const tasks = mean(points.map((point) => point.tasks));
  const bytes = mean(points.map((point) => point.bytes));
  const covariance = mean(points.map((point) => (point.tasks - tasks) * (point.bytes - bytes)));
  return covariance / mean(points.map((point) => (point.tasks - tasks) ** 2));
}

/** The handles that keep the process alive, by kind, and the number of open files and sockets, where the system reports it. */
function handles() {
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return { ...counts, ...openFiles() };
}

function openFiles() {
  try {
    return { openFiles: readdirSync('/proc/self/fd').length };
  } catch {
    return {};
  }
}

/** Whether nothing is open that was not at the start, once idle connections have had time to close. */
async function settled() {
  const deadline = performance.now() + SETTLE_MILLIS;
  for (;;) {
    if (Object.entries(handles()).every(([name, count]) => count <= (start[name] ?? 0))) return true;
    if (performance.now() > deadline) return false;
    await setTimeout(LOOK_MILLIS);
  }
}
