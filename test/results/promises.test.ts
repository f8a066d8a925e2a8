/** Promises of every kind, consumed in every way: the app gets the same value or error, and the end is reported once. */
import { describe, expect, test } from 'vitest';
import { follow } from '../../src/results/follow.js';
import { activeCall, RecordingHooks, readAll, unhandledDuring } from '../fakes/recording-hooks.js';

const failure = new Error('of the provider');
const answer = { usage: { total_tokens: 5 } };

/** A request that is sent when it is first asked for, and notes how often. */
class Request {
  sent = 0;
  contexts: unknown[] = [];
  constructor(
    private readonly fails: boolean,
    private readonly value: unknown = answer,
  ) {}
  async send(): Promise<unknown> {
    this.sent++;
    this.contexts.push(activeCall.getStore());
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.fails) throw failure;
    return this.value;
  }
}

type Rest = [
  onFulfilled?: ((value: unknown) => unknown) | null,
  onRejected?: ((error: unknown) => unknown) | null,
];

/** Stainless' APIPromise: parses when it is consumed. */
class ApiPromise extends Promise<unknown> {
  #parsed: Promise<unknown> | undefined;
  readonly #request: Request;
  constructor(request: Request) {
    super((resolve) => resolve(null));
    this.#request = request;
  }
  static override get [Symbol.species]() {
    return Promise;
  }
  parse(): Promise<unknown> {
    this.#parsed ??= this.#request.send();
    return this.#parsed;
  }
  async asResponse(): Promise<unknown> {
    return 'raw';
  }
  async withResponse(): Promise<unknown> {
    return { data: await this.parse(), response: await this.asResponse() };
  }
  // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
  override then<A>(...handlers: Rest): Promise<A> {
    return this.parse().then(...handlers) as Promise<A>;
  }
  override catch<B>(onRejected?: ((e: unknown) => B) | null) {
    return this.parse().catch(onRejected);
  }
  override finally(onFinally?: (() => void) | null) {
    return this.parse().finally(onFinally);
  }
}

/** A lazy promise with a private one behind all of its methods, as query builders and ORMs have it. */
class LazyPromise extends Promise<unknown> {
  readonly #request: Request;
  #real: Promise<unknown> | undefined;
  constructor(request: Request) {
    super(() => {});
    this.#request = request;
  }
  static override get [Symbol.species]() {
    return Promise;
  }
  get #started(): Promise<unknown> {
    this.#real ??= this.#request.send();
    return this.#real;
  }
  // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
  override then<A>(...handlers: Rest): Promise<A> {
    return this.#started.then(...handlers) as Promise<A>;
  }
  override catch<B>(onRejected?: ((e: unknown) => B) | null) {
    return this.#started.catch(onRejected);
  }
  override finally(onFinally?: (() => void) | null) {
    return this.#started.finally(onFinally);
  }
}

/** Not a promise at all. */
class Thenable {
  readonly #request: Request;
  constructor(request: Request) {
    this.#request = request;
  }
  // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
  then(...handlers: Rest): Promise<unknown> {
    return this.#request.send().then(...handlers);
  }
  catch(onRejected?: ((e: unknown) => unknown) | null): Promise<unknown> {
    return this.#request.send().catch(onRejected);
  }
  finally(onFinally?: (() => void) | null): Promise<unknown> {
    return this.#request.send().finally(onFinally);
  }
}

