/**
 * Paired measurement: variants take turns in one process, so that anything that slows the machine slows all of
 * them.
 */
import { memoryUsage } from 'node:process';

const MOST_ROUNDS = 41;
const LEAST_ROUNDS = 5;
/** Long-running work gets fewer rounds, because its timing is also steadier. */
const BUDGET_MILLIS = 4000;
/** Long enough for the CPU clock's resolution, and for each turn to include a share of garbage collection. */
const TURN_MILLIS = 12;
/** Until the compiler has settled: the first few hundred tasks still run unoptimised code. */
const WARM_UP_MILLIS = 2500;
const WARM_UP_ROUNDS = 12;

/** CPU time of all threads of this process, in ms: excludes other processes' load, includes our garbage collection. */
function cpuMillis() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function turn(work, repeats) {
  const start = cpuMillis();
  for (let done = 0; done < repeats; done++) {
    const pending = work();
    if (pending instanceof Promise) await pending;
  }
  return (cpuMillis() - start) / repeats;
}

async function repeatsFor(work) {
  let repeats = 1;
  while ((await turn(work, repeats)) * repeats < TURN_MILLIS && repeats < 2 ** 24) repeats *= 2;
  return repeats;
}

/** Runs the variants in turns as a warm-up: before that, the time and cost of a turn mean nothing. */
async function warmUp(variants) {
  const start = performance.now();
  do {
    for (const work of variants) await turn(work, 1);
  } while (performance.now() - start < WARM_UP_MILLIS);
}

/** Calls `round` with 0, 1, 2, …: at most `most` times, and after `millis` no more than `least` times in total. */
async function repeatRounds(round, { least, most, millis }) {
  const start = performance.now();
  for (let index = 0; index < most; index++) {
    if (index >= least && performance.now() - start > millis) return;
    await round(index);
  }
}

/**
 * CPU time of `b` and of `control` (the same as `a`) divided by that of `a`: medians over interleaved rounds. Each
 * variant is a function that does one unit of work. `rounds`: exactly so many, however long they take.
 */
export async function compareCpu({ a, b, control }, { rounds } = {}) {
  const variants = [a, b, control];
  const times = variants.map(() => []);
  await warmUp(variants);
  const repeats = await repeatsFor(a);
  const round = async (index) => {
    for (let place = 0; place < variants.length; place++) {
      const which = (place + index) % variants.length;
      times[which].push(await turn(variants[which], repeats));
    }
  };
  const bounds = { least: rounds ?? LEAST_ROUNDS, most: rounds ?? MOST_ROUNDS, millis: BUDGET_MILLIS };
  await repeatRounds(round, bounds);
  const [timesOfA, timesOfB, timesOfControl] = times;
  return {
    ratio: median(timesOfB.map((time, index) => time / timesOfA[index])),
    nullRatio: median(timesOfControl.map((time, index) => time / timesOfA[index])),
    millisA: median(timesOfA),
    millisB: median(timesOfB),
  };
}

/** The same for allocated bytes. Needs a young generation larger than one turn. */
export async function compareBytes({ a, b, control }, { repeats, rounds = MOST_ROUNDS }) {
  const variants = [a, b, control];
  const bytes = variants.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [index, work] of variants.entries()) {
      globalThis.gc();
      const before = memoryUsage().heapUsed;
      await turn(work, repeats);
      const allocated = memoryUsage().heapUsed - before;
      if (round >= 0) bytes[index].push(allocated / repeats);
    }
  }
  const [bytesOfA, bytesOfB, bytesOfControl] = bytes.map(median);
  return {
    ratio: bytesOfB / bytesOfA,
    nullRatio: bytesOfControl / bytesOfA,
    bytesA: bytesOfA,
    bytesB: bytesOfB,
  };
}

/** Bytes retained after a collection, per repeat of the work. */
export async function bytesKept(work, repeats) {
  globalThis.gc();
  const before = memoryUsage().heapUsed;
  await turn(work, repeats);
  // Finalizers and weak references need a turn of the event loop and a second collection.
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  return (memoryUsage().heapUsed - before) / repeats;
}
