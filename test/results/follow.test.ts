import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { follow } from '../../src/results/follow.js';
import { activeCall, RecordingHooks, ThrowingHooks, unhandledDuring } from '../fakes/recording-hooks.js';

const failure = new Error('of the app');

describe('values and throws', () => {
  test('any plain value comes back unchanged and is reported once', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const hooks = new RecordingHooks();
        expect(
          Object.is(
            follow(() => value, hooks),
            value,
          ),
        ).toBe(true);
        expect(hooks.ends).toEqual([['returned', value]]);
        expect(hooks.chunks).toEqual([]);
      }),
    );
  });

  test('collections, responses, instances and functions are plain values, left untouched', async () => {
    class Answer {
      stream = 'text';
    }
    const response = new Response('body');
    const page = { data: [1], getPaginatedItems: () => [1], async *[Symbol.asyncIterator]() {} };
    const values = [
      [1],
      new Map([[1, 2]]),
      new Set([1]),
      response,
      new Answer(),
      () => 1,
      [1].values(),
      Buffer.from('a'),
      page,
    ];
    for (const value of values) {
      const hooks = new RecordingHooks();
      const before = Reflect.ownKeys(value);
      expect(follow(() => value, hooks)).toBe(value);
      expect(hooks.ends.map(([how, told]) => [how, told === value])).toEqual([['returned', true]]);
      expect(Reflect.ownKeys(value)).toEqual(before);
    }
    expect(await response.text()).toBe('body');
  });

  test('the same error is thrown', () => {
    for (const error of [failure, undefined, 'text']) {
      const hooks = new RecordingHooks();
      let caught: unknown = 'nothing';
      try {
        follow(() => {
          throw error;
        }, hooks);
      } catch (thrown) {
        caught = thrown;
      }
      expect(caught).toBe(error);
      expect(hooks.ends).toEqual([['threw', error]]);
    }
  });

  test('the function runs once, in the context of the call', () => {
    let calls = 0;
    const seen = follow(() => {
      calls++;
      return activeCall.getStore();
    }, new RecordingHooks('a'));
    expect([seen, calls]).toEqual(['a', 1]);
  });

  test('a value whose getters throw, and a revoked proxy, are plain values', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = {
      get baseStream() {
        throw failure;
      },
      get [Symbol.asyncIterator]() {
        throw failure;
      },
    };
    for (const value of [proxy, trap]) {
      const hooks = new RecordingHooks();
      expect(follow(() => value, hooks) === value).toBe(true);
      expect(hooks.ends.length).toBe(1);
    }
  });

  test('hooks that throw change nothing', async () => {
    const hooks = new ThrowingHooks();
    expect(follow(() => 1, hooks)).toBe(1);
    expect(await follow(async () => 1, hooks)).toBe(1);
    const rejected = () => Promise.reject(failure);
    await expect(follow(rejected, hooks)).rejects.toBe(failure);
    expect([
      ...follow(function* () {
        yield 1;
      }, hooks),
    ]).toEqual([1]);
  });

  test('map has the last word on plain values only', async () => {
    const hooks = Object.assign(new RecordingHooks(), { map: (value: unknown) => [value] });
    expect(follow<unknown>(() => 1, hooks)).toEqual([1]);
    expect(await follow<unknown>(async () => 2, hooks)).toEqual([2]);
    const generator = follow(function* (): Generator<number, unknown> {
      yield 3;
      return 4;
    }, hooks);
    expect([generator.next(), generator.next()]).toEqual([
      { done: false, value: 3 },
      { done: true, value: [4] },
    ]);
    expect(hooks.ends.map(([, value]) => value)).toEqual([1, 2, 4]);
  });
});