/** Sentry 10: the methods of a promise are those of the instrumented one, all others those of the client's. */
function likeSentry(request: Request): Promise<unknown> {
  const original = new ApiPromise(request);
  const instrumented = original.then((value: unknown) => value);
  instrumented.catch(() => {});
  return new Proxy(original, {
    get(target, key) {
      const from = key in Promise.prototype || key === Symbol.toStringTag ? instrumented : target;
      if (key === 'withResponse')
        return async () => ({ ...Object(await target.withResponse()), data: await instrumented });
      const value: unknown = Reflect.get(from, key);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}

/** Braintrust's `createLazyAPIPromise`: a Proxy of nothing, which starts the work when `then` is read. */
function madeUp(request: Request): Promise<unknown> {
  let data: Promise<unknown> | undefined;
  const withResponse = async () => ({ data: await new ApiPromise(request), response: 'raw' });
  return new Proxy(Object.create(Object.prototype), {
    get(target, key) {
      if (key === 'withResponse') return withResponse;
      if (key === 'asResponse') return async () => 'raw';
      if (!(key in Promise.prototype)) return Reflect.get(target, key);
      data ??= withResponse().then((whole) => whole.data);
      const value: unknown = Reflect.get(data, key);
      return typeof value === 'function' ? value.bind(data) : value;
    },
  });
}

/** The instrumented promise is made when the first of its methods is asked for. */
function likeBraintrust(request: Request): Promise<unknown> {
  let executed: Promise<unknown> | undefined;
  const run = async () => await new ApiPromise(request);
  return new Proxy(new ApiPromise(request), {
    get(target, key) {
      if (key === 'then' || key === 'catch' || key === 'finally') {
        executed ??= run();
        return executed[key].bind(executed);
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

type AnyPromise = Promise<unknown>;

const KINDS: Record<string, (request: Request) => unknown> = {
  'native promise': (request) => request.send(),
  'API promise': (request) => new ApiPromise(request),
  'API promise with a then of its own': (request) => {
    const real = request.send();
    real.catch(() => {});
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    return Object.assign(new ApiPromise(request), { then: real.then.bind(real) });
  },
  'lazy promise': (request) => new LazyPromise(request),
  thenable: (request) => new Thenable(request),
  'function with a then': (request) => {
    const real = new Thenable(request);
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    return Object.assign(() => 'called', { then: real.then.bind(real), catch: real.catch.bind(real) });
  },
  'Proxy of two promises': likeSentry,
  'Proxy of a promise made later': likeBraintrust,
  'Proxy of nothing': madeUp,
  'Proxy of a thenable': (request) => {
    const real = new Thenable(request);
    return new Proxy(real, {
      get: (_, key) => {
        const value: unknown = Reflect.get(real, key);
        return typeof value === 'function' ? value.bind(real) : value;
      },
    });
  },
};

const LAZY = new Set([
  'API promise',
  'lazy promise',
  'thenable',
  'function with a then',
  'Proxy of a promise made later',
  'Proxy of nothing',
  'Proxy of a thenable',
]);

const has = (promise: unknown, key: 'finally'): boolean =>
  typeof Reflect.get(Object(promise), key) === 'function';

const WAYS: Record<string, (promise: AnyPromise) => Promise<unknown>> = {
  await: async (promise) => await promise,
  'return from an async function': async (promise) => promise,
  'then()': (promise) => promise.then((value) => value),
  'then with both handlers': (promise) =>
    promise.then(
      (value) => value,
      (error: unknown) => {
        throw error;
      },
    ),
  catch: (promise) =>
    promise.catch((error: unknown) => {
      throw error;
    }),
  finally: (promise) =>
    has(promise, 'finally') ? promise.finally(() => {}) : promise.then((value) => value),
  'Promise.all': async (promise) => (await Promise.all([promise]))[0],
  'Promise.resolve': (promise) => Promise.resolve(promise),
  'resolve()': (promise) => new Promise((resolve) => resolve(promise)),
};

/** What the app sees: the value or the error, and how often the request was sent before and after. */
async function seen(kind: string, way: string, request: Request, hooks?: RecordingHooks): Promise<object> {
  const make = () => KINDS[kind]?.(request);
  const promise = hooks === undefined ? make() : follow(make, hooks);
  await Promise.resolve();
  const before = request.sent;
  const consume = WAYS[way] ?? (async () => {});
  const got: object = await consume(promise as AnyPromise).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { ...got, before, after: request.sent };
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  test.each(Object.keys(WAYS))('consumed by %s', async (way) => {
    const hooks = new RecordingHooks();
    const request = new Request(false);
    const bare = await seen(kind, way, new Request(false));
    expect(await seen(kind, way, request, hooks)).toEqual(bare);
    expect(bare).toMatchObject({ value: answer, ...(LAZY.has(kind) && { before: 0 }) });
    expect(hooks.ends).toEqual([['returned', answer]]);
    expect(new Set(request.contexts)).toEqual(new Set(['call']));
  });

  test.each(Object.keys(WAYS))('that fails, consumed by %s', async (way) => {
    const hooks = new RecordingHooks();
    const bare = await seen(kind, way, new Request(true));
    expect(bare).toMatchObject({ error: failure });
    expect(await seen(kind, way, new Request(true), hooks)).toEqual(bare);
    expect(hooks.ends).toEqual([['threw', failure]]);
  });

  test('that fails and that nobody handles is as unhandled as before', async () => {
    const drop = (make: () => unknown) => unhandledDuring(() => void make());
    const bare = await drop(() => KINDS[kind]?.(new Request(true)));
    expect(await drop(() => follow(() => KINDS[kind]?.(new Request(true)), new RecordingHooks()))).toEqual(
      bare,
    );
  });

  test('of a stream: the stream is followed', async () => {
    const stream = async function* () {
      yield 'a';
      yield 'b';
    };
    const hooks = new RecordingHooks();
    const promise = follow(() => KINDS[kind]?.(new Request(false, stream())), hooks);
    expect(await readAll((await promise) as AsyncIterable<unknown>)).toEqual(['a', 'b']);
    expect([hooks.chunks, hooks.ends]).toEqual([['a', 'b'], [['streamed']]]);
  });
});

test('a native promise with a `then` of its own gives each consumer the same as before', async () => {
  const make = () => {
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    return Object.assign(Promise.resolve('own'), { then: (done: (value: string) => void) => done('shown') });
  };
  for (const consume of [
    async (promise: PromiseLike<unknown>) => await promise,
    (promise: PromiseLike<unknown>) => new Promise((resolve) => promise.then(resolve)),
  ])
    expect(await consume(follow<PromiseLike<unknown>>(make, new RecordingHooks()))).toBe(
      await consume(make()),
    );
});

describe('Proxies of a promise', () => {
  test.each([likeSentry, likeBraintrust])('%o: other methods see the result, too', async (make) => {
    for (const [key, told] of [
      ['parse', answer],
      ['asResponse', 'raw'],
      ['withResponse', { data: answer, response: 'raw' }],
    ] as const) {
      const hooks = new RecordingHooks();
      const promise = follow(() => make(new Request(false)), hooks);
      expect(promise).toBeInstanceOf(ApiPromise);
      const method: unknown = Reflect.get(promise, key);
      expect(typeof method === 'function' && (await method.call(promise))).toEqual(told);
      expect(hooks.ends).toEqual([['returned', told]]);
    }
  });

  test('a stand-in reads, writes and lists as the Proxy does', () => {
    const real = Object.assign(new Thenable(new Request(false)), { id: 1, Item: class {} });
    const shown = new Proxy(real, {});
    const followed = follow(() => shown, new RecordingHooks());
    followed.id = 2;
    expect([real.id, Object.keys(followed), 'id' in followed]).toEqual([2, Object.keys(real), true]);
    expect(new followed.Item()).toBeInstanceOf(real.Item);
    expect(followed.constructor).toBe(Thenable);
  });

  test('a Proxy of nothing sees the result by its other methods, too', async () => {
    const hooks = new RecordingHooks();
    const promise = follow(() => madeUp(new Request(false)), hooks);
    expect(await Reflect.get(promise, 'withResponse')()).toEqual({ data: answer, response: 'raw' });
    expect(hooks.ends).toEqual([['returned', { data: answer, response: 'raw' }]]);
  });

  test('a Proxy that makes up every method but `then` is plain as soon as it is awaited', async () => {
    const client: object = new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => client) });
    for (const make of [() => client, async () => client]) {
      const hooks = new RecordingHooks();
      const given = await follow<unknown>(make, hooks);
      expect(Reflect.get(Object(given), 'anything')()).toBe(client);
      expect(hooks.ends.map(([how]) => how)).toEqual(['returned']);
    }
  });

  test('one that is frozen, revoked, or has every method is as it was', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    const frozen = new Proxy(Object.freeze(Object.assign(Object.create(null), { then: 1 })), {});
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const value of [frozen, proxy]) {
      const hooks = new RecordingHooks();
      expect(follow(() => value, hooks) === value).toBe(true);
      expect(hooks.ends.length).toBe(1);
    }
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    const fixed = Object.freeze({ then: (done: (value: string) => void) => done('done') });
    for (const value of [fixed, new Proxy(fixed, {})]) {
      const hooks = new RecordingHooks();
      expect(await (follow(() => value, hooks) as unknown)).toBe('done');
      expect(hooks.ends).toEqual([['returned', value]]);
    }
  });
});

describe('objects that can be awaited and iterated', () => {
  const both = () => ({
    async *[Symbol.asyncIterator]() {
      yield 'a';
    },
    next: undefined,
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    then: (done: (value: unknown) => unknown) => Promise.resolve(answer).then(done),
  });
  test.each([
    ['an object', both],
    ['a Proxy', () => new Proxy(both(), {})],
    [
      'a native promise with an iterator',
      () => Object.assign(Promise.resolve(answer), { [Symbol.asyncIterator]: both()[Symbol.asyncIterator] }),
    ],
  ])('%s', async (_, make) => {
    const awaited = new RecordingHooks();
    expect(await follow(make as () => unknown, awaited)).toBe(answer);
    expect(awaited.ends).toEqual([['returned', answer]]);
    const iterated = new RecordingHooks();
    expect(await readAll(follow(make as () => AsyncIterable<unknown>, iterated))).toEqual(['a']);
    expect([iterated.chunks, iterated.ends]).toEqual([['a'], [['streamed']]]);
  });
});
