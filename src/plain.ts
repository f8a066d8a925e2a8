/** Plain data: values that can be copied without loss. */

/** Estimated memory sizes, in bytes: good enough to bound a cache, not to measure one. */
const BYTES_PER_VALUE = 8;
const BYTES_PER_OBJECT = 48;
const BYTES_PER_CHAR = 2;

/** The deepest nesting to follow. Tool results are about ten levels deep; the stack allows thousands. */
const MAX_DEPTH = 200;

export interface PlainCopy {
  value: unknown;
  /** Estimated memory size of the copy. */
  bytes: number;
}

/**
 * The keys of a plain object or array whose properties are all enumerable data with string keys. Undefined for
 * anything else: class instances, getters, symbols, arrays with extra properties. Throws `RangeError` for more
 * than `maxKeys`, before any of them is read.
 */
export function plainKeys(value: object, maxKeys: number): readonly string[] | undefined {
  const isArray = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (isArray ? prototype !== Array.prototype : prototype !== Object.prototype && prototype !== null)
    return undefined;
  // The keys of an array are not listed before its length is known: listing a million takes a tenth of a second.
  if (isArray && value.length > maxKeys) throw new RangeError('too many');
  const own = Reflect.ownKeys(value);
  if (own.length > maxKeys + 1) throw new RangeError('too many');
  const keys: string[] = [];
  for (const key of own) {
    if (isArray && key === 'length') continue;
    if (typeof key !== 'string' || (isArray && !isIndex(key))) return undefined;
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || !property.enumerable || !('value' in property)) return undefined;
    keys.push(key);
  }
  return keys;
}

/**
 * A deep copy of primitives, dates, plain objects and arrays. Shared and cyclic references are preserved. Undefined
 * when the value contains anything else or takes more than `maxBytes`. Never throws.
 */
export function copyPlain(value: unknown, maxBytes: number): PlainCopy | undefined {
  try {
    const copier = new Copier(maxBytes);
    const copy = copier.copy(value, 0);
    return { value: copy, bytes: copier.bytes };
  } catch {
    // Not plain, too large, or a proxy that throws.
    return undefined;
  }
}

class NotPlain extends Error {}

class Copier {
  bytes = 0;
  private readonly copies = new Map<object, object>();

  constructor(private readonly maxBytes: number) {}

  copy(value: unknown, depth: number): unknown {
    if (typeof value === 'function') throw new NotPlain();
    this.take(BYTES_PER_VALUE + (typeof value === 'string' ? value.length * BYTES_PER_CHAR : 0));
    return typeof value === 'object' && value !== null ? this.copyObject(value, depth) : value;
  }

  private take(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.maxBytes) throw new NotPlain();
  }

  private copyObject(value: object, depth: number): object {
    const known = this.copies.get(value);
    if (known !== undefined) return known;
    if (depth > MAX_DEPTH) throw new NotPlain();
    this.take(BYTES_PER_OBJECT);
    if (isPlainDate(value)) return this.keep(value, new Date(value));
    const keys = plainKeys(value, (this.maxBytes - this.bytes) / BYTES_PER_VALUE);
    // The copy of an object without a prototype would have one.
    if (keys === undefined || Object.getPrototypeOf(value) === null) throw new NotPlain();
    const copy: object = this.keep(value, Array.isArray(value) ? new Array(value.length) : {});
    for (const key of keys) {
      this.take(key.length * BYTES_PER_CHAR);
      const copied = this.copy(Reflect.get(value, key), depth + 1);
      // Defined rather than assigned, because a key may be `__proto__`.
      Object.defineProperty(copy, key, {
        value: copied,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return copy;
  }

  private keep(value: object, copy: object): object {
    this.copies.set(value, copy);
    return copy;
  }
}

function isIndex(key: string): boolean {
  return String(Number(key) >>> 0) === key;
}

/** True for a plain `Date`: not a subclass, and without properties of its own. */
export function isPlainDate(value: object): value is Date {
  return (
    value instanceof Date &&
    Object.getPrototypeOf(value) === Date.prototype &&
    Reflect.ownKeys(value).length === 0
  );
}
