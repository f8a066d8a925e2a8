/** Functions of the app that the library calls: their errors and rejections do not reach the app's own work. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordCost, withLlm, withTask, withTool } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeEach(() => {
  rejections.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
});

/** Unhandled rejections are reported after the microtasks. */
async function unhandled(): Promise<unknown[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return rejections;
}

/** Seen as whatever type is asked for: `void` takes it as it is, a number only in plain JavaScript. */
async function rejects<T>(): Promise<T> {
  throw new Error('the database is away');
}
const asNumber: () => number = JSON.parse('[0]').map(() => rejects)[0];

describe('an async callback that rejects', () => {
  it('as onTaskEnd ends no process', async () => {
    startTracing({ cost: { onTaskEnd: () => rejects() } });
    expect(withTask('t', () => 1)).toBe(1);
    expect(await unhandled()).toEqual([]);
  });

  it('as onThreshold ends no process', async () => {
    startTracing();
    const budget = { usd: 1, mode: 'warn' as const, onThreshold: () => rejects<void>() };
    withTask({ name: 't', budget }, () => recordCost(2));
    expect(await unhandled()).toEqual([]);
  });

  it('as a cost function leaves the call unpriced', async () => {
    const { attributes } = startTracing();
    withTool({ name: 'x', costUsd: asNumber }, () => 1);
    expect(attributes('execute_tool x')).toMatchObject({ 'cost.reason': 'bad_amount' });
    expect(await unhandled()).toEqual([]);
  });

  it('as a tokenizer has no count', async () => {
    const { attributes } = startTracing();
    const request = { model: 'gpt-4o', tools: [{ name: 'search' }] };
    withLlm({ provider: 'openai', request, countTokens: asNumber }, () => completion(50, 1));
    expect(attributes('chat gpt-4o')['cost.tool_overhead_tokens']).toBeUndefined();
    expect(await unhandled()).toEqual([]);
  });
});

describe('a cost function', () => {
  it('bills nothing by throwing a number', () => {
    const { attributes } = startTracing();
    const costUsd = () => {
      throw 500;
    };
    withTool({ name: 'x', costUsd }, () => 1);
    const own = attributes('execute_tool x');
    expect(own).toMatchObject({ 'cost.reason': 'bad_amount', 'cost.status': 'unpriced' });
    expect(own).not.toHaveProperty('cost_usd');
  });
});
