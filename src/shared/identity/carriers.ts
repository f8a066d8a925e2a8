/**
 * Reads and writes headers on whatever carries them: plain objects (also `params._meta` of MCP and Node's incoming
 * headers), `Headers`, `Map`, and arrays of pairs.
 */

/** The names differ in case where headers were written by hand. */
type HeaderName = 'baggage' | 'traceparent' | 'tracestate' | (string & {});

/** The longest header that is read, in characters: W3C's limit for baggage. */
const MAX_HEADER_CHARS = 8192;
/** The most values of one header that are read. Each has at least a comma. */
const MAX_VALUES = 64;
/** The most pairs of an array that are searched. */
const MAX_PAIRS = 1000;

/** An object with `get` and `set`, such as `Headers` and `Map`. */
interface Keyed {
  get(name: string): unknown;
  set(name: string, value: string): unknown;
}

/** The header as a string, its values joined with commas. Undefined if there is none. May throw, as a proxy does. */
export function readHeader(carrier: unknown, name: HeaderName): string | undefined {
  return headerText(valueIn(carrier, name));
}

/** A value as a carrier has it: a string, bytes, or several of them. A cut list loses the member that was cut. */
export function headerText(value: unknown): string | undefined {
  const text = Array.isArray(value) ? joined(value) : oneText(value);
  if (text === undefined || text.length <= MAX_HEADER_CHARS) return text;
  return text.slice(0, Math.max(0, text.lastIndexOf(',', MAX_HEADER_CHARS)));
}

/** Replaces the header. May throw, as a frozen object does. */
export function writeHeader(carrier: unknown, name: HeaderName, value: string): void {
  if (Array.isArray(carrier)) {
    const pair = pairIn(carrier, name);
    if (pair === undefined) carrier.push([name, value]);
    else pair[1] = value;
  } else if (isKeyed(carrier)) carrier.set(name, value);
  else if (isObject(carrier)) carrier[ownNameIn(carrier, name) ?? name] = value;
  else throw new TypeError('not a carrier');
}

function valueIn(carrier: unknown, name: HeaderName): unknown {
  if (Array.isArray(carrier)) return pairIn(carrier, name)?.[1];
  if (isKeyed(carrier)) return carrier.get(name);
  if (!isObject(carrier)) return undefined;
  const own = ownNameIn(carrier, name);
  return own === undefined ? undefined : carrier[own];
}

function joined(values: readonly unknown[]): string | undefined {
  const texts = values.slice(0, MAX_VALUES).map(oneText);
  const known = texts.filter((text) => text !== undefined);
  return known.length === 0 ? undefined : known.join(',');
}

/** One more character than is read shows that the rest was cut. */
function oneText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.slice(0, MAX_HEADER_CHARS + 1);
  // Kafka clients give the values of headers as bytes.
  if (value instanceof Uint8Array)
    return Buffer.from(
      value.buffer,
      value.byteOffset,
      Math.min(value.byteLength, MAX_HEADER_CHARS + 1),
    ).toString('latin1');
  return undefined;
}

function pairIn(carrier: readonly unknown[], name: HeaderName): unknown[] | undefined {
  return carrier
    .slice(0, MAX_PAIRS)
    .find(
      (pair): pair is unknown[] =>
        Array.isArray(pair) && typeof pair[0] === 'string' && pair[0].toLowerCase() === name,
    );
}

function ownNameIn(carrier: object, name: HeaderName): string | undefined {
  const spellings = [name, name.charAt(0).toUpperCase() + name.slice(1), name.toUpperCase()];
  return spellings.find((spelling) => Object.hasOwn(carrier, spelling));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isKeyed(value: unknown): value is Keyed {
  return isObject(value) && typeof value.get === 'function' && typeof value.set === 'function';
}
