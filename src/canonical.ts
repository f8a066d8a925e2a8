/** One text for equal values, and different texts for different ones: what calls are told apart by. */

import { createHash } from 'node:crypto';
import { isPlainDate, plainKeys } from './plain.js';

/**
 * The longest text that is made, in characters. Arguments of a tool are mostly below one thousand; for those beyond
 * this, hashing would cost the event loop milliseconds in every call.
 */
export const MAX_CANONICAL_CHARS = 262_144;

/** The deepest nesting that is followed: far beyond what a model writes, far from the end of the stack. */
const MAX_CANONICAL_DEPTH = 100;

class Refused extends Error {}

export interface CanonicalOptions {
  /** The text of a function, or of an object that is no plain data. Default: they are refused. */
  opaqueText?: (value: object) => string;
  /** The longest text that is made, in characters. Default {@link MAX_CANONICAL_CHARS}. */
  maxChars?: number;
}

function refuse(): never {
  throw new Refused();
}

/**
 * JSON with sorted keys, beyond which `undefined`, holes, bigints, dates, -0, NaN and the infinities have a form of
 * their own. Undefined for what has no such text: cyclic, too deep or too long values, symbols, and, unless
 * `opaqueText` gives them one, functions, objects with getters, maps, sets and other class instances. Never throws.
 */
export function canonicalText(value: unknown, options?: CanonicalOptions): string | undefined {
  try {
    const writer = new Writer(options);
    writer.write(value, 0);
    return writer.text;
  } catch {
    // Refused, or a proxy of the app's that throws: both have no text.
    return undefined;
  }
}

/** SHA-256 of a name and the canonical text of a value, in hexadecimal; undefined where there is no such text. */
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
  private readonly around = new Set<object>();

  private readonly opaqueText: (value: object) => string;
  private readonly maxChars: number;

  constructor({ opaqueText = refuse, maxChars = MAX_CANONICAL_CHARS }: CanonicalOptions = {}) {
    this.opaqueText = opaqueText;
    this.maxChars = maxChars;
  }

  write(value: unknown, depth: number): void {
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

  private writeArray(values: readonly unknown[], depth: number): void {
    // An element takes a character and a comma; a million of them, half a second to look through.
    if (values.length * 2 > this.maxChars) throw new Refused();
    const keys = plainKeys(values);
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
    const keys = plainKeys(value);
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
