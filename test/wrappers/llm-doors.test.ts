/** Results of a wrapped call that are read through many doors: the bill is right or flagged, and never lower than without the wrapper. */
import { ReadableStream, ReadableStreamDefaultReader, TransformStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import type { Span } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { type LlmOptions, withLlm, withTask } from '../../src/index.js';
import { chatAttributes, completion, foreign, startTracing, stopTracing, wait } from '../support/tracing.js';

const gpt4o = { provider: 'openai', model: 'gpt-4o' };
const PRICE_USD = 0.0035;

describe('results as SDKs and instrumentations hand them out', () => {
  async function bill(options: LlmOptions, make: () => unknown, read: (given: unknown) => Promise<unknown>) {
    startTracing();
    return await withTask('t', async (task) => {
      const given = await withLlm(options, make);
      await read(given);
      const { llmCalls, costUsd, costComplete } = task.totals;
      return { llmCalls, costUsd, costComplete };
    });
  }
  const loop = async (given: unknown) => {
    for await (const _ of given as AsyncIterable<unknown>);
  };

  const result = {
    type: 'result',
    subtype: 'success',
    usage: { input_tokens: 500, output_tokens: 100 },
    modelUsage: {
      'claude-sonnet-4-5': {
        inputTokens: 500,
        outputTokens: 100,
        cacheReadInputTokens: 0,
        cacheCreationInputTokens: 0,
        costUSD: 0.003,
      },
    },
    total_cost_usd: 0.003,
  };

  it.each(['loop', 'next()', 'next(), then a loop'])(
    "the Claude Agent SDK's Query, read by %s",
    async (way) => {
      class Query {
        #inner = (async function* () {
          yield { type: 'assistant' };
          yield result;
        })();
        next() {
          return this.#inner.next();
        }
        return(value: undefined) {
          return this.#inner.return(value);
        }
        throw(error: unknown) {
          return this.#inner.throw(error);
        }
        [Symbol.asyncIterator]() {
          return this.#inner;
        }
      }
      const read = async (given: unknown) => {
        if (!(given instanceof Query)) return;
        if (way !== 'loop') await given.next();
        if (way === 'next()') while (!(await given.next()).done);
        else await loop(given);
      };
      const options = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
      expect(await bill(options, () => new Query(), read)).toEqual({
        llmCalls: 1,
        costUsd: 0.003,
        costComplete: true,
      });
    },
  );

  it.each<[string, (stream: ReadableStream<unknown>) => Promise<unknown>]>([
    ['a loop', loop],
    ['values()', (stream) => loop(stream.values())],
    [
      'a reader',
      async (stream) => {
        const reader = stream.getReader();
        while (!(await reader.read()).done);
      },
    ],
    ['both branches of tee()', (stream) => Promise.all(stream.tee().map(loop))],
    ['a pipe', (stream) => loop(stream.pipeThrough(new TransformStream()))],
  ])("Speakeasy's EventStream of the Mistral SDK, read by %s", async (_, read) => {
    class EventStream extends ReadableStream<unknown> {
      override [Symbol.asyncIterator]() {
        return ReadableStream.prototype[Symbol.asyncIterator].call(this);
      }
    }
    const data = {
      model: 'mistral-small-latest',
      choices: [{ delta: { content: 'x' }, finishReason: 'stop' }],
      usage: { promptTokens: 1000, completionTokens: 100, totalTokens: 1100 },
    };
    const make = () =>
      new EventStream({
        start(controller) {
          controller.enqueue({ data });
          controller.close();
        },
      });
    const options = { provider: 'mistral', model: 'mistral-small-latest' };
    const billed = await bill(options, make, (given) =>
      given instanceof EventStream ? read(given) : Promise.reject(new Error('another object')),
    );
    expect(billed).toMatchObject({ llmCalls: 1, costComplete: true });
    expect(billed.costUsd).toBeGreaterThan(0);
  });

  it('a Proxy of an API promise whose `then` is that of another promise', async () => {
    const response = completion(1000, 100);
    class ApiPromise extends Promise<unknown> {
      static override get [Symbol.species]() {
        return Promise;
      }
      parse() {
        return Promise.resolve(response);
      }
      asResponse() {
        return Promise.resolve({});
      }
    }
    const original = new ApiPromise((resolve) => resolve(response));
    const instrumented = Promise.resolve(response);
    const make = () =>
      new Proxy(original, {
        get(target, key) {
          const from = key in Promise.prototype || key === Symbol.toStringTag ? instrumented : target;
          const value: unknown = Reflect.get(from, key);
          return typeof value === 'function' ? value.bind(from) : value;
        },
      });
    const given: unknown[] = [];
    const billed = await bill(gpt4o, make, async (value) => given.push(value));
    expect(given).toEqual([response]);
    expect(billed).toEqual({ llmCalls: 1, costUsd: PRICE_USD, costComplete: true });
  });
});

