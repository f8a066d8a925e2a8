import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { follow } from '../../src/results/follow.js';
import { activeCall, RecordingHooks, readAll } from '../fakes/recording-hooks.js';

const failure = new Error('of the app');
const tick = () => new Promise((resolve) => setImmediate(resolve));

async function* numbers(upTo = 3): AsyncGenerator<number, void, undefined> {
  for (let n = 1; n <= upTo; n++) {
    await tick();
    yield n;
  }
}

function* syncNumbers(): Generator<number, void, undefined> {
  yield 1;
  yield 2;
}

describe('async generators', () => {
  test('the same object comes back, unread; its end is reported when it is read', async () => {
    const hooks = new RecordingHooks();
    const generator = numbers();
    const observed = follow(() => generator, hooks);
    expect(observed).toBe(generator);
    expect(Object.keys(observed)).toEqual([]);
    await tick();
    expect([hooks.chunks, hooks.ends]).toEqual([[], []]);
    expect(await readAll(observed)).toEqual([1, 2, 3]);
    expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
    expect(await observed.next()).toEqual({ done: true, value: undefined });
    expect(hooks.ends.length).toBe(1);
  });

  test('break, return and return before the first next stop it; its finally runs', async () => {
    let cleanedUp = false;
    const broken = new RecordingHooks();
    for await (const n of follow(async function* () {
      try {
        yield* numbers();
      } finally {
        cleanedUp = true;
      }
    }, broken)) {
      expect(n).toBe(1);
      break;
    }
    expect([broken.chunks, broken.ends, cleanedUp]).toEqual([[1], [['stopped']], true]);
    const unstarted = new RecordingHooks();
    expect(await follow(numbers, unstarted).return()).toEqual({ done: true, value: undefined });
    expect([unstarted.chunks, unstarted.ends]).toEqual([[], [['stopped']]]);
  });

  test('a value yielded while it is being stopped is still a chunk', async () => {
    const hooks = new RecordingHooks();
    const generator = follow(async function* () {
      try {
        yield 'first';
      } finally {
        yield 'last words';
      }
    }, hooks);
    await generator.next();
    expect(await generator.return()).toEqual({ done: false, value: 'last words' });
    expect(hooks.ends).toEqual([]);
    expect(await generator.return()).toEqual({ done: true, value: undefined });
    expect([hooks.chunks, hooks.ends]).toEqual([['first', 'last words'], [['stopped']]]);
  });

  test('its errors are thrown and reported', async () => {
    const hooks = new RecordingHooks();
    const generator = follow(async function* () {
      yield 1;
      throw failure;
    }, hooks);
    await expect(readAll(generator)).rejects.toBe(failure);
    expect([hooks.chunks, hooks.ends]).toEqual([[1], [['threw', failure]]]);
    const thrownInto = new RecordingHooks();
    await expect(follow(numbers, thrownInto).throw(failure)).rejects.toBe(failure);
    expect(thrownInto.ends).toEqual([['threw', failure]]);
  });

  test('a stream that fails because it was aborted was stopped', async () => {
    const hooks = new RecordingHooks();
    const abort = new DOMException('aborted', 'AbortError');
    const generator = follow(async function* () {
      yield 1;
      throw abort;
    }, hooks);
    await expect(readAll(generator)).rejects.toBe(abort);
    expect(hooks.ends).toEqual([['stopped']]);
  });

  test('its return value is the result of the work', async () => {
    const hooks = new RecordingHooks();
    async function* agent() {
      yield 'thinking';
      return { answer: 42 };
    }
    const outer = async function* () {
      return yield* follow(agent, hooks);
    };
    const generator = outer();
    await generator.next();
    expect(await generator.next()).toEqual({ done: true, value: { answer: 42 } });
    expect([hooks.chunks, hooks.ends]).toEqual([['thinking'], [['returned', { answer: 42 }]]]);
  });

  test('values sent in arrive, and reads at once keep their order', async () => {
    const generator = follow(async function* (): AsyncGenerator<number, void, number> {
      const factor = yield 0;
      yield factor * 2;
      yield factor * 3;
    }, new RecordingHooks());
    await generator.next();
    const results = await Promise.all([generator.next(5), generator.next(), generator.next()]);
    expect(results.map((result) => result.value)).toEqual([10, 15, undefined]);
  });

  test('bodies of interleaved generators run each in its own context', async () => {
    async function* contexts() {
      for (;;) {
        yield activeCall.getStore();
        await tick();
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2), { maxLength: 12 }), async (order) => {
        const generators = ['a', 'b', 'c'].map((name) => follow(contexts, new RecordingHooks(name)));
        for (const index of order) {
          expect((await generators[index]?.next())?.value).toBe('abc'[index]);
          expect(activeCall.getStore()).toBeUndefined();
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a frozen one comes back untouched', async () => {
    const hooks = new RecordingHooks();
    const frozen = Object.freeze(numbers());
    expect(follow(() => frozen, hooks)).toBe(frozen);
    expect(hooks.ends).toEqual([['returned', frozen]]);
    expect(await readAll(frozen)).toEqual([1, 2, 3]);
  });

  test('wrapped twice, each layer hears each chunk once', async () => {
    const [outer, inner] = [new RecordingHooks(), new RecordingHooks()];
    await readAll(follow(() => follow(numbers, inner), outer));
    for (const hooks of [outer, inner])
      expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });
});

describe('sync generators', () => {
  test('read to the end, broken off, thrown', () => {
    const read = new RecordingHooks();
    expect([...follow(syncNumbers, read)]).toEqual([1, 2]);
    expect([read.chunks, read.ends]).toEqual([[1, 2], [['streamed']]]);
    const broken = new RecordingHooks();
    const [first] = follow(syncNumbers, broken);
    expect([first, broken.ends]).toEqual([1, [['stopped']]]);
    const failing = new RecordingHooks();
    const generator = follow(syncNumbers, failing);
    expect(() => generator.throw(failure)).toThrow(failure);
    expect(failing.ends).toEqual([['threw', failure]]);
  });
});

describe('async iterables', () => {
  test('followed through a promise; a second reading does not end the work again', async () => {
    const hooks = new RecordingHooks();
    const iterable = { [Symbol.asyncIterator]: () => numbers() };
    const observed = await follow(async () => iterable, hooks);
    expect(observed).toBe(iterable);
    expect(await readAll(observed)).toEqual([1, 2, 3]);
    expect(await readAll(observed)).toEqual([1, 2, 3]);
    expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });

  test('an iterator that is handed out twice is followed once', async () => {
    const hooks = new RecordingHooks();
    const shared = numbers();
    const observed = follow(() => ({ [Symbol.asyncIterator]: () => shared }), hooks);
    for await (const _ of {
      [Symbol.asyncIterator]: () => ({ next: () => observed[Symbol.asyncIterator]().next() }),
    });
    expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });
});

describe("the SDKs' Stream", () => {
  /** The shape of Stainless' Stream: tee() and iteration share `iterator`; an abort ends it in silence. */
  class Stream {
    constructor(
      private readonly iterator: () => AsyncIterator<unknown>,
      readonly controller: AbortController,
    ) {}
    static of(fails = false): Stream {
      const controller = new AbortController();
      return new Stream(async function* () {
        let done = false;
        try {
          for await (const n of numbers()) {
            if (controller.signal.aborted) return;
            if (fails && n === 2) throw failure;
            yield n;
          }
          done = true;
        } finally {
          if (!done) controller.abort();
        }
      }, controller);
    }
    [Symbol.asyncIterator](): AsyncIterator<unknown> {
      return this.iterator();
    }
    tee(): [Stream, Stream] {
      const source = this.iterator();
      const queues: Promise<IteratorResult<unknown>>[][] = [[], []];
      const branch = (queue: Promise<IteratorResult<unknown>>[]) => () => ({
        next: () => {
          if (queue.length === 0) {
            const result = source.next();
            for (const each of queues) each.push(result);
          }
          return queue.shift() ?? source.next();
        },
      });
      const [left = [], right = []] = queues;
      return [new Stream(branch(left), this.controller), new Stream(branch(right), this.controller)];
    }
  }

  test('read to its end, through tee too, each chunk once', async () => {
    const plain = new RecordingHooks();
    await readAll(follow(() => Stream.of(), plain));
    const split = new RecordingHooks();
    const [left, right] = follow(() => Stream.of(), split).tee();
    expect(await Promise.all([readAll(left), readAll(right)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    for (const hooks of [plain, split])
      expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });

  test('a branch that was split off inside the call, and has no return(), reports that it was broken off', async () => {
    // OpenInference's instrumentations read one branch and hand on the other.
    const hooks = new RecordingHooks();
    const branch = follow(async () => Stream.of().tee()[1], hooks);
    for await (const _ of await branch) break;
    expect([hooks.chunks, hooks.ends]).toEqual([[1], [['stopped']]]);
    expect(await readAll(await branch)).toEqual([2, 3]);
  });

  test('broken off, aborted while read, aborted unread: stopped; a failure that aborts: thrown', async () => {
    const broken = new RecordingHooks();
    for await (const _ of follow(() => Stream.of(), broken)) break;
    const aborted = new RecordingHooks();
    const stream = follow(() => Stream.of(), aborted);
    for await (const _ of stream) stream.controller.abort();
    const unread = new RecordingHooks();
    follow(() => Stream.of(), unread).controller.abort();
    for (const hooks of [broken, aborted, unread]) expect(hooks.ends).toEqual([['stopped']]);
    const failing = new RecordingHooks();
    await expect(readAll(follow(() => Stream.of(true), failing))).rejects.toBe(failure);
    expect(failing.ends).toEqual([['threw', failure]]);
  });
});
