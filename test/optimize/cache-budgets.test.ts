/** Cached tools under budgets: a call that joined another one asks the budgets when it has to run for itself. */
import { describe, expect, it } from 'vitest';
import { withTask } from '../../src/index.js';
import { cachedTool } from '../../src/optimize/cached-tool.js';
import { startTracing, wait } from '../support/tracing.js';

const SEARCH = { name: 'search', costUsd: 0.03 };

/** Sixteen equal calls at a time under a budget of $0.10. Returns how many ran, what became of them, and their cost. */
async function sixteen(work: (query: string) => unknown) {
  startTracing();
  let ran = 0;
  const search = cachedTool(SEARCH, async (query: string) => {
    ran += 1;
    await wait();
    return work(query);
  });
  return withTask({ name: 't', budgetUsd: 0.1 }, async (task) => {
    const settled = await Promise.allSettled(Array.from({ length: 16 }, () => search('q')));
    for (const each of settled) {
      if (each.status === 'fulfilled' && isStream(each.value)) for await (const _ of each.value);
    }
    const refused = settled.filter(
      (each) => each.status === 'rejected' && String(each.reason).includes('BudgetExceededError'),
    );
    return { ran, refused: refused.length, costUsd: task.totals.costUsd };
  });
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

describe('calls that joined an equal one', () => {
  it.each<[string, () => unknown]>([
    ['a result that cannot be copied', () => ({ rows: 1, next: () => 2 })],
    [
      'a stream',
      () =>
        (async function* () {
          yield 1;
        })(),
    ],
  ])('ask the budgets when that one gave %s', async (_, work) => {
    expect(await sixteen(work)).toEqual({ ran: 3, refused: 13, costUsd: 0.09 });
  });

  it('ask the budgets when that one was aborted', async () => {
    const aborted = () => {
      throw new DOMException('given up', 'AbortError');
    };
    expect(await sixteen(aborted)).toEqual({ ran: 3, refused: 13, costUsd: 0.09 });
  });

  it('are let in for nothing when that one gave an answer', async () => {
    expect(await sixteen((query) => ({ query }))).toEqual({ ran: 1, refused: 0, costUsd: 0.03 });
  });
});
