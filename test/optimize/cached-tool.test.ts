import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { ActionError, ActionResult, recordCost, withLlm, withTask, wrapTool } from '../../src/index.js';
import { cachedTool } from '../../src/optimize/cached-tool.js';
import { completion, startTracing, wait } from '../support/tracing.js';

/** A tool that counts its runs, and answers with the number of the run. */
function counting(millis = 0) {
  const tool = vi.fn(async (query: string) => {
    const run = tool.mock.calls.length;
    await wait(millis);
    return { query, run };
  });
  return tool;
}

describe('a cached tool', () => {
  it('answers an equal call at no cost, and states what that saved', async () => {
    const tracing = startTracing();
    const search = cachedTool({ name: 'search', costUsd: 0.005 }, counting());
    const totals = await withTask('research', async (task) => {
      expect(await search('a')).toEqual({ query: 'a', run: 1 });
      expect(await search('a')).toEqual({ query: 'a', run: 1 });
      expect(await search('b')).toEqual({ query: 'b', run: 2 });
      return task.totals;
    });
    const [miss, hit] = tracing.spans();
    expect(miss?.attributes).toMatchObject({ cost_usd: 0.005, 'cost.source': 'declared' });
    expect(miss?.attributes).not.toHaveProperty('cost.saved_usd');
    expect(hit?.name).toBe('execute_tool search');
    expect(hit?.attributes).toMatchObject({ cost_usd: 0, 'cost.status': 'free', 'cost.saved_usd': 0.005 });
    expect(totals).toMatchObject({ costUsd: 0.01, savedCostUsd: 0.005, toolCalls: 3, costComplete: true });
    expect(tracing.attributes('task research')).toMatchObject({
      'task.cost_usd': 0.01,
      'task.saved_cost_usd': 0.005,
    });
    expect(search.cache.stats()).toMatchObject({
      hits: 1,
      misses: 2,
      hitRate: 1 / 3,
      savedUsd: 0.005,
      entries: 2,
    });
  });

  it('has the type of its function, and a hit rate only after the first call', () => {
    const add = cachedTool('add', (a: number, b = 1): number => a + b);
    expectTypeOf<ReturnType<typeof add>>().toEqualTypeOf<number>();
    expect(add.cache.stats()).not.toHaveProperty('hitRate');
    expect([add(1), add(1), add(1, 2), add.length]).toEqual([2, 2, 3, 1]);
    expect(add.cache.stats().hits).toBe(1);
  });

  it('remembers what the result said it cost, and the spans below', async () => {
    const tracing = startTracing();
    const enrich = cachedTool({ name: 'enrich' }, async (name: string) => {
      await withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => completion(1000, 100));
      recordCost(0.25, { kind: 'other' });
      return new ActionResult(name.toUpperCase(), { costUsd: 0.02 });
    });
    const first = await enrich('x');
    const second = await enrich('x');
    expect(first).toMatchObject({ data: 'X', costUsd: 0.02 });
    // A tool around this one must not bill the result a second time.
    expect(second).toMatchObject({ data: 'X', costUsd: 0 });
    expect(second).toBeInstanceOf(ActionResult);
    expect(tracing.spans().at(-1)?.attributes['cost.saved_usd']).toBe(0.02 + 0.0035 + 0.25);
  });

  it('unwraps results where it is asked to', async () => {
    const enrich = cachedTool(
      { name: 'enrich', unwrap: true },
      async () => new ActionResult([1], { costUsd: 0.02 }),
    );
    expectTypeOf<ReturnType<typeof enrich>>().toEqualTypeOf<Promise<number[]>>();
    expect([await enrich(), await enrich()]).toEqual([[1], [1]]);
    expect(enrich.cache.stats()).toMatchObject({ hits: 1, savedUsd: 0.02 });
  });

  it('gives each caller a copy', async () => {
    const search = cachedTool('search', async () => ({ hits: ['a'] }));
    (await search()).hits.push('first');
    (await search()).hits.push('second');
    expect(await search()).toEqual({ hits: ['a'] });
  });

  it('runs once for equal calls at the same time', async () => {
    const tracing = startTracing();
    const tool = counting(5);
    const search = cachedTool({ name: 'search', costUsd: 0.01 }, tool);
    const results = await withTask('burst', () => Promise.all(Array.from({ length: 50 }, () => search('a'))));
    expect(tool).toHaveBeenCalledTimes(1);
    expect(new Set(results).size).toBe(50);
    expect(search.cache.stats()).toMatchObject({ hits: 49, joined: 49, misses: 1, savedUsd: 0.49 });
    expect(tracing.attributes('task burst')).toMatchObject({
      'task.cost_usd': 0.01,
      'task.saved_cost_usd': 0.49,
      'task.tool_calls': 50,
    });
  });

  it('does not keep failures, and those who joined one share it at no cost', async () => {
    const tracing = startTracing();
    let runs = 0;
    const search = cachedTool({ name: 'search', costUsd: 0.01 }, async () => {
      runs += 1;
      await wait();
      if (runs === 1) throw new ActionError('down', { costUsd: 0.003 });
      return 'up';
    });
    const failed = await Promise.allSettled([search(), search()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await search()).toBe('up');
    const costs = tracing.spans().map(({ attributes }) => attributes.cost_usd);
    expect(costs.sort()).toEqual([0, 0.003, 0.01]);
    expect(search.cache.stats()).toMatchObject({ hits: 1, misses: 2, savedUsd: 0 });
  });

  it('does not keep a returned ActionError', async () => {
    const tool = vi.fn(async () => new ActionError('not found'));
    const search = cachedTool('search', tool);
    await search();
    await search();
    expect(tool).toHaveBeenCalledTimes(2);
  });

  it('does not fail a call because an equal one was aborted', async () => {
    let runs = 0;
    const fetchPage = cachedTool('fetch', async () => {
      runs += 1;
      await wait();
      if (runs === 1) throw new DOMException('given up', 'AbortError');
      return 'page';
    });
    const [first, second, third] = await Promise.allSettled([fetchPage(), fetchPage(), fetchPage()]);
    expect(first.status).toBe('rejected');
    expect([second, third]).toEqual([
      { status: 'fulfilled', value: 'page' },
      { status: 'fulfilled', value: 'page' },
    ]);
    expect(runs).toBe(2);
  });

  it('runs on where its arguments have no key', async () => {
    const tool = vi.fn(async (_argument: unknown) => 'ran');
    const search = cachedTool('search', tool);
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    for (const argument of [new Map(), () => 1, cyclic, 'x'.repeat(1e6)]) {
      await search(argument);
      await search(argument);
    }
    expect(tool).toHaveBeenCalledTimes(8);
    expect(search.cache.stats()).toMatchObject({ refusedArguments: 8, hits: 0, misses: 0, hitRate: 0 });
  });

  it('never takes odd arguments for one another', async () => {
    const tool = vi.fn(async (..._args: unknown[]) => 'ran');
    const search = cachedTool('search', tool);
    const calls = [
      [],
      [undefined],
      [null],
      [0],
      [-0],
      [Number.NaN],
      [1],
      [1n],
      ['1'],
      [{}],
      [{ a: undefined }],
      [[]],
    ];
    for (const args of calls) await search(...args);
    expect(tool).toHaveBeenCalledTimes(calls.length);
    expect(search.cache.stats()).toMatchObject({ hits: 0, misses: calls.length });
  });

  it('shares a result between calls that normalize makes equal', async () => {
    const tool = counting();
    const normalize = ([query]: readonly unknown[]) => String(query).trim().toLowerCase();
    const search = cachedTool({ name: 'search', normalize }, tool);
    expect([await search('Berlin '), await search(' berlin')].map(({ run }) => run)).toEqual([1, 1]);
  });

  it('runs on where normalize throws', async () => {
    const fail = () => {
      throw new Error('broken');
    };
    const search = cachedTool({ name: 'search', normalize: fail }, counting());
    expect((await search('a')).run).toBe(1);
    expect((await search('a')).run).toBe(2);
  });

  it('does not share between the objects it is a method of', async () => {
    const find = cachedTool('find', async function (this: { name: string }) {
      return this.name;
    });
    const [a, b] = [
      { name: 'a', find },
      { name: 'b', find },
    ];
    expect([await a.find(), await b.find(), await a.find()]).toEqual(['a', 'b', 'a']);
    expect(find.cache.stats()).toMatchObject({ hits: 1, misses: 2 });
  });

  it('passes streams and class instances through', async () => {
    const tool = vi.fn(async function* () {
      yield 1;
    });
    const stream = cachedTool('stream', tool);
    const seen: number[] = [];
    for await (const chunk of stream()) seen.push(chunk);
    for await (const chunk of stream()) seen.push(chunk);
    const respond = cachedTool('respond', async () => new Response('body'));
    const texts = await Promise.all([respond(), respond()].map(async (response) => (await response).text()));
    expect(seen).toEqual([1, 1]);
    expect(texts).toEqual(['body', 'body']);
    expect(stream.cache.stats().refusedResults).toBe(2);
    // The second had joined the first, and ran for itself when there was nothing to share.
    expect(respond.cache.stats()).toMatchObject({ refusedResults: 1, hits: 0, misses: 2 });
  });

  it('does not wait for itself when it calls itself', async () => {
    let depth = 0;
    const again: () => Promise<number> = cachedTool('again', async () => (++depth < 3 ? again() : depth));
    expect(await again()).toBe(3);
  });

  it('keeps an answer as long as its TTL', async () => {
    const search = cachedTool({ name: 'search', ttlSeconds: 0.1 }, counting());
    expect([(await search('a')).run, (await search('a')).run]).toEqual([1, 1]);
    await wait(150);
    expect((await search('a')).run).toBe(2);
  });

  it('holds no more than it may, and counts what it dropped', async () => {
    const search = cachedTool({ name: 'search', maxEntries: 2 }, counting());
    for (const query of ['a', 'b', 'c']) await search(query);
    expect(search.cache.stats()).toMatchObject({ entries: 2, evictions: 1 });
    const large = cachedTool({ name: 'large', maxBytes: 1000 }, async () => 'x'.repeat(1000));
    await large();
    expect(large.cache.stats()).toMatchObject({ entries: 0, refusedResults: 1 });
  });

  it('forgets on clear, also what was under way', async () => {
    const tool = counting(2);
    const search = cachedTool('search', tool);
    const underWay = search('a');
    search.cache.clear();
    const after = search('a');
    expect([(await underWay).run, (await after).run, (await search('a')).run]).toEqual([1, 2, 2]);
  });

  it('saves nothing known where the cost is not known', async () => {
    const tracing = startTracing();
    const search = cachedTool({ name: 'search', billable: true }, async () => 'x');
    await withTask('t', async () => [await search(), await search()]);
    expect(tracing.spans()[1]?.attributes).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
    expect(tracing.attributes('task t')).toMatchObject({
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
    expect(tracing.attributes('task t')).not.toHaveProperty('task.saved_cost_usd');
  });

  it('works without an SDK, and inside another wrapper', async () => {
    const search = wrapTool('outer', cachedTool({ name: 'search', costUsd: 0.01 }, counting()));
    const totals = await withTask('bare', async (task) => {
      await search('a');
      await search('a');
      return task.totals;
    });
    expect(totals).toMatchObject({ costUsd: 0.01, savedCostUsd: 0.01 });
  });

  it('is refused with wrong options', () => {
    const wrong = [
      { ttl: 600 },
      { ttlSeconds: 0 },
      { ttlSeconds: Number.NaN },
      { maxEntries: 1.5 },
      { maxBytes: -1 },
    ];
    for (const options of wrong) {
      const [key] = Object.keys(options);
      expect(() => cachedTool({ name: 'x', ...options }, () => 1)).toThrow(`cachedTool options.${key}`);
    }
    expect(() => cachedTool({ name: '' }, () => 1)).toThrow('cachedTool options.name');
    expect(() => cachedTool({ name: 'x', normalize: 1 as never }, () => 1)).toThrow(
      'cachedTool options.normalize',
    );
    expect(() => cachedTool({ name: 'x', costUsd: -1 }, () => 1)).toThrow('costUsd');
  });
});
