/** Every kind of stream, read in every way: the app gets what it would get without us, and each chunk is reported once. */
import * as streams from 'node:stream';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  ReadableStream,
  type ReadableStreamDefaultController,
  type ReadableStreamDefaultReader,
  TransformStream,
  WritableStream,
} from 'node:stream/web';
import { describe, expect, test } from 'vitest';
import { follow } from '../../src/results/follow.js';
import { RecordingHooks, readAll } from '../fakes/recording-hooks.js';

const failure = new Error('of the provider');

/** A provider that answers when it is asked, and notes what it is asked. */
class Provider {
  readonly log: string[] = [];
  private sent = 0;

  constructor(
    private readonly size: number,
    private readonly fails = false,
  ) {}

  async ask(): Promise<{ n: number } | undefined> {
    this.log.push('asked');
    await new Promise((resolve) => setImmediate(resolve));
    if (this.sent === this.size) {
      if (this.fails) throw failure;
      return undefined;
    }
    return { n: ++this.sent };
  }

  left(): void {
    this.log.push('left');
  }

  async *generator(): AsyncGenerator<{ n: number }, void, undefined> {
    let isOver = false;
    try {
      for (;;) {
        const chunk = await this.ask();
        if (chunk === undefined) break;
        yield chunk;
      }
      isOver = true;
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      if (!isOver) this.left();
    }
  }

  get underlying() {
    return {
      pull: async (controller: ReadableStreamDefaultController<unknown>) => {
        const chunk = await this.ask();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: () => this.left(),
    };
  }
}

const onDemand = { highWaterMark: 0 };

/** Has `next()` of its own, and hands out another object to iterate: the Claude Agent SDK's `Query`. */
class Query {
  #inner: AsyncGenerator<unknown, void, undefined>;
  constructor(provider: Provider) {
    this.#inner = provider.generator();
  }
  next(): Promise<IteratorResult<unknown>> {
    return this.#inner.next();
  }
  return(): Promise<IteratorResult<unknown>> {
    return this.#inner.return();
  }
  throw(error: unknown): Promise<IteratorResult<unknown>> {
    return this.#inner.throw(error);
  }
  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.#inner;
  }
}

/** The same, with a new generator for each loop, which reads through the object's own `next()`. */
class Session {
  #inner: AsyncGenerator<unknown, void, undefined>;
  constructor(provider: Provider) {
    this.#inner = provider.generator();
  }
  next(): Promise<IteratorResult<unknown>> {
    return this.#inner.next();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    try {
      for (;;) {
        const { done, value } = await this.next();
        if (done) return;
        yield value;
      }
    } finally {
      await this.#inner.return();
    }
  }
}

/** Iterates over a private source only. */
class Answer {
  readonly #provider: Provider;
  constructor(provider: Provider) {
    this.#provider = provider;
  }
  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.#provider.generator();
  }
}

/** Speakeasy's `EventStream`, in the Mistral and OpenRouter SDKs. */
class EventStream extends ReadableStream<unknown> {
  readonly #provider: Provider;
  constructor(provider: Provider) {
    super(provider.underlying, onDemand);
    this.#provider = provider;
  }
  override [Symbol.asyncIterator]() {
    expect(this.#provider).toBeDefined();
    return ReadableStream.prototype[Symbol.asyncIterator].call(this);
  }
}

/** The same, as it iterates where streams have no iterator. The AI SDK does so, too. */
class ReaderStream extends ReadableStream<unknown> {
  constructor(provider: Provider) {
    super(provider.underlying, onDemand);
  }
  override async *[Symbol.asyncIterator](): AsyncGenerator<unknown, undefined, undefined> {
    const reader = this.getReader();
    let isOver = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        isOver = done;
        if (done) return undefined;
        yield value;
      }
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      if (!isOver) await reader.cancel();
      reader.releaseLock();
    }
  }
}

