import { describe, expect, it } from 'vitest';
import { ActionError, ActionResult, isActionError, isActionResult, mistakeOf } from '../src/action.js';

describe('ActionResult', () => {
  it('holds the data as it is and what it cost', () => {
    const data = { hits: 3 };
    const result = new ActionResult(data, { costUsd: 0.02 });
    expect(result.data).toBe(data);
    expect(result.costUsd).toBe(0.02);
    expect([isActionResult(result), isActionError(result)]).toEqual([true, false]);
  });

  it('need not say a cost', () => {
    expect(new ActionResult(1).costUsd).toBeUndefined();
  });
});

describe('ActionError', () => {
  it('is an Error with a name, a message, a stack, a cost and a cause', () => {
    const cause = new Error('socket');
    const error = new ActionError('refused', { costUsd: 0.02, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'ActionError', message: 'refused', costUsd: 0.02, cause });
    expect(error.stack).toContain('refused');
    expect([isActionError(error), isActionResult(error)]).toEqual([true, false]);
  });

  it('has no own cause unless one is given', () => {
    expect(Object.hasOwn(new ActionError('refused'), 'cause')).toBe(false);
  });
});

describe('options that cannot be read', () => {
  it.each<[string, unknown, string]>([
    ['another spelling', { cost_usd: 0.02 }, 'unknown option "cost_usd", did you mean "costUsd"?'],
    ['another name beside the right one', { costUsd: 0.02, currency: 'EUR' }, 'unknown option "currency"'],
    ['the amount alone', 0.02, 'options that are not an object'],
    ['a list', [0.02], 'options that are not an object'],
    [
      'a getter that throws',
      {
        get costUsd() {
          throw new Error('unreadable');
        },
      },
      'options that throw when they are read',
    ],
  ])('make the cost unreadable, not free: %s', (_what, options, mistake) => {
    for (const make of [ActionResult, ActionError]) {
      const action: ActionResult<unknown> | ActionError = Reflect.construct(make, ['x', options]);
      expect(action.costUsd).toBeNaN();
      expect(mistakeOf(action)).toBe(mistake);
    }
  });

  it.each([[null], [undefined], [{}], [{ costUsd: undefined, cost_usd: undefined }]])(
    'are not %j: it says no cost',
    (options) => {
      expect(Reflect.construct(ActionResult, [1, options]).costUsd).toBeUndefined();
      expect(Reflect.construct(ActionError, ['x', options]).costUsd).toBeUndefined();
    },
  );
});

describe('what is recognised', () => {
  it('comes from another copy of this package, too', () => {
    const brand = Symbol.for('otel-agent-cost.action');
    expect(isActionResult({ [brand]: 'result', data: 1, costUsd: 1 })).toBe(true);
    expect(isActionError(Object.assign(new Error('x'), { [brand]: 'error' }))).toBe(true);
  });

  it.each([[undefined], [null], [0], ['ActionResult'], [{ data: 1, costUsd: 1 }], [() => 1]])(
    'is not %j, which only looks like one',
    (value) => {
      expect([isActionResult(value), isActionError(value)]).toEqual([false, false]);
    },
  );
});