/** One call to a provider, as an instrumentation sees it, and the ways in which a result may be read. */
interface Work {
  /** Chunks that the app gets, in order. */
  chunks: unknown[];
  /** Called as the stream ends: instrumentations end their spans there. */
  ended(): void;
}

async function* chunksOf({ chunks, ended }: Work): AsyncGenerator<unknown, void, undefined> {
  try {
    for (const chunk of chunks) {
      await wait(0);
      yield chunk;
    }
  } finally {
    ended();
  }
}

class Inner {
  #inner: AsyncGenerator<unknown, void, undefined>;
  constructor(work: Work) {
    this.#inner = chunksOf(work);
  }
  next() {
    return this.#inner.next();
  }
  [Symbol.asyncIterator]() {
    return this.#inner;
  }
}

async function readAll(stream: unknown): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const chunk of stream as AsyncIterable<unknown>) read.push(chunk);
  return read;
}

async function readFirst(stream: unknown): Promise<unknown> {
  for await (const chunk of stream as AsyncIterable<unknown>) return chunk;
  return undefined;
}

/** The first event of Anthropic's stream. */
const STARTED = { type: 'message_start', message: { usage: { input_tokens: 1000, output_tokens: 1 } } };

const get = (given: unknown, key: string): unknown => Reflect.get(Object(given), key);
const webStream = (work: Work) => ReadableStream.from(chunksOf(work));

/** How a stream is handed out, and how the app reads it. `isSeen`: every chunk passes a door that is followed. */
const DOORS: Record<
  string,
  { make(work: Work): unknown; read(given: unknown): Promise<unknown>; isSeen?: true }
> = {
  generator: { make: chunksOf, read: readAll, isSeen: true },
  'inner iterator': { make: (work) => new Inner(work), read: readAll, isSeen: true },
  'web stream': { make: webStream, read: readAll, isSeen: true },
  'promise of a holder': {
    make: async (work) => ({ stream: new Inner(work) }),
    read: (given) => readAll(get(given, 'stream')),
    isSeen: true,
  },
  holder: {
    make: (work) => ({ stream: chunksOf(work) }),
    read: (given) => readAll(get(given, 'stream')),
    isSeen: true,
  },
  'frozen object': { make: (work) => Object.freeze(new Inner(work)), read: readAll },
  'Proxy of a frozen object': {
    make: (work) => new Proxy(Object.freeze({ [Symbol.asyncIterator]: () => chunksOf(work) }), {}),
    read: readAll,
  },
  'unknown key': {
    make: (work) => ({ events: chunksOf(work) }),
    read: (given) => readAll(get(given, 'events')),
  },
  'a function': {
    make: (work) => () => chunksOf(work),
    read: (given) => readAll(typeof given === 'function' && given()),
  },
  'a promise within': {
    make: async (work) => ({ done: readAll(chunksOf(work)) }),
    read: async (given) => get(given, 'done'),
  },
  'nothing, read inside': {
    make: async (work) => void (await readAll(chunksOf(work))),
    read: async () => undefined,
  },
  'only text, read inside': {
    make: async (work) => String(await readAll(chunksOf(work))),
    read: async () => undefined,
  },
  'a reader of the class': {
    make: webStream,
    read: async (given) => {
      if (!(given instanceof ReadableStream)) return;
      const reader: unknown = Reflect.apply(ReadableStream.prototype.getReader, given, []);
      if (reader instanceof ReadableStreamDefaultReader) while (!(await reader.read()).done);
    },
  },
  'an iterator that is not patched': {
    make: (work) =>
      Object.defineProperty(
        { next: () => Promise.resolve({ done: true, value: undefined }) },
        Symbol.asyncIterator,
        {
          value: () => chunksOf(work),
        },
      ),
    read: readAll,
  },
  'left after the first chunk': { make: chunksOf, read: readFirst },
  'an inner iterator that is left': { make: (work) => new Inner(work), read: readFirst },
  'a web stream that is left': { make: webStream, read: readFirst },
  'left when the input was counted': {
    make: (work) => chunksOf({ ...work, chunks: [STARTED, ...work.chunks] }),
    read: readFirst,
  },
  unread: { make: chunksOf, read: async () => undefined },
};