describe('native promises', () => {
  test('resolve and reject to the same, as native promises', async () => {
    const value = { a: 1 };
    const hooks = new RecordingHooks();
    const promise = follow(() => Promise.resolve(value), hooks);
    expect(promise.constructor).toBe(Promise);
    expect(await promise).toBe(value);
    expect(hooks.ends).toEqual([['returned', value]]);
    const failing = new RecordingHooks();
    await expect(follow(() => Promise.reject(failure), failing)).rejects.toBe(failure);
    expect(failing.ends).toEqual([['threw', failure]]);
  });

  test('an unhandled rejection is reported once, a handled one never', async () => {
    const reject = () => Promise.reject(failure);
    expect(await unhandledDuring(() => void follow(reject, new RecordingHooks()))).toEqual([failure]);
    expect(await unhandledDuring(() => follow(reject, new RecordingHooks()).catch(() => 0))).toEqual([]);
  });

  test('one with methods of its own stays the same object and is seen when it is awaited', async () => {
    const hooks = new RecordingHooks();
    const promise = Object.assign(Promise.resolve(1), { kill: () => 'killed' });
    const observed = follow(() => promise, hooks);
    expect(observed).toBe(promise);
    expect(observed.kill()).toBe('killed');
    expect(hooks.ends).toEqual([]);
    expect(await observed).toBe(1);
    expect(observed.then().constructor).toBe(Promise);
    expect(hooks.ends).toEqual([['returned', 1]]);
    const failing = Object.assign(Promise.reject(failure), { pid: 1 });
    expect(await unhandledDuring(() => void follow(() => failing, new RecordingHooks()))).toEqual([failure]);
  });
});

describe('promises that are more', () => {
  class Cancelable<T> extends Promise<T> {
    cancel(): string {
      return 'cancelled';
    }
  }

  test('a subclass keeps object, methods and unhandled rejections', async () => {
    const hooks = new RecordingHooks();
    const promise = Cancelable.resolve(1);
    const observed = follow(() => promise, hooks);
    expect(observed).toBe(promise);
    expect(await Promise.all([observed, observed.finally(() => 0), observed.then((v) => v + 1)])).toEqual([
      1, 1, 2,
    ]);
    expect(hooks.ends).toEqual([['returned', 1]]);
    const reject = () => Cancelable.reject(failure);
    expect(await unhandledDuring(() => void follow(reject, new RecordingHooks()))).toEqual([failure]);
    const failing = new RecordingHooks();
    await expect(follow(reject, failing)).rejects.toBe(failure);
    expect(failing.ends).toEqual([['threw', failure]]);
  });

  test('a query builder starts when it is awaited, in the context of the call, once', async () => {
    const runs: unknown[] = [];
    const builder = {
      table: 'none',
      from(table: string) {
        this.table = table;
        return this;
      },
      // biome-ignore lint/suspicious/noThenProperty: the test needs a lazy thenable
      then<R>(onFulfilled: (rows: string[]) => R, onRejected?: (error: unknown) => R): Promise<R> {
        runs.push(activeCall.getStore());
        return Promise.resolve([this.table]).then(onFulfilled, onRejected);
      },
    };
    const hooks = new RecordingHooks('query');
    const observed = follow(() => builder, hooks);
    expect(observed.from('users')).toBe(builder);
    expect(runs).toEqual([]);
    expect(Object.keys(observed)).toEqual(['table', 'from', 'then']);
    expect(await observed).toEqual(['users']);
    expect(runs).toEqual(['query']);
    expect(hooks.ends).toEqual([['returned', ['users']]]);
  });

  test('a frozen one comes back untouched and counts as a plain value', async () => {
    const hooks = new RecordingHooks();
    const frozen = Object.freeze(Cancelable.resolve(1));
    expect(follow(() => frozen, hooks)).toBe(frozen);
    expect(hooks.ends).toEqual([['returned', frozen]]);
    expect(await frozen).toBe(1);
  });

  test('a runner that can be awaited or iterated is seen either way', async () => {
    const runner = () => ({
      async *[Symbol.asyncIterator]() {
        yield 'turn';
      },
      // biome-ignore lint/suspicious/noThenProperty: the test needs a lazy thenable
      async then(onFulfilled: (value: string) => void) {
        for await (const turn of this) onFulfilled(turn);
      },
    });
    const iterated = new RecordingHooks();
    for await (const turn of follow(runner, iterated)) expect(turn).toBe('turn');
    expect([iterated.chunks, iterated.ends]).toEqual([['turn'], [['streamed']]]);
    const awaited = new RecordingHooks();
    expect(await follow(runner, awaited)).toBe('turn');
    expect(awaited.ends.length).toBe(1);
  });
});

