import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHash, canonicalText, MAX_CANONICAL_CHARS } from '../src/canonical.js';

class Point {
  x = 1;
}

describe('canonical text', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalText({ b: 1, a: { d: [1, 2], c: null } })).toBe(
      canonicalText({ a: { c: null, d: [1, 2] }, b: 1 }),
    );
  });

  it('keeps values apart that JSON confuses', () => {
    const values = [
      ...[undefined, null, 0, -0, Number.NaN, Infinity, -Infinity, 1, 1n, '1', '1n', 'null', 'undefined'],
      ...[[], {}, [undefined], [null], new Array(1), { a: undefined }, { a: null }, 'hole', ['hole']],
      ...[new Date(0), new Date(0).toISOString(), 'Date(0)', new Date(Number.NaN), true, 'true'],
    ];
    expect(new Set(values.map((value) => canonicalText(value))).size).toBe(values.length);
    expect(values.map((value) => canonicalText(value))).not.toContain(undefined);
  });

  it('takes the text that it is given for what is no plain data, and the length that it is given', () => {
    const options = { opaqueText: () => '#', maxChars: 12 };
    const getter = {
      get a() {
        return 1;
      },
    };
    for (const opaque of [() => 1, new Point(), new Map(), getter, Object.assign([1], { extra: 1 })]) {
      expect(canonicalText({ a: opaque }, options)).toBe('{"a":#}');
    }
    expect(canonicalText('x'.repeat(10), options)).toBeDefined();
    for (const long of ['x'.repeat(11), new Array(13), { a: 'x'.repeat(10) }]) {
      expect(canonicalText(long, options)).toBeUndefined();
    }
  });

  it('refuses what has no text of its own', () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    let deep: object = {};
    for (let i = 0; i < 10_000; i++) deep = { deep };
    const extra = Object.assign([1], { extra: 1 });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const refused = [
      ...[
        new Map([[1, 1]]),
        new Set([1]),
        () => 1,
        Symbol('s'),
        new Point(),
        /x/,
        new Error('e'),
        new Uint8Array(1),
      ],
      ...[
        cyclic,
        deep,
        extra,
        { [Symbol('key')]: 1 },
        {
          get a() {
            return 1;
          },
        },
        revoked.proxy,
      ],
      ...['x'.repeat(MAX_CANONICAL_CHARS + 1), new Array(MAX_CANONICAL_CHARS + 1), [new Map()]],
      ...[
        Object.defineProperty({}, 'hidden', { value: 1 }),
        Object.create({ inherited: 1 }),
        Promise.resolve(1),
      ],
      Object.assign(new Date(0), { extra: 1 }),
    ];
    expect(refused.map((value) => canonicalText(value)).filter((text) => text !== undefined)).toEqual([]);
  });

  it('refuses an array that is too long without looking into it', () => {
    let looks = 0;
    const vector = new Proxy(new Array(MAX_CANONICAL_CHARS / 2 + 1).fill(0), {
      ownKeys(target) {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    });
    expect(canonicalText(vector)).toBeUndefined();
    expect(looks).toBe(0);
  });

  it('takes one object in two places, and a key named __proto__', () => {
    const shared = { a: 1 };
    expect(canonicalText([shared, shared])).toBe('[{"a":1},{"a":1}]');
    expect(canonicalText(JSON.parse('{"__proto__":1}'))).not.toBe(canonicalText({}));
  });

  it('is equal for equal values only', () => {
    const value = fc.anything({
      withBigInt: true,
      withDate: true,
      withNullPrototype: false,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(value, value, (one, other) => {
        const [a, b] = [canonicalText(one), canonicalText(other)];
        if (a !== undefined && a === b) expect(one).toStrictEqual(other);
      }),
    );
  });

  it('is the same for a copy with its keys in another order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalText(reversed(value))).toBe(canonicalText(value));
      }),
    );
  });
});

describe('canonical hash', () => {
  it('is a SHA-256 of name and value', () => {
    expect(canonicalHash('search', { q: 'x' })).toMatch(/^[0-9a-f]{64}$/);
    expect(canonicalHash('search', { q: 'x' })).not.toBe(canonicalHash('find', { q: 'x' }));
    expect(canonicalHash('search', new Map())).toBeUndefined();
  });

  it('does not run name and value into one another', () => {
    expect(canonicalHash('a"[', 1)).not.toBe(canonicalHash('a', '[1'));
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
