import type { WireType } from './span.js';
import { type Fields, show, UnreadableError, type Wire } from './values.js';

/** Values as OTLP writes them in JSON: ids in hex, 64-bit integers as strings or numbers, enums as numbers or names. */
export const jsonWire: Wire = {
  id(raw, bytes) {
    if (raw === undefined || raw === null || raw === '') return '';
    if (typeof raw !== 'string' || raw.length !== 2 * bytes || !/^[\da-f]+$/i.test(raw)) return undefined;
    return raw.toLowerCase();
  },

  member(value: Fields): WireType {
    for (const name of MEMBERS) if (value[name] !== undefined && value[name] !== null) return name;
    return 'empty';
  },

  nanos(raw, field) {
    if (raw === undefined || raw === null) return 0n;
    if (isWhole(raw) || isDigits(raw)) {
      const nanos = BigInt(raw);
      if (nanos < 1n << 64n) return nanos;
    }
    throw new UnreadableError(`${field} must be nanoseconds since 1970, not ${show(raw)}`);
  },

  integer(raw) {
    if (typeof raw === 'number' && Number.isInteger(raw)) return raw;
    if (typeof raw === 'string' && /^-?\d{1,20}$/.test(raw)) {
      const value = Number(raw);
      if (Number.isSafeInteger(value)) return value;
      const exact = BigInt(raw);
      if (exact === BigInt.asIntN(64, exact)) return String(exact);
    }
    throw new UnreadableError(`intValue must be a whole number of 64 bits, not ${show(raw)}`);
  },

  double(raw) {
    if (typeof raw === 'number') return raw;
    if (raw === 'NaN') return Number.NaN;
    const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN;
    if (!Number.isNaN(value)) return value;
    throw new UnreadableError(`doubleValue must be a number, not ${show(raw)}`);
  },

  bytes(raw) {
    if (typeof raw === 'string' && /^[\w+/-]*={0,2}$/.test(raw)) return raw;
    throw new UnreadableError(`bytesValue must be base64, not ${show(raw)}`);
  },

  enumeration(raw, names, field) {
    if (raw === undefined || raw === null) return 0;
    if (typeof raw === 'number' && Number.isInteger(raw)) return raw;
    const number = typeof raw === 'string' ? names.indexOf(raw) : -1;
    if (number >= 0) return number;
    throw new UnreadableError(`${field} must be one of ${names.join(', ')} or its number, not ${show(raw)}`);
  },
};

const MEMBERS = [
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const satisfies readonly WireType[];

function isWhole(raw: unknown): raw is number {
  return typeof raw === 'number' && Number.isInteger(raw) && raw >= 0;
}

function isDigits(raw: unknown): raw is string {
  return typeof raw === 'string' && /^\d{1,20}$/.test(raw);
}
