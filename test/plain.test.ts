import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain } from '../src/plain.js';

const ROOM = 1_000_000;

describe('a copy of plain data', () => {
  it('equals the value and shares nothing with it', () => {
    const value = { list: [1, { deep: true }], when: new Date(5), none: undefined, big: 1n };
    const copy = copyPlain(value, ROOM)?.value;
    expect(copy).toStrictEqual(value);
    value.list.push(2);
    value.when.setTime(9);
    expect(copy).toMatchObject({ list: [1, { deep: true }], when: new Date(5) });
  });

  it('keeps shared and cyclic references, holes and odd keys', () => {
    const shared = { a: 1 };
    const value: Record<string, unknown> = { one: shared, other: shared, holes: new Array(3) };
    value.self = value;
    Object.defineProperty(value, '__proto__', { value: 'own', enumerable: true });
    const copy = copyPlain(value, ROOM)?.value;
    expect(copy).toStrictEqual(value);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toBe('own');
  });

  it('is not made of anything else', () => {
    const others = [new Map(), new Set(), () => 1, new Error('e'), new Uint8Array(2), Object.create(null)];
    for (const other of [
      ...others,
      (async function* () {})(),
      new Response('x'),
      {
        get a() {
          return 1;
        },
      },
    ]) {
      expect(copyPlain(other, ROOM)).toBeUndefined();
      expect(copyPlain({ nested: [other] }, ROOM)).toBeUndefined();
    }
  });

  it('is not made of more than there is room for', () => {
    expect(copyPlain('x'.repeat(100), 100)).toBeUndefined();
    expect(copyPlain('x'.repeat(100), 208)?.bytes).toBe(208);
  });

  it('equals every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(copyPlain(value, ROOM)?.value).toStrictEqual(value);
      }),
    );
  });
});
