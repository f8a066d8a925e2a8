import type { WireType } from './span.js';
import type { Fields, Wire } from './values.js';

const halves = new Uint32Array(2);
const unsigned = new BigUint64Array(halves.buffer);
const signed = new BigInt64Array(halves.buffer);
/** The half with the lower bits comes first where numbers are stored with their lowest byte first. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

/** Values as `readTraceRequest` gives them: their types are those of the descriptor. A default value may be absent. */
export const protobufWire: Wire = {
  id(raw, bytes) {
    if (!Buffer.isBuffer(raw)) return '';
    return raw.length === bytes ? raw.toString('hex') : undefined;
  },

  member: ({ value }: Fields) => (isMember(value) ? value : 'empty'),

  nanos(raw) {
    return isLong(raw) ? join(raw, unsigned) : 0n;
  },

  integer(raw) {
    if (!isLong(raw)) return 0;
    const value = raw.high * 2 ** 32 + (raw.low >>> 0);
    return Number.isSafeInteger(value) ? value : String(join(raw, signed));
  },

  double: (raw) => (typeof raw === 'number' ? raw : 0),
  bytes: (raw) => (Buffer.isBuffer(raw) ? raw.toString('base64') : ''),
  enumeration: (raw) => (typeof raw === 'number' ? raw : 0),
};

interface Long {
  low: number;
  high: number;
}

function isLong(raw: unknown): raw is Long {
  return typeof raw === 'object' && raw !== null && 'low' in raw && 'high' in raw;
}

function isMember(name: unknown): name is WireType {
  return typeof name === 'string';
}

function join({ low, high }: Long, as: BigUint64Array | BigInt64Array): bigint {
  halves[LOW] = low;
  halves[1 - LOW] = high;
  return as[0] ?? 0n;
}
