import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream, TransformStream, WritableStream } from 'node:stream/web';
import { describe, expect, test } from 'vitest';
import { follow } from '../../src/results/follow.js';
import { activeCall, RecordingHooks, readAll, unhandledDuring } from '../fakes/recording-hooks.js';

const failure = new Error('of the app');
const tick = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A web stream of 1 to `upTo`, on demand; counts what is asked of it. */
function source(
  upTo = 3,
  asked: { pulls: number; cancelled?: unknown } = { pulls: 0 },
): ReadableStream<number> {
  return new ReadableStream(
    {
      pull(controller) {
        asked.pulls++;
        if (asked.pulls <= upTo) controller.enqueue(asked.pulls);
        else controller.close();
      },
      cancel(reason) {
        asked.cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
}

const doubling = () => new TransformStream<number, number>({ transform: (n, c) => c.enqueue(n * 2) });

describe("the web's ReadableStream", () => {
  test.each<[string, (stream: ReadableStream<number>) => Promise<unknown[]>, number[]]>([
    ['iteration', (s) => readAll(s), [1, 2, 3]],
    ['values()', (s) => readAll(s.values()), [1, 2, 3]],
    ['pipeThrough', (s) => readAll(s.pipeThrough(doubling())), [2, 4, 6]],
    [
      'tee',
      async (s) => (await Promise.all(s.tee().map((branch) => readAll(branch)))).flat(),
      [1, 2, 3, 1, 2, 3],
    ],
    ['fromWeb', (s) => readAll(Readable.fromWeb(s, { objectMode: true })), [1, 2, 3]],
  ])('%s: the same object, each chunk once, one end', async (_, read, expected) => {
    const hooks = new RecordingHooks();
    const stream = source();
    const observed = await follow(async () => stream, hooks);
    expect(observed).toBe(stream);
    expect(observed).toBeInstanceOf(ReadableStream);
    expect(await read(observed)).toEqual(expected);
    expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });

  test('a reader reads, cancels and lets go as ever', async () => {
    const hooks = new RecordingHooks();
    const asked = { pulls: 0, cancelled: undefined };
    const observed = follow(() => source(3, asked), hooks);
    const first = observed.getReader();
    expect(await first.read()).toEqual({ done: false, value: 1 });
    expect(observed.locked).toBe(true);
    await expect(observed.cancel()).rejects.toThrow(TypeError);
    first.releaseLock();
    expect([observed.locked, hooks.ends]).toEqual([false, []]);
    await observed.getReader().cancel('enough');
    expect([asked.pulls, asked.cancelled, hooks.ends]).toEqual([1, 'enough', [['stopped']]]);
  });

  test('nothing is pulled before the consumer asks, nor more than it asks for', async () => {
    const asked = { pulls: 0 };
    const observed = follow(() => source(100, asked), new RecordingHooks());
    await tick();
    expect(asked.pulls).toBe(0);
    const bare = { pulls: 0 };
    const read = (stream: ReadableStream<number>) =>
      stream
        .pipeThrough(new TransformStream({}, { highWaterMark: 1 }, { highWaterMark: 0 }))
        .getReader()
        .read();
    await Promise.all([read(observed), read(source(100, bare))]);
    await tick();
    expect(asked.pulls).toBeLessThanOrEqual(bare.pulls);
  });

  test('break, cancel, a failing pipe stop it', async () => {
    const hooks = [1, 2, 3].map(() => new RecordingHooks());
    const [broken, cancelled, piped] = hooks.map((each) => follow(() => source(), each));
    for await (const _ of broken ?? []) break;
    await cancelled?.cancel();
    const failing = new WritableStream({
      write() {
        throw failure;
      },
    });
    await expect(piped?.pipeTo(failing)).rejects.toBe(failure);
    for (const each of hooks) expect(each.ends).toEqual([['stopped']]);
  });

  test('of two branches the last to be cancelled stops it, and one read to the end ends it', async () => {
    const stopped = new RecordingHooks();
    const [left, right] = follow(() => source(), stopped).tee();
    const both = [left.cancel()];
    expect(stopped.ends).toEqual([]);
    both.push(right.cancel());
    await Promise.all(both);
    expect(stopped.ends).toEqual([['stopped']]);
    const read = new RecordingHooks();
    const [dropped, kept] = follow(() => source(), read).tee();
    const pending = dropped.getReader();
    void pending.read();
    void pending.cancel();
    expect(await readAll(kept)).toEqual([1, 2, 3]);
    expect([read.chunks, read.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });

  test('iteration that keeps the stream goes on later', async () => {
    const hooks = new RecordingHooks();
    const observed = follow(() => source(), hooks);
    for await (const _ of observed.values({ preventCancel: true })) break;
    expect(hooks.ends).toEqual([]);
    expect(await readAll(observed)).toEqual([2, 3]);
    expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });

  test('a failure is thrown to the consumer and reported; pulls run in the context of the call', async () => {
    const hooks = new RecordingHooks('pulled');
    const contexts: unknown[] = [];
    const stream = new ReadableStream(
      {
        pull(controller) {
          contexts.push(activeCall.getStore());
          controller.error(failure);
        },
      },
      { highWaterMark: 0 },
    );
    await tick();
    await expect(
      follow(() => stream, hooks)
        .getReader()
        .read(),
    ).rejects.toBe(failure);
    expect([contexts, hooks.ends]).toEqual([['pulled'], [['threw', failure]]]);
  });

  test('wrapped twice, each layer hears each chunk once', async () => {
    const layers = [new RecordingHooks(), new RecordingHooks()] as const;
    const [left, right] = follow(() => follow(() => source(), layers[0]), layers[1]).tee();
    await Promise.all([readAll(left.pipeThrough(doubling())), readAll(right)]);
    for (const hooks of layers) expect([hooks.chunks, hooks.ends]).toEqual([[1, 2, 3], [['streamed']]]);
  });
});

describe("Node's Readable", () => {
  test.each<[string, (stream: Readable) => Promise<unknown>]>([
    ['iteration', (s) => readAll(s)],
    ['data events', (s) => new Promise((resolve) => s.on('data', () => 0).on('end', resolve))],
    ['read()', (s) => new Promise((resolve) => s.on('readable', () => s.read()).on('end', resolve))],
    ['pipeline', (s) => pipeline(s, new PassThrough({ objectMode: true }).resume())],
  ])('%s: the same object, unread before, each chunk once', async (_, read) => {
    const hooks = new RecordingHooks();
    const stream = Readable.from(['a', 'b']);
    const observed = follow(() => stream, hooks);
    expect(observed).toBe(stream);
    await tick();
    expect([hooks.chunks, stream.readableFlowing, stream.listenerCount('error')]).toEqual([[], null, 0]);
    await read(observed);
    expect([hooks.chunks, hooks.ends]).toEqual([['a', 'b'], [['streamed']]]);
  });

  test('broken off, destroyed, destroyed before: stopped; failed: thrown', async () => {
    const hooks = [1, 2, 3].map(() => new RecordingHooks());
    const [broken, destroyed, before] = hooks;
    if (broken) for await (const _ of follow(() => Readable.from(['a', 'b']), broken)) break;
    if (destroyed) follow(() => Readable.from(['a']), destroyed).destroy();
    if (before) follow(() => Readable.from(['a']).destroy(), before);
    await tick();
    for (const each of hooks) expect(each.ends).toEqual([['stopped']]);
    const failing = new RecordingHooks();
    const stream = follow(() => Readable.from(['a']), failing);
    const heard = new Promise((resolve) => stream.on('error', resolve));
    stream.destroy(failure);
    expect(await heard).toBe(failure);
    expect(failing.ends).toEqual([['threw', failure]]);
  });

  test('an error without a listener is as fatal as before', () => {
    const stream = follow(() => Readable.from(['a']), new RecordingHooks());
    expect(() => stream.emit('error', failure)).toThrow(failure);
  });

  test('a generator behind it runs in the context of the call', async () => {
    const contexts = async function* () {
      yield String(activeCall.getStore());
    };
    const observed = follow(() => Readable.from(contexts()), new RecordingHooks('reading'));
    expect(await readAll(observed)).toEqual(['reading']);
  });
});

describe("the SDKs' event streams", () => {
  /** The shape of MessageStream and similar: runs by itself, and reports failures without a listener as unhandled. */
  class EventStream {
    ended = false;
    errored = false;
    aborted = false;
    private caught = false;
    private error: unknown;
    private readonly events = new EventEmitter();
    on(event: string, listener: (...args: unknown[]) => void): this {
      this.events.on(event === 'error' ? 'failed' : event, listener);
      return this;
    }
    async done(): Promise<void> {
      this.caught = true;
      if (!this.ended) await new Promise((resolve) => this.on('end', resolve));
      if (this.error !== undefined) throw this.error;
    }
    async finalMessage(): Promise<string> {
      await this.done();
      return 'final';
    }
    async *[Symbol.asyncIterator]() {}
    chunk(chunk: unknown): void {
      this.events.emit('streamEvent', chunk, 'snapshot');
    }
    end(how?: 'errored' | 'aborted', error?: unknown): void {
      this.error = error;
      if (how !== undefined) {
        this[how] = true;
        const heard = this.events.emit(how === 'errored' ? 'failed' : 'abort', error);
        if (!heard && !this.caught) void Promise.reject(error);
      }
      this.ended = true;
      this.events.emit('end');
    }
  }

  test('chunks and end are heard, nothing is read', async () => {
    const hooks = new RecordingHooks();
    const stream = new EventStream();
    expect(follow(() => stream, hooks)).toBe(stream);
    stream.chunk('a');
    stream.chunk('b');
    stream.end();
    expect([hooks.chunks, hooks.ends]).toEqual([['a', 'b'], [['streamed']]]);
  });

  test.each([
    ['errored', ['threw', failure]],
    ['aborted', ['stopped']],
  ] as const)('%s: reported, and still unhandled without a handler', async (how, told) => {
    const hooks = new RecordingHooks();
    const unhandled = await unhandledDuring(() => follow(() => new EventStream(), hooks).end(how, failure));
    expect([unhandled, hooks.ends]).toEqual([[failure], [told]]);
    const quiet = await unhandledDuring(async () => {
      const stream = follow(() => new EventStream(), new RecordingHooks());
      const final = stream.finalMessage();
      stream.end(how, failure);
      await expect(final).rejects.toBe(failure);
    });
    expect(quiet).toEqual([]);
  });

  test('one that is over already gives its result', async () => {
    const hooks = new RecordingHooks();
    const stream = new EventStream();
    stream.end();
    await follow(async () => stream, hooks);
    await tick();
    expect(hooks.ends).toEqual([['returned', 'final']]);
  });

  test('a runner without a stream reports its answers', async () => {
    const hooks = new RecordingHooks();
    const runner = Object.assign(new EventEmitter(), { ended: false, done: async () => {} });
    follow(() => runner, hooks);
    runner.emit('chatCompletion', { usage: 1 });
    runner.emit('end');
    expect([hooks.chunks, hooks.ends]).toEqual([[{ usage: 1 }], [['streamed']]]);
  });
});

describe('streams within an answer', () => {
  const chunks = async function* () {
    yield 'a';
    yield 'b';
  };

  test.each(['stream', 'body'] as const)('{ %s } is followed', async (key) => {
    const hooks = new RecordingHooks();
    const answer = { [key]: { [Symbol.asyncIterator]: chunks }, $metadata: {} };
    const observed = await follow(async () => answer, hooks);
    expect(observed).toBe(answer);
    expect(hooks.ends).toEqual([]);
    await readAll(observed[key] as AsyncIterable<unknown>);
    expect([hooks.chunks, hooks.ends]).toEqual([['a', 'b'], [['streamed']]]);
  });

  class Own extends ReadableStream<unknown> {}

  test.each<[string, () => object, string]>([
    ['a stream handed out at once', () => ({ stream: chunks() }), 'stream'],
    ['{ data } beside the HTTP response', () => ({ data: chunks(), response: {}, request_id: 'r' }), 'data'],
    [
      'a subclass of the web stream',
      () => ({
        body: new Own({
          start(controller) {
            for (const chunk of ['a', 'b']) controller.enqueue(chunk);
            controller.close();
          },
        }),
      }),
      'body',
    ],
    ['a Proxy of a stream', () => ({ stream: new Proxy({ [Symbol.asyncIterator]: chunks }, {}) }), 'stream'],
  ])('%s is followed', async (_, make, key) => {
    const hooks = new RecordingHooks();
    const answer = make();
    const observed = follow(() => answer, hooks);
    expect(observed).toBe(answer);
    expect(await readAll(Reflect.get(observed, key))).toEqual(['a', 'b']);
    expect(hooks.chunks).toEqual(['a', 'b']);
    expect(hooks.ends.length).toBe(1);
  });

  test('the bytes of an HTTP answer are left alone', async () => {
    for (const body of [new ReadableStream(), Readable.from(['a'])]) {
      const hooks = new RecordingHooks();
      const answer = { statusCode: 200, body };
      expect(await follow(async () => answer, hooks)).toBe(answer);
      expect(hooks.ends).toEqual([['returned', answer]]);
    }
  });

  test('a collected answer beside the stream reports the end, whether it is read or not', async () => {
    const hooks = new RecordingHooks();
    const observed = await follow(
      async () => ({ stream: chunks(), response: Promise.resolve('whole') }),
      hooks,
    );
    expect(await observed.response).toBe('whole');
    expect(hooks.ends).toEqual([['returned', 'whole']]);
    const failing = async () => ({ stream: chunks(), response: Promise.reject(failure) });
    expect(await unhandledDuring(() => follow(failing, new RecordingHooks()))).toEqual([failure]);
    const frozen = async () => Object.freeze({ stream: chunks(), response: Promise.reject(failure) });
    const handled = async () => (await follow(frozen, new RecordingHooks())).response.catch(() => 0);
    expect(await unhandledDuring(handled)).toEqual([]);
  });
});

describe("results of the Vercel AI SDK's streamText", () => {
  /** The shape of the result: every view takes a branch of `baseStream` and starts to read it. */
  class Result {
    views = 0;
    constructor(private baseStream: ReadableStream<unknown>) {}
    get fullStream(): ReadableStream<unknown> {
      this.views++;
      const [mine, rest] = this.baseStream.tee();
      this.baseStream = rest;
      return mine.pipeThrough(new TransformStream());
    }
    get usage(): Promise<unknown> {
      return readAll(this.fullStream);
    }
  }
  const parts = (...list: unknown[]) =>
    ReadableStream.from(list.map((part) => ({ part, partialOutput: 'x' })));
  const finish = { type: 'finish', totalUsage: { inputTokens: 3 } };

  test('no view is read by us; every part is reported once, however many views are read', async () => {
    const hooks = new RecordingHooks();
    const result = new Result(parts({ type: 'text-delta' }, finish));
    expect(follow(() => result, hooks)).toBe(result);
    await tick();
    expect([result.views, hooks.chunks]).toEqual([0, []]);
    await Promise.all([readAll(result.fullStream), result.usage]);
    expect([hooks.chunks, hooks.ends]).toEqual([[{ type: 'text-delta' }, finish], [['streamed']]]);
  });

  test('broken off without another reader: stopped', async () => {
    const hooks = new RecordingHooks();
    for await (const _ of follow(() => new Result(parts(1, 2, 3, 4, 5, 6, 7, 8)), hooks).fullStream) break;
    await tick();
    expect(hooks.ends).toEqual([['stopped']]);
  });

  /** The state that the SDK keeps of a result that was read to its end, or failed. */
  const readOut = (status: object) =>
    Object.assign(new Result(parts(finish)), {
      _steps: { status },
      _totalUsage: { status: { type: 'resolved', value: { inputTokens: 3 } } },
    });
  const step = { response: { id: 'resp_1' }, usage: { inputTokens: 3 } };

  test('read to its end inside the wrapped function: over at once, with its totals', async () => {
    const hooks = new RecordingHooks();
    const result = readOut({ type: 'resolved', value: [step] });
    expect(await follow(async () => result, hooks)).toBe(result);
    const usage = { inputTokens: 3 };
    expect([result.views, hooks.ends]).toEqual([
      0,
      [['returned', { usage, totalUsage: usage, steps: [step] }]],
    ]);
  });

  test('failed inside the wrapped function: over at once', () => {
    const hooks = new RecordingHooks();
    follow(() => readOut({ type: 'rejected', error: failure }), hooks);
    expect(hooks.ends).toEqual([['threw', failure]]);
  });

  test('begun inside the wrapped function: over when the rest is read', async () => {
    const hooks = new RecordingHooks();
    await readAll(follow(() => readOut({ type: 'pending' }), hooks).fullStream);
    expect(hooks.ends).toEqual([['streamed']]);
  });

  test('a failure or abort among the parts is the end', async () => {
    for (const [part, told] of [
      [{ type: 'error', error: failure }, ['threw', failure]],
      [{ type: 'abort' }, ['stopped']],
    ]) {
      const hooks = new RecordingHooks();
      await readAll(follow(() => new Result(parts(part, finish)), hooks).fullStream);
      expect([hooks.chunks, hooks.ends]).toEqual([[part, finish], [told]]);
    }
  });
});
