/** What the fuzz found, each as the smallest case. */
import { describe, expect, it } from 'vitest';
import { recordCompute, spreadFee } from '../../src/compute.js';
import { recordCost, recordUsage, type TaskHandle, withLlm, withTask, withTool } from '../../src/index.js';
import { compressHistory, routeModel } from '../../src/optimize.js';
import { startTracing } from '../support/tracing.js';

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const fail = (): never => {
  throw new Error('looked at');
};

/** Runs work in a task, and returns the task's totals. */
function totalsOf(work: (task: TaskHandle) => void) {
  const tracing = startTracing();
  const totals = withTask('work', (task) => {
    work(task);
    return task.totals;
  });
  expect(tracing.cost.stats.internalErrors).toBe(0);
  return totals;
}

const RESPONSE = { model: 'gpt-4o', usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } };

describe('a value that throws when it is looked at', () => {
  it('is the same error for the app when a stream fails with it', () => {
    const error = Object.defineProperty(new Error('failed'), 'name', { get: fail });
    startTracing();
    const stream = withLlm('gpt-4o', function* () {
      yield 1;
      throw error;
    });
    let caught: unknown;
    try {
      for (const _chunk of stream);
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).toBe(error);
  });

  it('is a cost that is unknown, never one that is missing', () => {
    const cases: readonly (() => unknown)[] = [
      () => Reflect.apply(recordCompute, undefined, [revoked()]),
      () => recordUsage(revoked()),
      () =>
        withTool(
          {
            name: 'search',
            costUsd: () => {
              throw revoked();
            },
          },
          () => 1,
        ),
      () => withTool({ name: 'search', billable: true }, () => revoked()),
    ];
    for (const work of cases) expect(totalsOf(work).costComplete).toBe(false);
  });

  it('in a counterfactual leaves the bill of its call as it is', () => {
    for (const model of [5, revoked()]) {
      const counterfactual = Object.assign({}, { model });
      const options = { model: 'gpt-4o', counterfactual };
      const totals = totalsOf(() => Reflect.apply(withLlm, undefined, [options, () => RESPONSE]));
      expect(totals).toMatchObject({ costUsd: 2.5, costComplete: true });
    }
  });

  it('that changes between two looks, or fails at the second, costs no bill', () => {
    const changing = (first: unknown, second: unknown) => {
      let looks = 0;
      return { enumerable: true, get: () => (looks++ === 0 ? first : second) };
    };
    const model = Object.defineProperty({}, 'model', changing('gpt-4o', 5));
    const named = Object.defineProperty({ kind: 'tool' }, 'name', changing('fee', Symbol('x')));
    const usage = Object.defineProperty({ inputTokens: 1_000_000, outputTokens: 0 }, 'model', { get: fail });
    expect(totalsOf(() => Reflect.apply(withLlm, undefined, [model, () => RESPONSE]))).toMatchObject({
      costUsd: 2.5,
    });
    expect(totalsOf(() => Reflect.apply(recordCost, undefined, [1, named])).costUsd).toBe(1);
    expect(totalsOf(() => recordUsage(usage))).toMatchObject({ inputTokens: 1_000_000, costComplete: false });
    const seconds = { name: 'gpu', rates: { usdPerHour: 1 }, amounts: {}, seconds: Symbol('x') };
    expect(totalsOf(() => Reflect.apply(recordCompute, undefined, [seconds])).costComplete).toBe(false);
  });

  it('does not throw out of a router, a compression or a division of fees', async () => {
    const router = routeModel({ default: { model: 'gpt-4o' }, routes: [] });
    expect(Reflect.apply(router.llmOptions, router, ['step', revoked()])).toMatchObject({ model: 'gpt-4o' });
    router.stop();
    const messages = [{ role: 'user', content: new Proxy([], { get: fail }) }, { role: 'user' }];
    const { messages: kept } = await compressHistory(messages, { summarize: () => 'short' });
    expect(kept).toEqual(messages);
    for (const weights of [[1n], [Symbol('x')], new Proxy([1], { get: fail }), new Array(4e9)])
      expect(Reflect.apply(spreadFee, undefined, [1, weights])).toBeUndefined();
  });
});
