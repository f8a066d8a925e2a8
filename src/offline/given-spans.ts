/** Checks and copies the spans that the app gives, so that nothing in them can throw or change later. */
import { InvalidOptionError } from '../errors.js';
import { isRecord, unreadableOption } from '../validate.js';
import type { OfflineSpan } from './offline-span.js';

/** A copy of a span, with attributes that are safe to read. */
export interface GivenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for a root. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly start: bigint;
  /** Undefined for an open span. */
  readonly end: bigint | undefined;
  readonly attributes: SpanValues;
  readonly statusCode: number;
  readonly scopeName: string;
}

type Primitive = string | number | boolean;
type Value = Primitive | string[] | number[] | boolean[];
export type SpanValues = Readonly<Record<string, Value | undefined>>;

const NO_ID = /^0*$/;

/**
 * The spans by trace, each id once. Spans without a valid id are left out. Throws `InvalidOptionError` if the argument
 * or an element is no span at all.
 */
export function givenTraces(spans: unknown): Map<string, GivenSpan[]> {
  const traces = new Map<string, Map<string, GivenSpan>>();
  for (const [index, span] of elementsOf(spans).entries()) {
    const given = copyOf(span, `spans[${index}]`);
    if (given === undefined) continue;
    let trace = traces.get(given.traceId);
    if (trace === undefined) {
      trace = new Map();
      traces.set(given.traceId, trace);
    }
    const other = trace.get(given.spanId);
    if (other === undefined || isPreferred(given, other)) trace.set(given.spanId, given);
  }
  return new Map([...traces].map(([traceId, trace]) => [traceId, [...trace.values()]]));
}

function elementsOf(spans: unknown): readonly unknown[] {
  try {
    if (Array.isArray(spans)) return [...spans];
  } catch {
    throw unreadableOption('spans');
  }
  throw new InvalidOptionError('spans', spans, 'an array of spans');
}

function copyOf(span: unknown, path: string): GivenSpan | undefined {
  if (!isRecord(span)) throw new InvalidOptionError(path, span, 'a span');
  const traceId = stringIn(span, 'traceId', path);
  const spanId = stringIn(span, 'spanId', path);
  const start = read(span, 'startTimeUnixNano');
  if (typeof start !== 'bigint')
    throw new InvalidOptionError(`${path}.startTimeUnixNano`, start, 'a bigint: nanoseconds since 1970');
  const end = read(span, 'endTimeUnixNano');
  if (end !== undefined && end !== null && typeof end !== 'bigint')
    throw new InvalidOptionError(`${path}.endTimeUnixNano`, end, 'a bigint: nanoseconds since 1970');
  if (NO_ID.test(spanId)) return undefined;
  const parent = read(span, 'parentSpanId');
  const name = read(span, 'name');
  const status = read(span, 'statusCode');
  const scope = read(span, 'scopeName');
  return {
    traceId,
    spanId,
    parentSpanId: typeof parent === 'string' && !NO_ID.test(parent) ? parent : undefined,
    name: typeof name === 'string' ? name : '',
    start,
    end: end ?? undefined,
    attributes: valuesOf(read(span, 'attributes')),
    statusCode: typeof status === 'number' ? status : 0,
    scopeName: typeof scope === 'string' ? scope : '',
  };
}

function stringIn(span: OfflineRecord, key: keyof OfflineSpan, path: string): string {
  const value = read(span, key);
  if (typeof value === 'string') return value;
  throw new InvalidOptionError(`${path}.${key}`, value, 'a string: an id in hexadecimal');
}

type OfflineRecord = Readonly<Record<string, unknown>>;

/** Undefined where a getter throws. */
function read(from: OfflineRecord, key: string): unknown {
  try {
    return from[key];
  } catch {
    return undefined;
  }
}

/** A frozen copy of the values that an attribute can have. */
export function valuesOf(attributes: unknown): SpanValues {
  const copy: Record<string, Value> = {};
  if (isRecord(attributes)) {
    for (const key of keysOf(attributes)) {
      const value = attributeValue(read(attributes, key));
      if (value !== undefined) copy[key] = value;
    }
  }
  return Object.freeze(copy);
}

function keysOf(attributes: object): readonly string[] {
  try {
    return Object.keys(attributes);
  } catch {
    return [];
  }
}

function attributeValue(value: unknown): Value | undefined {
  if (typeof value === 'object' && value !== null) return listOf(value);
  return primitiveOf(value);
}

function primitiveOf(value: unknown): Primitive | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

/** A list is of one type, as in OpenTelemetry. */
function listOf(value: object): Value | undefined {
  try {
    if (!Array.isArray(value)) return undefined;
    const items = value.map(primitiveOf);
    if (items.every((item) => typeof item === 'string')) return items;
    if (items.every((item) => typeof item === 'number')) return items;
    return items.every((item) => typeof item === 'boolean') ? items : undefined;
  } catch {
    return undefined;
  }
}

/** Of two copies of one span, the later state counts: ended, then the later end, then more attributes. */
function isPreferred(span: GivenSpan, other: GivenSpan): boolean {
  if (span.end !== other.end)
    return other.end === undefined || (span.end !== undefined && span.end > other.end);
  const [more, fewer] = [span, other].map(({ attributes }) => Object.keys(attributes).length);
  if (more !== fewer) return (more ?? 0) > (fewer ?? 0);
  return textOf(span) > textOf(other);
}

/** The order of the input must not matter, whatever else differs. */
function textOf({ attributes, parentSpanId, name, start, statusCode, scopeName }: GivenSpan): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([parentSpanId, name, String(start), statusCode, scopeName, sorted]);
}
