/** The types that the function in `costUsd` gets are those that it is called with. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  ActionResult,
  type ToolOptions,
  type WrapToolOptions,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { cachedTool } from '../../src/optimize.js';
import { startTracing } from '../support/tracing.js';

interface Embedding {
  tokens: number;
  vector: number[];
}
const embedding: Embedding = { tokens: 1000, vector: [1] };

/** Runs `work` in a task and returns its cost in USD. */
async function costOf(work: () => unknown): Promise<number> {
  startTracing();
  return withTask('t', async (task) => {
    await work();
    return task.totals.costUsd;
  });
}

describe('the function in costUsd of wrapTool', () => {
  it('gets the value of a promise and the arguments', async () => {
    const embed = wrapTool(
      {
        name: 'embed',
        costUsd: (result, args) => {
          expectTypeOf(result).toEqualTypeOf<Embedding>();
          expectTypeOf(args).toEqualTypeOf<[text: string, size?: number | undefined]>();
          return result.tokens * 1e-6 + args[0].length * 1e-3;
        },
      },
      async (text: string, size?: number) => ({ ...embedding, size, text }) as Embedding,
    );
    expectTypeOf(embed).toEqualTypeOf<(text: string, size?: number) => Promise<Embedding>>();
    expect(await costOf(() => embed('abc'))).toBe(0.004);
  });

  it('gets the data of an ActionResult, returned as it is or unwrapped', async () => {
    const kept = wrapTool(
      {
        name: 'kept',
        costUsd: (result) => {
          expectTypeOf(result).toEqualTypeOf<Embedding>();
          return result.tokens * 1e-6;
        },
      },
      () => new ActionResult(embedding),
    );
    expectTypeOf(kept).toEqualTypeOf<() => ActionResult<Embedding>>();
    expect(await costOf(kept)).toBe(0.001);
    const unwrapped = wrapTool(
      {
        name: 'unwrapped',
        unwrap: true,
        costUsd: (result, [factor]) => {
          expectTypeOf(result).toEqualTypeOf<Embedding>();
          return result.tokens * 1e-6 * factor;
        },
      },
      async (factor: number) => new ActionResult(factor > 0 ? embedding : { tokens: 0, vector: [] }),
    );
    expectTypeOf(unwrapped).toEqualTypeOf<(factor: number) => Promise<Embedding>>();
    expect(await costOf(() => unwrapped(2))).toBe(0.002);
    expect(await unwrapped(1)).toBe(embedding);
  });

  it('gets what a generator returns at its end', async () => {
    async function* pages(count: number): AsyncGenerator<string, Embedding, void> {
      for (let page = 0; page < count; page++) yield `page ${page}`;
      return embedding;
    }
    const read = wrapTool(
      {
        name: 'pages',
        costUsd: (result, [count]) => {
          expectTypeOf(result).toEqualTypeOf<Embedding>();
          return result.tokens * 1e-6 * count;
        },
      },
      pages,
    );
    expectTypeOf(read).toEqualTypeOf<typeof pages>();
    const readAll = async () => {
      for await (const page of read(3)) expect(page).toContain('page');
    };
    expect(await costOf(readAll)).toBe(0.003);
    const ended = wrapTool({ name: 'x', unwrap: true }, function* (): Generator<
      number,
      ActionResult<string>,
      void
    > {
      yield 1;
      return new ActionResult('end', { costUsd: 0.01 });
    });
    expectTypeOf(ended).toEqualTypeOf<() => Generator<number, string, void>>();
    const steps = ended();
    steps.next();
    expect(steps.next()).toEqual({ done: true, value: 'end' });
  });

  it('gets unknown of a generic function, and the last of several overloads', async () => {
    function echo<T>(value: T): T {
      return value;
    }
    const echoed = wrapTool(
      {
        name: 'echo',
        costUsd: (result, args) => {
          expectTypeOf(result).toEqualTypeOf<unknown>();
          expectTypeOf(args).toEqualTypeOf<[value: unknown]>();
          return 0.01;
        },
      },
      echo,
    );
    expectTypeOf(echoed).toEqualTypeOf<typeof echo>();
    function find(id: number): number;
    function find(name: string): string;
    function find(key: number | string): number | string {
      return key;
    }
    const found = wrapTool(
      {
        name: 'find',
        costUsd: (result, [key]) => {
          expectTypeOf(result).toEqualTypeOf<string>();
          expectTypeOf(key).toEqualTypeOf<string>();
          return 0.01;
        },
      },
      find,
    );
    expectTypeOf(found).toEqualTypeOf<typeof find>();
    expect(await costOf(() => echoed(found(1)))).toBe(0.02);
  });

  it('may be of wider types, or of none', () => {
    wrapTool({ name: 'x', costUsd: (result: unknown) => (result === '' ? 0 : 0.01) }, async () => 'text');
    wrapTool({ name: 'x', costUsd: () => 0.01 }, (_n: number) => 'text');
    // @ts-expect-error A result of another type.
    wrapTool({ name: 'x', costUsd: (result: { pages: number }) => result.pages }, () => 'text');
    // @ts-expect-error No number.
    wrapTool({ name: 'x', costUsd: (result) => result }, () => 'text');
    // @ts-expect-error No such member.
    wrapTool({ name: 'x', costUsd: (result) => result.pages }, () => 'text');
  });
});