/** LangChain's `IterableReadableStream`: the stream is its own iterator, and reads itself. */
class SelfIterating extends ReadableStream<unknown> {
  #reader: ReadableStreamDefaultReader<unknown> | undefined;
  constructor(provider: Provider) {
    super(provider.underlying, onDemand);
  }
  async next(): Promise<IteratorResult<unknown>> {
    this.#reader ??= this.getReader();
    const { done, value } = await this.#reader.read();
    if (done) this.#reader.releaseLock();
    return done ? { done, value: undefined } : { done, value };
  }
  async return(): Promise<IteratorResult<unknown>> {
    this.#reader ??= this.getReader();
    if (this.locked) {
      const cancelled = this.#reader.cancel();
      this.#reader.releaseLock();
      await cancelled;
    }
    return { done: true, value: undefined };
  }
  async throw(error: unknown): Promise<IteratorResult<unknown>> {
    throw error;
  }
  override [Symbol.asyncIterator](): this {
    return this;
  }
}

/** A Proxy whose handler gives the methods of another object, as instrumentations hand it out. */
function proxied<T extends object>(real: T, shown: object): T {
  return new Proxy(real, {
    get(target, key) {
      const from = key in shown ? shown : target;
      const value: unknown = Reflect.get(from, key);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}

type AnyStream = AsyncIterable<unknown>;

const KINDS: Record<string, (provider: Provider) => AnyStream> = {
  generator: (provider) => provider.generator(),
  'inner iterator': (provider) => new Query(provider),
  'generator each time': (provider) => new Session(provider),
  'private source': (provider) => new Answer(provider),
  'web stream': (provider) => new ReadableStream(provider.underlying, onDemand),
  'web stream, own iterator': (provider) => new EventStream(provider),
  'web stream, own reader': (provider) => new ReaderStream(provider),
  'web stream, own next': (provider) => new SelfIterating(provider),
  'Proxy of a generator': (provider) => proxied(provider.generator(), {}),
  'Proxy with another iterator': (provider) => proxied(new Answer(new Provider(0)), new Answer(provider)),
  'Proxy of a web stream': (provider) => proxied(new ReadableStream(provider.underlying, onDemand), {}),
  'Node stream': (provider) => Readable.from(provider.generator(), { highWaterMark: 1 }),
  'Node stream of a web stream': (provider) =>
    Readable.fromWeb(new ReadableStream(provider.underlying, onDemand), {
      objectMode: true,
      highWaterMark: 1,
    }),
};

/** Its types lack the function. */
const compose: (...chain: unknown[]) => AnyStream = Reflect.get(streams, 'compose');

const through = () => new TransformStream({}, { highWaterMark: 1 }, { highWaterMark: 0 });
const passing = () => new PassThrough({ objectMode: true, highWaterMark: 1 });

async function byReader(stream: AnyStream, upTo = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  if (!(stream instanceof ReadableStream)) return await byNext(stream, upTo);
  const reader = stream.getReader();
  const chunks: unknown[] = [];
  while (chunks.length < upTo) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  reader.releaseLock();
  return chunks;
}

async function byNext(stream: AnyStream, upTo = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const iterator =
    'next' in stream ? (stream as unknown as AsyncIterator<unknown>) : stream[Symbol.asyncIterator]();
  const chunks: unknown[] = [];
  while (chunks.length < upTo) {
    const { done, value } = await iterator.next();
    if (done) break;
    chunks.push(value);
  }
  return chunks;
}

async function byPipe(stream: AnyStream): Promise<unknown[]> {
  if (!(stream instanceof ReadableStream)) return await readAll(Readable.from(stream));
  const chunks: unknown[] = [];
  await stream.pipeTo(
    new WritableStream({ write: (chunk) => void chunks.push(chunk) }, { highWaterMark: 1 }),
  );
  return chunks;
}

const WAYS: Record<string, (stream: AnyStream) => Promise<unknown[]>> = {
  'for await': (stream) => readAll(stream),
  'next()': (stream) => byNext(stream),
  getReader: (stream) => byReader(stream),
  'values()': (stream) => readAll(stream instanceof ReadableStream ? stream.values() : stream),
  tee: async (stream) => {
    if (!(stream instanceof ReadableStream)) return await readAll(stream);
    const [left, right] = await Promise.all(stream.tee().map((branch) => readAll(branch)));
    expect(left).toEqual(right);
    return left ?? [];
  },
  pipeTo: byPipe,
  pipeThrough: (stream) => readAll(stream instanceof ReadableStream ? stream.pipeThrough(through()) : stream),
  'Readable.from': (stream) => readAll(Readable.from(stream, { highWaterMark: 1 })),
  'Readable.fromWeb': (stream) =>
    readAll(stream instanceof ReadableStream ? Readable.fromWeb(stream, { objectMode: true }) : stream),
  'ReadableStream.from': (stream) => readAll(ReadableStream.from(stream)),
  'a pipe of Node': (stream) => {
    const out = passing();
    return readAll(
      stream instanceof Readable ? stream.on('error', (error) => out.destroy(error)).pipe(out) : stream,
    );
  },
  pipeline: async (stream) => {
    const chunks: unknown[] = [];
    await pipeline(stream, passing(), async (source: AnyStream) => {
      for await (const chunk of source) chunks.push(chunk);
    });
    return chunks;
  },
  compose: (stream) => readAll(compose(stream, passing())),
  'events of Node': (stream) =>
    stream instanceof Readable
      ? new Promise((resolve, reject) => {
          const chunks: unknown[] = [];
          stream.on('data', (chunk) => chunks.push(chunk));
          stream.on('end', () => resolve(chunks)).on('error', reject);
        })
      : readAll(stream),
  'one by a reader, the rest in a loop': async (stream) => [
    ...(await byReader(stream, 1)),
    ...(await readAll(stream)),
  ],
};

const BREAKS: Record<string, (stream: AnyStream) => Promise<unknown[]>> = {
  'left in a loop': async (stream) => {
    for await (const chunk of stream) return [chunk];
    return [];
  },
  'cancelled by a reader': async (stream) => {
    if (!(stream instanceof ReadableStream)) return await (BREAKS['left in a loop']?.(stream) ?? []);
    const reader = stream.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return [value];
  },
  'left behind a pipe': async (stream) => {
    for await (const chunk of Readable.from(stream, { highWaterMark: 1 })) return [chunk];
    return [];
  },
};

/** What the app sees of a stream: the chunks or the error, and what the provider was asked. */
async function seen(
  kind: string,
  way: (stream: AnyStream) => Promise<unknown[]>,
  provider: Provider,
  hooks?: RecordingHooks,
): Promise<object> {
  const make = () => KINDS[kind]?.(provider) ?? [];
  const stream = hooks === undefined ? make() : follow(make, hooks);
  await new Promise((resolve) => setTimeout(resolve, 1));
  const unread = [...provider.log];
  const got: object = await way(stream as AnyStream).then(
    (chunks) => ({ chunks }),
    (error: unknown) => ({ error }),
  );
  await turns();
  return { ...got, unread, log: provider.log };
}

/** Lets everything that was left come to its end. Counted in turns: on a busy machine, a time may hold only one. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  test.each(Object.keys(WAYS))('read by %s', async (name) => {
    const way = WAYS[name] ?? readAll;
    const hooks = new RecordingHooks();
    const bare = await seen(kind, way, new Provider(3));
    expect(await seen(kind, way, new Provider(3), hooks)).toEqual(bare);
    expect(bare).toMatchObject({ unread: [], chunks: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    expect([hooks.chunks, hooks.ends]).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }], [['streamed']]]);
  });

  test.each(Object.keys(WAYS))('fails while it is read by %s', async (name) => {
    const way = WAYS[name] ?? readAll;
    const hooks = new RecordingHooks();
    const bare = await seen(kind, way, new Provider(1, true));
    expect(bare).toMatchObject({ error: failure });
    expect(await seen(kind, way, new Provider(1, true), hooks)).toEqual(bare);
    expect([hooks.chunks, hooks.ends]).toEqual([[{ n: 1 }], [['threw', failure]]]);
  });

  test.each(Object.keys(BREAKS))('is %s', async (name) => {
    const way = BREAKS[name] ?? readAll;
    const hooks = new RecordingHooks();
    const bare = await seen(kind, way, new Provider(9));
    expect(await seen(kind, way, new Provider(9), hooks)).toEqual(bare);
    expect(hooks.ends).toEqual([['stopped']]);
    expect(hooks.chunks[0]).toEqual({ n: 1 });
  });
});

describe('doors of one stream', () => {
  const chunk = (n: number) => ({ n });

  test('two loops that share a source: each chunk is reported once, and the end with the last of them', async () => {
    const hooks = new RecordingHooks();
    const provider = new Provider(6);
    const queue = {
      async *[Symbol.asyncIterator]() {
        for (let next = await provider.ask(); next !== undefined; next = await provider.ask()) yield next;
      },
    };
    const shared = follow(() => queue, hooks);
    const [left = [], right = []] = await Promise.all([readAll(shared), readAll(shared)]);
    expect([...left, ...right].length).toBe(6);
    expect([hooks.chunks.length, hooks.ends]).toEqual([6, [['streamed']]]);
    expect(new Set(hooks.chunks)).toEqual(new Set([...left, ...right]));
  });

  test('a loop that is begun again gives the same chunks: they are reported once', async () => {
    const hooks = new RecordingHooks();
    const list = [chunk(1), chunk(2), chunk(3)];
    const replayed = follow(() => ({ [Symbol.asyncIterator]: () => Readable.from(list).iterator() }), hooks);
    const first = replayed[Symbol.asyncIterator]();
    expect([(await first.next()).value, await readAll(replayed)]).toEqual([list[0], list]);
    expect([hooks.chunks, hooks.ends]).toEqual([list, [['streamed']]]);
  });

  test('a stream that is read again and again, after its end and in other ways, is as it would be', async () => {
    const hooks = new RecordingHooks();
    const list = Array.from({ length: 40 }, (_, n) => chunk(n));
    class Again {
      async *[Symbol.asyncIterator]() {
        yield* list;
      }
    }
    const again = follow(() => new Again(), hooks);
    for (let round = 0; round < 3; round++) {
      const begun = again[Symbol.asyncIterator]();
      expect([(await begun.next()).value, await readAll(again), await readAll(begun)]).toEqual([
        list[0],
        list,
        list.slice(1),
      ]);
    }
    expect([hooks.chunks, hooks.ends]).toEqual([list, [['streamed']]]);
  });

  test('an object that is given again with other content is reported again', async () => {
    const hooks = new RecordingHooks();
    const counts: number[] = [];
    const growing = async function* () {
      const message = { tokens: 0 };
      for (; message.tokens < 3; message.tokens++) yield message;
    };
    hooks.chunk = (part) => void counts.push(Number(Reflect.get(Object(part), 'tokens')));
    await readAll(follow(growing, hooks));
    expect(counts).toEqual([0, 1, 2]);
  });

  /** A web stream that makes something else of its chunks, and gives a last one when they have ended. */
  function derived(parts: unknown[], make: (part: unknown) => unknown, last?: unknown) {
    class Derived extends ReadableStream<unknown> {
      override async *[Symbol.asyncIterator](): AsyncGenerator<unknown, undefined, undefined> {
        const reader = this.getReader();
        for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read())
          yield make(value);
        if (last !== undefined) yield last;
        return undefined;
      }
    }
    return new Derived({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
  }

  test('chunks made of bytes are reported as they are given out, the last one, too', async () => {
    const hooks = new RecordingHooks();
    const bytes = [1, 2].map((n) => new TextEncoder().encode(JSON.stringify(chunk(n))));
    const parse = (part: unknown) => JSON.parse(new TextDecoder().decode(part as Uint8Array));
    await readAll(follow(() => derived(bytes, parse, chunk(3)), hooks));
    expect(hooks.chunks.filter((part) => !ArrayBuffer.isView(part))).toEqual([chunk(1), chunk(2), chunk(3)]);
    expect(hooks.ends).toEqual([['streamed']]);
  });

  test('a reader that is opened later in a loop leaves the end to the loop, which has a last chunk to give', async () => {
    class Late extends ReadableStream<unknown> {
      override async *[Symbol.asyncIterator](): AsyncGenerator<unknown, undefined, undefined> {
        await Promise.resolve();
        const reader = this.getReader();
        let text = '';
        for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read())
          text += value;
        yield JSON.parse(text);
        return undefined;
      }
    }
    const hooks = new RecordingHooks();
    const make = () =>
      new Late({
        start(controller) {
          for (const part of ['{"n":', '1}']) controller.enqueue(part);
          controller.close();
        },
      });
    expect(await readAll(follow(make, hooks))).toEqual([chunk(1)]);
    expect([hooks.chunks.at(-1), hooks.ends]).toEqual([chunk(1), [['streamed']]]);
  });

  test('copies of chunks that were reported are not', async () => {
    const hooks = new RecordingHooks();
    const copy = (part: unknown) => ({ ...Object(part), isCopy: true });
    await readAll(follow(() => derived([chunk(1), chunk(2)], copy), hooks));
    expect([hooks.chunks, hooks.ends]).toEqual([[chunk(1), chunk(2)], [['streamed']]]);
  });

  test('a reader that is released while it waits leaves the stream to the next', async () => {
    const hooks = new RecordingHooks();
    const provider = new Provider(2);
    const stream = follow(() => new ReadableStream(provider.underlying, onDemand), hooks);
    const reader = stream.getReader();
    const pending = reader.read();
    reader.releaseLock();
    await expect(pending).rejects.toThrow(TypeError);
    expect(hooks.ends).toEqual([]);
    expect(await readAll(stream)).toEqual([chunk(1), chunk(2)]);
    expect([hooks.chunks, hooks.ends]).toEqual([[chunk(1), chunk(2)], [['streamed']]]);
  });

  test('a pipe that fails and may not cancel leaves the stream to be read', async () => {
    const read = async (stream: ReadableStream<unknown>) => {
      const failing = new WritableStream({
        write() {
          throw failure;
        },
      });
      await expect(stream.pipeTo(failing, { preventCancel: true })).rejects.toBe(failure);
      return [stream.locked, (await readAll(stream)).length > 0];
    };
    const hooks = new RecordingHooks();
    const make = () => new ReadableStream(new Provider(9).underlying, onDemand);
    expect(await read(follow(make, hooks))).toEqual(await read(make()));
    expect(hooks.ends).toEqual([['streamed']]);
  });

  test("a subclass's own pipe keeps its private fields", async () => {
    class Piping extends ReadableStream<unknown> {
      readonly #name = 'mine';
      piped: string | undefined;
      override pipeTo(...args: Parameters<ReadableStream['pipeTo']>) {
        this.piped = this.#name;
        return super.pipeTo(...args);
      }
    }
    const hooks = new RecordingHooks();
    const stream = follow(() => new Piping(new Provider(2).underlying), hooks);
    await stream.pipeTo(new WritableStream());
    expect([stream.piped, hooks.ends]).toEqual(['mine', [['streamed']]]);
  });

  test('an iterator that cannot be followed leaves the rest to the doors that can', async () => {
    class Sealed extends ReadableStream<unknown> {
      // @ts-expect-error an iterator that has only what a loop needs
      override [Symbol.asyncIterator]() {
        const reader = this.getReader();
        return Object.freeze({ next: () => reader.read() });
      }
    }
    const hooks = new RecordingHooks();
    const stream = follow(() => new Sealed(new Provider(2).underlying), hooks);
    expect(await readAll(stream)).toEqual([chunk(1), chunk(2)]);
    expect([hooks.chunks, hooks.ends]).toEqual([[chunk(1), chunk(2)], [['streamed']]]);
  });

  test('a stream of the older kind of Node is followed by its events', async () => {
    const make = () => Object.assign(new streams.Stream(), { readable: true });
    const run = (old: streams.Stream) => {
      const got: unknown[] = [];
      old.on('data', (part) => got.push(part)).on('end', () => got.push('end'));
      old.emit('data', chunk(1));
      old.emit('end');
      return got;
    };
    const hooks = new RecordingHooks();
    expect(run(follow(make, hooks))).toEqual(run(make()));
    expect([hooks.chunks, hooks.ends]).toEqual([[chunk(1)], [['streamed']]]);
  });
});