describe('the promise of the OpenAI and Anthropic SDKs', () => {
  /** The shape of Stainless' APIPromise: a promise whose body is parsed when it is consumed. */
  class ApiPromise extends Promise<unknown> {
    private parsed: Promise<unknown> | undefined;
    static parses = 0;
    constructor(private readonly response: Promise<unknown>) {
      super((resolve) => resolve(null));
    }
    parse(): Promise<unknown> {
      this.parsed ??= this.response.then((value) => {
        ApiPromise.parses++;
        return value;
      });
      return this.parsed;
    }
    asResponse(): Promise<unknown> {
      return this.response.then(() => 'raw');
    }
    async withResponse(): Promise<unknown> {
      const [data, response] = await Promise.all([this.parse(), this.asResponse()]);
      return { data, response };
    }
    _thenUnwrap(transform: (value: unknown) => unknown): ApiPromise {
      return new ApiPromise(this.response.then(transform));
    }
    // biome-ignore lint/suspicious/noThenProperty: the shape that is tested
    override then<A = unknown, B = never>(
      onFulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
      onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      return this.parse().then(onFulfilled, onRejected);
    }
    override catch<B>(onRejected?: ((e: unknown) => B) | null) {
      return this.parse().catch(onRejected);
    }
  }
  const answer = { usage: { total_tokens: 5 } };
  const create = () => new ApiPromise(Promise.resolve(answer));

  test.each<[string, (promise: ApiPromise) => Promise<unknown>, unknown, unknown]>([
    ['await', async (p) => p, answer, answer],
    ['catch', (p) => p.catch(() => 0), answer, answer],
    ['withResponse', (p) => p.withResponse(), { data: answer, response: 'raw' }, answer],
    ['asResponse', (p) => p.asResponse(), 'raw', 'raw'],
    ['_thenUnwrap', async (p) => p._thenUnwrap(() => 'part'), 'part', 'part'],
  ])('%s', async (_, consume, expected, told) => {
    const hooks = new RecordingHooks();
    const promise = create();
    const observed = follow(() => promise, hooks);
    expect(observed).toBe(promise);
    await Promise.resolve();
    expect(hooks.ends).toEqual([]);
    expect(await consume(observed)).toEqual(expected);
    expect(hooks.ends).toEqual([['returned', told]]);
  });

  test('the body is parsed once however often it is requested, and an error is reported', async () => {
    ApiPromise.parses = 0;
    const hooks = new RecordingHooks();
    const observed = follow(create, hooks);
    expect(await Promise.all([observed, observed, observed.parse()])).toEqual([answer, answer, answer]);
    expect([ApiPromise.parses, hooks.ends.length]).toEqual([1, 1]);
    const failing = new RecordingHooks();
    await expect(follow(() => new ApiPromise(Promise.reject(failure)), failing)).rejects.toBe(failure);
    expect(failing.ends).toEqual([['threw', failure]]);
  });
});

test('wrappers inside wrappers each see their own end', async () => {
  const [outer, inner] = [new RecordingHooks('outer'), new RecordingHooks('inner')];
  const call = () => new Promise((resolve) => setTimeout(resolve, 1, activeCall.getStore()));
  expect(await follow(() => follow(call, inner), outer)).toBe('inner');
  expect([outer.ends, inner.ends]).toEqual([[['returned', 'inner']], [['returned', 'inner']]]);
});