const WHEN = ['before', 'as the stream ends', 'after the stream', 'after the task', 'no span'] as const;

interface Case {
  door: string;
  when: (typeof WHEN)[number];
  /** Calls to the provider inside. */
  calls: number;
  /** The chunks say what was used. */
  saysUsage: boolean;
}

interface Outcome {
  costUsd: number;
  /** The own cost of all exported spans. */
  spansUsd: number;
  isSure: boolean;
  llmCalls: number;
  read: unknown;
}

async function run({ door, when, calls, saysUsage }: Case, isWrapped: boolean): Promise<Outcome> {
  const { make, read } = DOORS[door] ?? { make: () => {}, read: async () => {} };
  const { cost, spans } = startTracing();
  const later: Record<string, Span[]> = {};
  const end = (at: string) => {
    for (const span of later[at]?.splice(0) ?? []) span.end();
  };
  const chunks = [
    { choices: [{ delta: {} }] },
    ...(saysUsage ? [completion(1000 * calls, 100 * calls, { id: 'c' })] : []),
  ];
  const options = { attributes: chatAttributes(1000, 100) };
  const call = () => {
    for (let index = 0; index < calls && when !== 'no span'; index++)
      later[when] = [...(later[when] ?? []), foreign().startSpan(`theirs ${index}`, options)];
    end('before');
    return make({ chunks, ended: () => end('as the stream ends') });
  };
  let totals = { costUsd: 0, costComplete: true, estimatedCostUsd: 0, llmCalls: 0 };
  const task = await withTask('t', async (handle) => {
    const given = await (isWrapped ? withLlm(gpt4o, call) : call());
    const got = await read(given);
    end('after the stream');
    await delay(1);
    return { handle, got };
  });
  end('after the task');
  end('as the stream ends');
  await cost.shutdown();
  totals = { ...totals, ...task.handle.totals };
  const { costUsd, costComplete, llmCalls } = totals;
  const spansUsd = spans().reduce((sum, { attributes }) => sum + Number(attributes.cost_usd ?? 0), 0);
  await stopTracing();
  return {
    costUsd,
    spansUsd,
    isSure: costComplete && totals.estimatedCostUsd === 0,
    llmCalls,
    read: task.got,
  };
}

const usd = (amount: number) => Math.round(amount * 1e9) / 1e9;

async function expectNoHarm(one: Case): Promise<void> {
  const bare = await run(one, false);
  const wrapped = await run(one, true);
  const rightUsd = usd(PRICE_USD * one.calls);
  const told = JSON.stringify({ ...one, bare, wrapped });
  expect(wrapped.read, told).toEqual(bare.read);
  expect(usd(wrapped.costUsd), told).toBeGreaterThanOrEqual(usd(bare.costUsd));
  expect(usd(wrapped.spansUsd), told).toBe(usd(wrapped.costUsd));
  if (wrapped.isSure) expect(usd(wrapped.costUsd), told).toBe(rightUsd);
  const isSeen = DOORS[one.door]?.isSeen === true && one.saysUsage;
  if (isSeen || one.when !== 'no span') expect(usd(wrapped.costUsd), told).toBe(rightUsd);
}

describe('a wrapped call whose result', () => {
  it.each(Object.keys(DOORS))(
    'is read through one door is billed right or flagged, never below the bill without it: %s',
    async (door) => {
      for (const when of WHEN)
        for (const calls of [1, 2])
          for (const saysUsage of [true, false]) await expectNoHarm({ door, when, calls, saysUsage });
    },
  );
});

describe('a stream beside its collected response', () => {
  it.each(['read', 'not read'])(
    'is billed by the response where the chunks have no usage: %s',
    async (how) => {
      const { attributes } = startTracing();
      const ready = wait(how === 'read' ? 5 : 0);
      const make = () => ({
        stream: chunksOf({ chunks: [{ text: 'a' }], ended: () => {} }),
        response: ready.then(() => completion(1000, 100)),
      });
      const given = withLlm(gpt4o, make);
      if (how === 'read') await given.stream.next();
      await given.response;
      expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: PRICE_USD });
      expect(attributes('chat gpt-4o')['cost.status']).toBeUndefined();
    },
  );

  it('is billed by the value that a generator returns', async () => {
    const { attributes } = startTracing();
    const generator = withLlm(gpt4o, async function* () {
      yield { text: 'a' };
      return completion(1000, 100);
    });
    for await (const _ of generator);
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: PRICE_USD });
    expect(attributes('chat gpt-4o')['cost.status']).toBeUndefined();
  });
});
