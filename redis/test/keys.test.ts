import { describe, expect, it } from 'vitest';
import { encodeName, Keys } from '../src/keys.js';
import { BUDGET, TOTAL } from './support/requests.js';

describe('a name in a key', () => {
  it('stays readable', () => {
    expect(encodeName('customer-42_a.b')).toBe('customer-42_a.b');
    expect(encodeName('ada@example.com')).toBe('ada%40example.com');
    expect(encodeName('Köln')).toBe('K%c3%b6ln');
  });

  it('has no character with a meaning in a key', () => {
    expect(encodeName('}{:%\n\0 ~*')).toBe('%7d%7b%3a%25%0a%00%20%7e%2a');
  });

  it('has a form also for a string that has no UTF-8', () => {
    expect(encodeName('a\ud800b')).toBe('a%ud800b');
    expect(encodeName('\udc00\ud800')).toBe('%udc00%ud800');
    expect(encodeName('\u{1f600}')).toBe('%f0%9f%98%80');
  });

  it('is cut when it is long, and stays the only one of its kind', () => {
    const names = [
      'x'.repeat(121),
      'x'.repeat(122),
      `${'x'.repeat(121)}{`,
      'ü'.repeat(256),
      `${'ü'.repeat(255)}u`,
    ];
    const encoded = names.map(encodeName);
    expect(new Set(encoded).size).toBe(names.length);
    for (const name of encoded) expect(name).toMatch(/^[\w%]{55}~[0-9a-f]{64}$/);
    expect(encodeName('x'.repeat(120))).toBe('x'.repeat(120));
    // A name that looks like the short form of another.
    expect(encodeName(encoded[0] ?? '')).not.toBe(encoded[0]);
  });
});

describe('the keys of a budget', () => {
  it('have one hash tag, and name what they hold', () => {
    const keys = new Keys('agent-cost');
    const all = [
      ...keys.writers(BUDGET),
      ...keys.periods(BUDGET, [TOTAL, { name: '2026-11-30@Europe/Berlin', keepMillis: 1 }]),
    ];
    expect(all).toEqual([
      'agent-cost:{budget:customer:acme}:versions',
      'agent-cost:{budget:customer:acme}:writers',
      'agent-cost:{budget:customer:acme}:use:total',
      'agent-cost:{budget:customer:acme}:leases:total',
      'agent-cost:{budget:customer:acme}:use:2026-11-30%40Europe%2fBerlin',
      'agent-cost:{budget:customer:acme}:leases:2026-11-30%40Europe%2fBerlin',
    ]);
  });

  it('are those of no other budget, and of no row', () => {
    const keys = new Keys('p');
    const names = [
      keys.row({ kind: 'task', id: 'a' }),
      keys.row({ kind: 'session', id: 'a' }),
      keys.row({ kind: 'task', id: 'a}:b' }),
      ...keys.writers({ kind: 'task', name: 'a' }),
      ...keys.writers({ kind: 'a:b', name: 'c' }),
      ...keys.writers({ kind: 'a', name: 'b:c' }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
