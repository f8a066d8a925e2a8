import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../src/errors.js';
import {
  expectBoolean,
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  expectString,
  isRecord,
} from '../src/validate.js';

function messageOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (error instanceof InvalidOptionError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('an invalid option', () => {
  it('is a TypeError that names the key, what was expected and the value', () => {
    const error = new InvalidOptionError('tools.web_search.costUsd', -1, 'a number from 0 to 1000000');
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({
      name: 'InvalidOptionError',
      option: 'tools.web_search.costUsd',
      message:
        'otel-agent-cost: option "tools.web_search.costUsd" must be a number from 0 to 1000000, got -1',
    });
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    ['0.005', '"0.005"'],
    ['x'.repeat(100), `"${'x'.repeat(60)}…"`],
    [10n, '10'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [[1, 2], 'an array'],
    [{ usd: 1, per: 'call' }, 'an object with keys usd, per'],
    [{}, 'an object with keys (none)'],
  ])('shows a value in a few words', (value, shown) => {
    const { message } = new InvalidOptionError('key', value, 'else');
    expect(message.endsWith(`got ${shown}`)).toBe(true);
  });
});

describe('checks', () => {
  it('hand on what is right', () => {
    const record = { a: 1 };
    expect(expectNumber('n', 0, 0, 1)).toBe(0);
    expect(expectNumber('n', 1, 0, 1)).toBe(1);
    expect(expectString('s', 'x')).toBe('x');
    expect(expectBoolean('b', false)).toBe(false);
    expect(expectRecord('r', record)).toBe(record);
    expect(expectFunction('f', () => 1)).toBeUndefined();
    expect(expectKnownKeys('r', record, ['a', 'b'])).toBeUndefined();
  });

  it.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined])(
    'refuse %s where a number from 0 to 1 is due',
    (value) => {
      expect(messageOf(() => expectNumber('n', value, 0, 1))).toContain('"n" must be a number from 0 to 1');
    },
  );

  it.each([
    ['a non-empty string', () => expectString('key', '  ')],
    ['a non-empty string', () => expectString('key', 1)],
    ['true or false', () => expectBoolean('key', 'true')],
    ['a function', () => expectFunction('key', {})],
    ['an object', () => expectRecord('key', null)],
    ['an object', () => expectRecord('key', [])],
  ])('say that %s was expected', (expected, check) => {
    expect(messageOf(check)).toContain(`"key" must be ${expected}`);
  });

  it('name the path of a key that is no option, and the keys that are', () => {
    expect(messageOf(() => expectKnownKeys('tools.x', { costUSD: 1 }, ['costUsd']))).toBe(
      'otel-agent-cost: unknown option "tools.x.costUSD"; did you mean "costUsd"?',
    );
    expect(messageOf(() => expectKnownKeys('', { tool: 1 }, ['tools']))).toContain(
      'unknown option "tool"; did',
    );
  });

  it.each([
    ['costUSD', 'costUsd'],
    ['cost_usd', 'costUsd'],
    ['tolls', 'tools'],
    ['bilable', 'billable'],
  ])('say what %s may have been meant to be', (key, meant) => {
    const check = () => expectKnownKeys('', { [key]: 1 }, ['tools', 'costUsd', 'billable']);
    expect(messageOf(check)).toContain(`unknown option "${key}"; did you mean "${meant}"?`);
  });

  it.each(['tier', 'usd', 'x'])('do not guess at %s', (key) => {
    expect(messageOf(() => expectKnownKeys('', { [key]: 1 }, ['tools', 'use', 'costUsd']))).toContain(
      `unknown option "${key}"; known are tools, use, costUsd`,
    );
  });

  it('take plain objects for records, and nothing else', () => {
    expect([{}, Object.create(null), new Date()].map(isRecord)).toEqual([true, true, true]);
    expect([null, undefined, [], 'x', () => 1].map(isRecord)).toEqual([false, false, false, false, false]);
  });
});
