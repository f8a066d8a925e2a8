/**
 * Canonical strings: equal values give the same string, different values give different ones. Used to compare
 * calls.
 */

import { createHash } from 'node:crypto';
import { isPlainDate, plainKeys } from './plain.js';

/**
 * The longest canonical string, in characters. Tool arguments are mostly below 1,000; hashing longer strings than
 * this would block the event loop for milliseconds on every call.
 */
export const MAX_CANONICAL_CHARS = 262_144;

/**
 * The most values to visit: the arguments of a call have tens, a long conversation with its tools a few thousand.
 * Reading this many takes about 5 ms.
 */
export const MAX_CANONICAL_VALUES = 20_000;

/** Larger bigints are refused, because their digits take quadratic time. */
const MAX_BIGINT_BITS = 1024;

/** The deepest nesting to follow: far deeper than anything a model writes, far from overflowing the stack. */
const MAX_CANONICAL_DEPTH = 100;

class Refused extends Error {}

export interface CanonicalOptions {
  /** Returns the string for a function, or for an object that is not plain data. Default: such values are refused. */
  opaqueText?: (value: object) => string;
  /** The longest string to build, in characters. Default {@link MAX_CANONICAL_CHARS}. */
  maxChars?: number;
}

function refuse(): never {
  throw new Refused();
}

/**
 * JSON with sorted keys. `undefined`, holes, bigints, dates, -0, NaN and the infinities have a form of their own.
 * Returns undefined for values without a canonical string: cyclic, too deep or too long values, symbols, and
 * (unless `opaqueText` handles them) functions, objects with getters, maps, sets and other class instances. Never
 * throws.
 */
export function canonicalText(value: unknown, options?: CanonicalOptions): string | undefined {
  try {
    const writer = new Writer(options);
    writer.write(value, 0);
    return writer.text;
  } catch {
    // The value was refused, or a proxy of the app threw.
    return undefined;
  }
}

/**
 * SHA-256 of a name and the canonical string of a value, in hexadecimal. Undefined when the value has no canonical
 * string.
 */
export function canonicalHash(name: string, value: unknown, options?: CanonicalOptions): string | undefined {
  const text = canonicalText(value, options);
  return text === undefined
    ? undefined
    : createHash('sha256')
        .update(`${JSON.stringify(name)}${text}`)
        .digest('hex');
}

class Writer {
  text = '';
  private values = 0;
  private readonly around = new Set<object>();

  private readonly opaqueText: (value: object) => string;
  private readonly maxChars: number;

  constructor({ opaqueText = refuse, maxChars = MAX_CANONICAL_CHARS }: CanonicalOptions = {}) {
    this.opaqueText = opaqueText;
    this.maxChars = maxChars;
  }

  write(value: unknown, depth: number): void {
    this.values += 1;
    if (this.values > MAX_CANONICAL_VALUES) throw new Refused();
    if (typeof value === 'object' && value !== null) this.writeObject(value, depth);
    else if (typeof value === 'function') this.append(this.opaqueText(value));
    else this.append(primitiveText(value, this.maxChars));
  }

  private append(part: string): void {
    if (this.text.length + part.length > this.maxChars) throw new Refused();
    this.text += part;
  }

  private writeObject(value: object, depth: number): void {
    if (depth >= MAX_CANONICAL_DEPTH || this.around.has(value)) throw new Refused();
    this.around.add(value);
    if (Array.isArray(value)) this.writeArray(value, depth);
    else if (isPlainDate(value)) this.append(`Date(${value.getTime()})`);
    else this.writeRecord(value, depth);
    this.around.delete(value);
  }

  /** The number of values that may still be visited. Each takes at least one character and a comma. */
  private room(): number {
    return Math.min(MAX_CANONICAL_VALUES - this.values, this.maxChars / 2);
  }

  private writeArray(values: readonly unknown[], depth: number): void {
    const keys = plainKeys(values, this.room());
    if (keys === undefined) {
      this.append(this.opaqueText(values));
      return;
    }
    this.append('[');
    for (let index = 0; index < values.length; index++) {
      if (index > 0) this.append(',');
      if (index in values) this.write(values[index], depth + 1);
      else this.append('hole');
    }
    this.append(']');
  }

  private writeRecord(value: object, depth: number): void {
    const keys = plainKeys(value, this.room());
    if (keys === undefined) {
      this.append(this.opaqueText(value));
      return;
    }
    this.append('{');
    for (const [index, key] of [...keys].sort().entries()) {
      this.append(`${index > 0 ? ',' : ''}${JSON.stringify(key)}:`);
      this.write(Reflect.get(value, key), depth + 1);
    }
    this.append('}');
  }
}

function primitiveText(value: unknown, maxChars: number): string {
  switch (typeof value) {
    case 'string':
      if (value.length > maxChars) throw new Refused();
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      if (BigInt.asIntN(MAX_BIGINT_BITS, value) !== value) throw new Refused();
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return 'null';
    default:
      throw new Refused();
  }
}
