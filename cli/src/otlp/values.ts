/** Checked reading of what a request says, in JSON or protobuf. */
import type { WireType } from './span.js';

/** A part that cannot be read. The message names it. */
export class UnreadableError extends Error {
  override name = 'UnreadableError';
}

/** Reads the kinds of value that differ between JSON and protobuf. Each throws {@link UnreadableError}. */
export interface Wire {
  /** Lower-case hex; undefined when it has another length. An absent id is empty. */
  id(raw: unknown, bytes: number): string | undefined;
  /** The field of an `AnyValue` that is set. */
  member(value: object): WireType;
  /** Not negative, below 2^64. */
  nanos(raw: unknown, field: string): bigint;
  /** A string of digits beyond 2^53. */
  integer(raw: unknown): number | string;
  double(raw: unknown): number;
  /** Base64. */
  bytes(raw: unknown): string;
  /** The number of an enum value. */
  enumeration(raw: unknown, names: readonly string[], field: string): number;
}

/** A message, or an object of JSON: nothing about it is known. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Attributes {
  values: Record<string, unknown>;
  /** The keys whose wire type does not follow from the value. */
  types: Map<string, WireType> | undefined;
}

/** Nested lists and maps in one attribute: real ones have two or three. */
const MAX_DEPTH = 32;

/** Attributes of one span, resource, event or map: the SDKs keep 128. Objects with millions of keys take seconds to make. */
const MAX_ATTRIBUTES = 10_000;

/** Longer values are cut in messages. */
const MAX_SHOWN = 100;

export function show(raw: unknown): string {
  if (typeof raw === 'object' && raw !== null) return Array.isArray(raw) ? 'a list' : 'an object';
  if (typeof raw !== 'string') return String(raw);
  return JSON.stringify(raw.length > MAX_SHOWN ? `${raw.slice(0, MAX_SHOWN)}…` : raw);
}

export function isFields(raw: unknown): raw is Fields {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

export function fieldsIn(raw: unknown, field: string): Fields {
  if (isFields(raw)) return raw;
  throw new UnreadableError(`${field} must be an object, not ${show(raw)}`);
}

/** Absent and null are empty, as protobuf's JSON has it. */
export function listIn(raw: unknown, field: string): readonly unknown[] {
  if (raw === undefined || raw === null) return [];
  if (Array.isArray(raw)) return raw;
  throw new UnreadableError(`${field} must be a list, not ${show(raw)}`);
}

export function textIn(raw: unknown, field: string): string {
  if (raw === undefined || raw === null) return '';
  if (typeof raw === 'string') return raw;
  throw new UnreadableError(`${field} must be a string, not ${show(raw)}`);
}

/** The last of several values of a key counts. */
export function attributesIn(raw: unknown, wire: Wire, depth = 0): Attributes {
  const attributes: Attributes = { values: {}, types: undefined };
  const entries = listIn(raw, 'attributes');
  if (entries.length > MAX_ATTRIBUTES) {
    throw new UnreadableError(`there are more than ${MAX_ATTRIBUTES} attributes: ${entries.length}`);
  }
  for (const entry of entries) {
    const { key: rawKey, value: rawValue } = fieldsIn(entry, 'an attribute');
    const key = textIn(rawKey, 'the key of an attribute');
    if (depth === 0 && rawValue !== undefined && rawValue !== null)
      readTyped(attributes, key, rawValue, wire);
    else setOwn(attributes.values, key, anyValueIn(rawValue, wire, depth));
  }
  return attributes;
}

function readTyped(attributes: Attributes, key: string, raw: unknown, wire: Wire): void {
  const fields = fieldsIn(raw, 'the value of an attribute');
  const type = wire.member(fields);
  const value = memberIn(fields[type], type, wire, 0);
  setOwn(attributes.values, key, value);
  if (type !== usualType(value)) {
    attributes.types ??= new Map();
    attributes.types.set(key, type);
  } else {
    attributes.types?.delete(key);
  }
}

function setOwn(values: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') values[key] = value;
  else Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
}

function anyValueIn(raw: unknown, wire: Wire, depth: number): unknown {
  if (raw === undefined || raw === null) return null;
  const fields = fieldsIn(raw, 'a value');
  const type = wire.member(fields);
  return memberIn(fields[type], type, wire, depth);
}

function memberIn(raw: unknown, type: WireType, wire: Wire, depth: number): unknown {
  switch (type) {
    case 'stringValue':
      return textIn(raw, type);
    case 'boolValue':
      if (typeof raw === 'boolean') return raw;
      throw new UnreadableError(`boolValue must be true or false, not ${show(raw)}`);
    case 'intValue':
      return wire.integer(raw);
    case 'doubleValue':
      return wire.double(raw);
    case 'bytesValue':
      return wire.bytes(raw);
    case 'empty':
      return null;
    default:
      return nestedIn(fieldsIn(raw, type).values, type, wire, depth + 1);
  }
}

function nestedIn(raw: unknown, type: 'arrayValue' | 'kvlistValue', wire: Wire, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new UnreadableError(`a value is nested more than ${MAX_DEPTH} times`);
  if (type === 'kvlistValue') return attributesIn(raw, wire, depth).values;
  return listIn(raw, 'the values of a list').map((value) => anyValueIn(value, wire, depth));
}

/** The wire type that most values of a type have. */
function usualType(value: unknown): WireType {
  switch (typeof value) {
    case 'string':
      return 'stringValue';
    case 'boolean':
      return 'boolValue';
    case 'number':
      return Number.isInteger(value) ? 'intValue' : 'doubleValue';
    default:
      if (value === null) return 'empty';
      return Array.isArray(value) ? 'arrayValue' : 'kvlistValue';
  }
}

/** The wire type of each attribute. */
export function wireTypes({ values, types }: Attributes): Record<string, WireType> {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([key, value]) => [key, types?.get(key) ?? usualType(value)]));
}
