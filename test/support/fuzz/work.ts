/** Work that is wrapped, and the check that a wrapper changes nothing about how it ends. */
import { setImmediate as turn } from 'node:timers/promises';
import { InvalidOptionError } from '../../../src/errors.js';
import { BudgetExceededError } from '../../../src/index.js';
import type { Random } from './random.js';
import { errorOf, HostileError, value } from './values.js';

export interface Work {
  /** How it ends: for messages. */
  readonly form: string;
  run(): unknown;
  /** Compares a result of `run`, passed through wrappers, with what it must be. Rejects if they differ. */
  expect(result: () => unknown): Promise<void>;
}

const FORMS = [
  returning,
  returning,
  throwing,
  resolving,
  rejecting,
  iterating,
  iterating,
  streaming,
] as const;

export function work(random: Random, ends: () => unknown = () => value(random)): Work {
  return random.pick(FORMS)(random, ends);
}

/**
 * Passes work through wrappers. They may refuse it before it is called, for an option or a budget; otherwise it ends as
 * it does without them.
 */
export async function unchanged(made: Work, wrap: (run: () => unknown) => unknown): Promise<void> {
  let calls = 0;
  const counted = () => {
    calls += 1;
    return made.run();
  };
  let refusal: unknown;
  let waiting: Promise<unknown> | undefined;
  const result = () => {
    try {
      const given = wrap(counted);
      if (calls > 0 || !(given instanceof Promise)) return given;
      waiting = given;
    } catch (error) {
      if (calls === 0) refusal = error;
      throw error;
    }
    throw new Error('the call waits');
  };
  try {
    await made.expect(result);
  } catch (error) {
    // A call that waits for a budget gives a promise, whatever the work gives.
    if (waiting !== undefined) return await refusedLater(waiting, () => calls);
    if (calls === 0 && isRefusal(refusal ?? error)) return;
    throw error;
  }
  if (calls !== 1) throw new Error(`the work was called ${calls} times`);
}

/** A call may wait behind a stream that the app has dropped: that is not waited for here. */
async function refusedLater(waiting: Promise<unknown>, calls: () => number): Promise<void> {
  try {
    await Promise.race([waiting, turn()]);
  } catch (error) {
    if (calls() === 0 && !isRefusal(error)) throw error;
  }
}

/** Errors that may come from a wrapper itself. The getters of options may throw at construction. */
export function isRefusal(error: unknown): boolean {
  return [InvalidOptionError, BudgetExceededError, HostileError].some((kind) => error instanceof kind);
}

function same(is: unknown, should: unknown, what: string): void {
  if (!Object.is(is, should)) throw new Error(`${what} is not the same`, { cause: { is, should } });
}

function returning(_: Random, ends: () => unknown): Work {
  const returned = ends();
  return {
    form: 'returns',
    run: () => returned,
    expect: async (result) => same(result(), returned, 'the returned value'),
  };
}

function throwing(random: Random): Work {
  const thrown = errorOf(random);
  return {
    form: 'throws',
    run: () => {
      throw thrown;
    },
    async expect(result) {
      const caught = catching(result);
      same(caught.error, thrown, 'the thrown value');
    },
  };
}

function catching(run: () => unknown): { error: unknown } {
  try {
    run();
  } catch (error) {
    return { error };
  }
  throw new Error('nothing was thrown');
}

function resolving(_: Random, ends: () => unknown): Work {
  // In a list, because a promise would adopt a thenable.
  const resolved = [ends()];
  const only = resolved[0];
  const isPlain = typeof only !== 'object' && typeof only !== 'function';
  const given = isPlain ? only : resolved;
  return {
    form: 'resolves',
    run: async () => given,
    expect: async (result) => same(await result(), given, 'the resolved value'),
  };
}

function rejecting(random: Random): Work {
  const reason = errorOf(random);
  return {
    form: 'rejects',
    run: () => Promise.reject(reason),
    async expect(result) {
      let caught: readonly unknown[] | undefined;
      try {
        await result();
      } catch (error) {
        caught = [error];
      }
      if (caught === undefined) throw new Error('nothing was rejected');
      same(caught[0], reason, 'the rejection');
    },
  };
}

