/** Options that throw while they are read: one of them does not drop the others, and none makes a call look free. */
import { describe, expect, it } from 'vitest';
import { wrapCompute } from '../../src/compute.js';
import {
  BudgetExceededError,
  CostSpanProcessor,
  InvalidOptionError,
  startTask,
  type ToolOptions,
  type Totals,
  withAgent,
  withLlm,
  withSession,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { cachedTool } from '../../src/optimize.js';
import { startTracing } from '../support/tracing.js';

function raise(): never {
  throw new Error('of the app');
}

/** Options with one key that throws. */
function without<O extends object>(options: O, ...keys: string[]): O {
  const copy = { ...options };
  for (const key of keys) Object.defineProperty(copy, key, { enumerable: true, get: raise });
  return copy;
}

const UNLISTED = { ownKeys: raise };
const HOSTILE = { get: raise, has: raise, ownKeys: raise, getOwnPropertyDescriptor: raise };

function totalsOf(options: ToolOptions): Totals {
  return withTask('t', (task) => {
    expect(withTool(options, () => 1)).toBe(1);
    return task.totals;
  });
}

describe('an option of a tool that cannot be read', () => {
  it.each<[string, ToolOptions]>([
    ['its price', without({ name: 'x' }, 'costUsd')],
    ['a misspelled price', without({ name: 'x' }, 'cost_usd')],
    ['whether it is billable', without({ name: 'x' }, 'billable')],
    ['all of them', new Proxy({ name: 'x' }, HOSTILE)],
  ])('makes the call unpriced and not free: %s', (_what, options) => {
    startTracing();
    expect(totalsOf(options)).toMatchObject({ costUsd: 0, costComplete: false, unpricedCalls: 1 });
  });

  it.each<[string, ToolOptions]>([
    ['another one', without({ name: 'x', costUsd: 0.5 }, 'startTimeMillis', 'args')],
    ['the list of them', new Proxy({ name: 'x', costUsd: 0.5 }, UNLISTED)],
    ['arguments behind a revoked proxy', { name: 'x', costUsd: 0.5, args: revoked() }],
  ])('leaves the price in force: %s', (_what, options) => {
    startTracing();
    const totals = totalsOf(options);
    expect(totals).toMatchObject({ costUsd: 0.5, costComplete: true });
    expect(Object.keys(totals.byTool)).toEqual(['x']);
  });
});

function revoked(): never[] {
  const { proxy, revoke } = Proxy.revocable<never[]>([], {});
  revoke();
  return proxy;
}

describe('an option of a scope that cannot be read', () => {
  it.each([
    ['attribution', without({ name: 'sub', budgetUsd: 0.001 }, 'attribution')],
    ['a value of attribution', { name: 'sub', budgetUsd: 0.001, attribution: without({}, 'team') }],
    ['the list of options', new Proxy({ name: 'sub', budgetUsd: 0.001 }, UNLISTED)],
  ])('leaves the budget in force: %s', (_what, options) => {
    startTracing();
    let ran = false;
    expect(() =>
      withTask(options, () =>
        withTool({ name: 'x', costUsd: 0.5 }, () => {
          ran = true;
        }),
      ),
    ).toThrow(BudgetExceededError);
    expect(ran).toBe(false);
  });

  const BUDGETS = [
    { budget: new Proxy({}, UNLISTED) },
    { budget: new Proxy({ usd: 1 }, HOSTILE) },
    { budget: without({}, 'usd') },
    { budget: { usd: new Proxy({}, HOSTILE) } },
    without({}, 'budget'),
    without({}, 'budgetUsd'),
    without({}, 'budgetUSD'),
  ];
  it.each(BUDGETS)('is refused if it is the budget: %#', (budget) => {
    startTracing();
    const named = describeKeys(budget);
    for (const run of [
      () => startTask(named),
      () => withTask(named, raise),
      () => withSession(Object.assign(describeKeys(budget), { id: 's' }), raise),
      () => withAgent(named, raise),
      () => withLlm(describeKeys(budget) as object, raise),
      () => withTool(named, raise),
    ])
      expect(run).toThrow(InvalidOptionError);
  });

  /** Spreading would run the getters. */
  function describeKeys(options: object): { name: string; id: string } {
    return Object.defineProperties({ name: 'a', id: 'a' }, Object.getOwnPropertyDescriptors(options));
  }

  it('is refused at construction, whatever it is', () => {
    for (const options of [new Proxy({ name: 'a' }, HOSTILE), new Proxy({ name: 'a' }, UNLISTED)]) {
      const given: never = options as never;
      for (const wrap of [wrapTool, wrapLlm, wrapAgent, cachedTool, wrapCompute])
        expect(() => Reflect.apply(wrap, undefined, [given, () => 1])).toThrow(InvalidOptionError);
      expect(() => new CostSpanProcessor(given)).toThrow(InvalidOptionError);
    }
  });
});

describe('a budget of startTask', () => {
  it('is named as its own', () => {
    const start = () => startTask({ name: 'b', budgetUsd: -1 });
    expect(start).toThrow('option "startTask.budgetUsd"');
    expect(start).toThrow(expect.objectContaining({ option: 'startTask.budgetUsd' }));
  });
});

describe('null in a budget', () => {
  it('is no limit, as in budgetUsd', () => {
    startTracing();
    const options = { name: 't', budget: { usd: null } } as never;
    expect(withTask(options, () => withTool({ name: 'x', costUsd: 5 }, () => 1))).toBe(1);
    const tokens = { name: 't', budget: { usd: null, toolCalls: 0 } } as never;
    expect(() => withTask(tokens, () => withTool({ name: 'x', costUsd: 5 }, () => 1))).toThrow(
      BudgetExceededError,
    );
    const misspelled = { name: 't', budget: { usd: null, token: 5 } } as never;
    expect(() => withTask(misspelled, () => 1)).toThrow(InvalidOptionError);
  });
});
