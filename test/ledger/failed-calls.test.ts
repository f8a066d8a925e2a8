import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callKey, FailedCalls, MAX_CALL_CHARS, MAX_FAILED_CALLS } from '../../src/ledger/failed-calls.js';

describe('the key of a call', () => {
  it('is one for equal arguments, and another for others or another name', () => {
    const plain = fc.jsonValue();
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(callKey('x', [structuredClone(a)])).toBe(callKey('x', [a]));
        expect(callKey('y', [a])).not.toBe(callKey('x', [a]));
        for (const other of [b, [b]]) {
          if (!isDeepStrictEqual(a, other)) expect(callKey('x', [a])).not.toBe(callKey('x', [other]));
        }
      }),
    );
  });

  it('takes functions and class instances for equal to themselves alone', () => {
    const client = new Map();
    const work = () => 1;
    expect(callKey('x', [{ client, work }])).toBe(callKey('x', [{ work, client }]));
    expect(callKey('x', [client])).not.toBe(callKey('x', [new Map()]));
    expect(callKey('x', [work])).not.toBe(callKey('x', [() => 1]));
    expect(callKey('x', [client])).not.toBe(callKey('x', ['#1']));
  });

  it('is missing where there is no input, or none that ends', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    for (const input of [undefined, cyclic, 'x'.repeat(MAX_CALL_CHARS + 1), Symbol('x'), proxy]) {
      expect(callKey('x', input)).toBeUndefined();
    }
  });
});

describe('failed calls', () => {
  it('keep the highest attempt of each until it succeeds', () => {
    const failed = new FailedCalls();
    expect([failed.has('x'), failed.lastAttempt('k')]).toEqual([false, 0]);
    failed.add('k', 'x', 3);
    failed.add('k', 'x', 1);
    expect([failed.has('x'), failed.has('y'), failed.lastAttempt('k')]).toEqual([true, false, 3]);
    failed.delete('k');
    expect([failed.has('x'), failed.lastAttempt('k')]).toEqual([false, 0]);
  });

  it('are the latest, and no more than the table holds', () => {
    const failed = new FailedCalls();
    for (let i = 0; i < 3 * MAX_FAILED_CALLS; i++) {
      failed.add(`k${i}`, 'x', 1);
      failed.add('again', 'x', 1);
    }
    expect(failed.size).toBe(MAX_FAILED_CALLS);
    expect(failed.lastAttempt('again')).toBe(1);
    expect(failed.lastAttempt('k0')).toBe(0);
  });
});