interface Chunks {
  readonly chunks: readonly unknown[];
  /** Thrown after the last chunk. */
  readonly end: readonly unknown[];
  /** The number that the app reads before it stops. */
  readonly read: number;
}

function chunksOf(random: Random, ends: () => unknown): Chunks {
  const chunks = Array.from({ length: random.int(5) }, ends);
  const end = random.chance(0.2) ? [errorOf(random)] : [];
  return { chunks, end, read: random.chance(0.3) ? random.int(chunks.length + 1) : Number.POSITIVE_INFINITY };
}

function iterating(random: Random, ends: () => unknown): Work {
  const plan = chunksOf(random, ends);
  const isAsync = random.chance(0.6);
  return {
    form: isAsync ? 'async generator' : 'generator',
    run: () => (isAsync ? asyncly(plan) : syncly(plan)),
    async expect(result) {
      const iterable: unknown = result();
      if (isAsync) await readAsyncly(iterable, plan);
      else readSyncly(iterable, plan);
    },
  };
}

function* syncly({ chunks, end }: Chunks): Generator<unknown> {
  for (const chunk of chunks) yield chunk;
  for (const error of end) throw error;
}

async function* asyncly({ chunks, end }: Chunks): AsyncGenerator<unknown> {
  // Each in a list, because a yield awaits a thenable.
  for (const chunk of chunks) yield boxed(chunk);
  for (const error of end) throw error;
}

function boxed(chunk: unknown): unknown {
  return typeof chunk === 'object' && chunk !== null ? { delta: chunk, usage: chunk } : chunk;
}

function readSyncly(iterable: unknown, plan: Chunks): void {
  if (!isIterable(iterable)) throw new Error('no generator was returned', { cause: iterable });
  const seen: unknown[] = [];
  try {
    if (plan.read > 0) {
      for (const chunk of iterable) {
        seen.push(chunk);
        if (seen.length >= plan.read) break;
      }
    }
  } catch (error) {
    ended(plan, error);
  }
  plan.chunks.slice(0, plan.read).forEach((chunk, at) => void same(seen[at], chunk, `chunk ${at}`));
}

async function readAsyncly(iterable: unknown, plan: Chunks): Promise<void> {
  if (!isAsyncIterable(iterable)) throw new Error('no async generator was returned', { cause: iterable });
  let count = 0;
  try {
    if (plan.read > 0) {
      for await (const _chunk of iterable) {
        count += 1;
        if (count >= plan.read) break;
      }
    }
  } catch (error) {
    ended(plan, error);
  }
  same(count, Math.min(plan.read, plan.chunks.length), 'the number of chunks');
}

function ended({ end }: Chunks, error: unknown): void {
  if (end.length === 0) throw error;
  same(error, end[0], 'the error of the stream');
}

function streaming(random: Random, ends: () => unknown): Work {
  const plan = chunksOf(random, ends);
  const source = () =>
    new ReadableStream<unknown>({
      start(controller) {
        for (const chunk of plan.chunks) controller.enqueue(chunk);
        if (plan.end.length > 0) controller.error(plan.end[0]);
        else controller.close();
      },
    });
  let made: ReadableStream<unknown> | undefined;
  return {
    form: 'web stream',
    run: () => {
      made = source();
      return made;
    },
    async expect(result) {
      const stream = result();
      same(stream, made, 'the stream');
      if (!(stream instanceof ReadableStream)) throw new Error('no stream was returned');
      await readStream(stream, plan);
    },
  };
}

async function readStream(stream: ReadableStream<unknown>, plan: Chunks): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let at = 0; at < plan.read; at++) {
      const { done, value: chunk } = await reader.read();
      if (done) return;
      same(chunk, plan.chunks[at], `chunk ${at}`);
    }
    await reader.cancel();
  } catch (error) {
    // A stream that fails drops the chunks that wait.
    ended(plan, error);
  }
}

function isIterable(from: unknown): from is Iterable<unknown> {
  return typeof from === 'object' && from !== null && Symbol.iterator in from;
}

function isAsyncIterable(from: unknown): from is AsyncIterable<unknown> {
  return typeof from === 'object' && from !== null && Symbol.asyncIterator in from;
}
