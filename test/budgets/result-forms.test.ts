/** What a refused or delayed call gives in place of its result: a promise only where the work gives one. */
import { describe, expect, it } from 'vitest';
import { withLlm, withTask, withTool, wrapTool } from '../../src/index.js';
import { gate, outcomeAtOnce, outcomeOf } from '../support/budgets/outcome.js';
import { completion, startTracing, wait } from '../support/tracing.js';

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

describe('a function of a name that stands for several', () => {
  it('gives no promise in place of a stream, beside calls of the same model that do', async () => {
    startTracing();
    const generate = () =>
      withLlm({ model: 'gpt-4o' }, async () => {
        await wait(5);
        return completion(10, 1);
      });
    const stream = () => withLlm({ model: 'gpt-4o' }, () => answers());
    await withTask({ name: 't', budgetUsd: 0.0001 }, async () => {
      await readAll(stream());
      await generate();
      // They hold everything, and a stream cannot wait.
      const others = [1, 2, 3].map(() => outcomeOf(generate));
      expect(outcomeAtOnce(stream)).toContain('calls in flight hold the room');
      await Promise.all(others);
    });
  });

  it('throws where it is synchronous, once that is known', async () => {
    startTracing();
    const remote = wrapTool({ name: 'search' }, async (query: string) => query);
    const local = wrapTool({ name: 'search', costUsd: 0.2 }, (query: string) => query.toUpperCase());
    withTask({ name: 'earlier', budgetUsd: 1 }, () => expect(local('a')).toBe('A'));
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      await remote('b');
      expect(outcomeAtOnce(() => local('c'))).toContain('an estimate of 0.2 does not fit');
    });
  });
});

async function* answers() {
  yield completion(10, 1);
}

describe('a generator function', () => {
  const declared = { name: 'items', costUsd: 0.2 };
  const unknown = { name: 'items', costUsd: () => 0.01 };

  it.each<[string, () => unknown]>([
    [
      'that is asynchronous',
      wrapTool(declared, async function* () {
        yield 1;
      }),
    ],
    [
      'that is not',
      wrapTool(declared, function* () {
        yield 1;
      }),
    ],
  ])('%s throws when it is refused, also after functions of its name that gave promises', async (_, call) => {
    startTracing();
    await withTask({ name: 'earlier', budgetUsd: 1 }, () => withTool('items', async () => 1));
    withTask({ name: 't', budgetUsd: 0.1 }, () => {
      expect(outcomeAtOnce(call)).toContain('an estimate of 0.2 does not fit');
    });
  });

  async function* slowItems() {
    yield 1;
    await wait(5);
    yield 2;
  }

  it.each<[string, object, () => AsyncIterable<unknown>]>([
    ['of a tool', {}, wrapTool(unknown, slowItems)],
    ['of a tool', { reserveTimeoutMillis: 1000 }, wrapTool(unknown, slowItems)],
    ['of an LLM call', {}, () => withLlm('gpt-4o', slowItems)],
    ['of an LLM call', { reserveTimeoutMillis: 1000 }, () => withLlm('gpt-4o', slowItems)],
  ])('%s never waits, with the terms %o', async (_, terms, call) => {
    startTracing();
    await withTask({ name: 't', budget: { usd: 0.1, ...terms } }, async () => {
      const first = call();
      expect(outcomeAtOnce(call)).toContain('calls in flight hold the room');
      await readAll(first);
      await readAll(call());
    });
  });
});

describe('the first calls of tools without a price, in parallel', () => {
  it('run, where it is not known yet that they give promises', async () => {
    startTracing();
    const call = (name: string) => outcomeOf(() => withTool(name, () => wait(5).then(() => 'ran')));
    const outcomes = await withTask({ name: 't', budgetUsd: 1 }, () => Promise.all(['a', 'b'].map(call)));
    expect(outcomes).toEqual(['ran', 'ran']);
  });

  it('run, where one of them is synchronous', async () => {
    startTracing();
    const outcomes = await withTask({ name: 't', budgetUsd: 1 }, async () => {
      const remote = outcomeOf(() =>
        withTool('weather', async () => {
          await wait(5);
          return 'ran';
        }),
      );
      return [outcomeAtOnce(() => withTool('calculator', () => 'ran')), await remote];
    });
    expect(outcomes).toEqual(['ran', 'ran']);
  });

  it('hold their declared price and no more, beside one that holds everything', async () => {
    startTracing();
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      const [ends, slow] = [gate(), gate()];
      const unknownCost = withTool({ name: 'a', costUsd: () => 0.01 }, async () => ends.opened);
      const declaredCost = withTool({ name: 'b', costUsd: 0.04 }, () => slow.opened);
      ends.open();
      await unknownCost;
      expect(outcomeAtOnce(() => withTool({ name: 'probe', costUsd: 9 }, () => 1))).toContain(
        'spent 0.01, reserved 0.04;',
      );
      slow.open();
      await declaredCost;
    });
  });
});