describe('options in a variable', () => {
  it('fit every function, if they name none of its types', async () => {
    const options: ToolOptions = { name: 'a', costUsd: 0.2, args: [1] };
    const length = async (query: string) => query.length;
    const found: typeof length = wrapTool(options, length);
    const cached: typeof length = cachedTool(options, length);
    expect(await Promise.all([found('ab'), cached('abc')])).toEqual([2, 3]);
    const own: WrapToolOptions<typeof found> = {
      name: 'a',
      costUsd: (size, [query]) => size + query.length,
    };
    const again: typeof length = wrapTool(own, found);
    expect(await again('ab')).toBe(2);
  });

  it('give both results where they may unwrap', () => {
    const options: { name: string; unwrap: boolean } = { name: 'a', unwrap: true };
    const fn = (factor: number) => new ActionResult(factor);
    const tool: (factor: number) => number | ActionResult<number> = wrapTool(options, fn);
    expect(tool(2)).toBe(2);
    // @ts-expect-error It may be unwrapped.
    const same: typeof fn = wrapTool(options, fn);
    expect(same).not.toBe(tool);
    const result = withTool(options, () => new ActionResult('x'));
    expectTypeOf(result).toEqualTypeOf<string | ActionResult<string>>();
    expect(result).toBe('x');
    const both: typeof tool = cachedTool({ ...options, ttlSeconds: 5 }, fn);
    expect(both(2)).toBe(2);
    expectTypeOf(wrapTool({ name: 'a', unwrap: false }, tool)).toEqualTypeOf(tool);
  });
});

describe('the function in costUsd of withTool', () => {
  it('gets the result of the work, and the arguments that are named', async () => {
    const work = () =>
      withTool(
        {
          name: 'embed',
          args: ['abc', 2],
          costUsd: (result, args) => {
            expectTypeOf(result).toEqualTypeOf<Embedding>();
            expectTypeOf(args).toEqualTypeOf<[string, number]>();
            return result.tokens * 1e-6 * args[1];
          },
        },
        async () => embedding,
      );
    expectTypeOf(work).returns.toEqualTypeOf<Promise<Embedding>>();
    expect(await costOf(work)).toBe(0.002);
  });

  it('leaves the type of the result alone where the work takes the handle', async () => {
    const work = () =>
      withTool({ name: 'x', costUsd: (_result) => 0.01 }, async (call) => {
        call.span.addEvent('asked');
        return embedding;
      });
    expectTypeOf(work).returns.toEqualTypeOf<Promise<Embedding>>();
    expect(await costOf(work)).toBe(0.01);
    const unwrapped = () =>
      withTool({ name: 'x', unwrap: true, costUsd: (result) => result.tokens * 1e-6 }, async () => {
        return new ActionResult(embedding);
      });
    expectTypeOf(unwrapped).returns.toEqualTypeOf<Promise<Embedding>>();
    expect(await costOf(unwrapped)).toBe(0.001);
  });
});
