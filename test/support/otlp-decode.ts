/** OTLP trace requests, JSON or protobuf, into flat spans as a receiver sees them. */
import { readFields, type WireField } from './protobuf.js';

/** How a value went over the wire: `intValue` and `doubleValue` are one type in JavaScript and two in OTLP. */
export type WireType =
  | 'stringValue'
  | 'boolValue'
  | 'intValue'
  | 'doubleValue'
  | 'arrayValue'
  | 'kvlistValue'
  | 'bytesValue'
  | 'empty';

export interface DecodedSpan {
  traceId: string;
  spanId: string;
  /** Empty for a root span. */
  parentSpanId: string;
  name: string;
  /** The number of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
  startNanos: bigint;
  endNanos: bigint;
  attributes: Record<string, unknown>;
  /** The wire type of each attribute. */
  attributeTypes: Record<string, WireType>;
  droppedAttributesCount: number;
  scopeName: string;
  resource: Record<string, unknown>;
}

export type AnyValue = { [type in WireType]?: unknown };
export interface KeyValue {
  key: string;
  value?: AnyValue;
}
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string | bigint;
  endTimeUnixNano?: string | bigint;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  status?: { code?: number; message?: string };
}
interface OtlpTraces {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { scope?: { name?: string }; spans?: OtlpSpan[] }[];
  }[];
}

export function decodeJsonTraces(body: Uint8Array): DecodedSpan[] {
  const traces: OtlpTraces = JSON.parse(Buffer.from(body).toString('utf8'));
  return flatten(traces);
}

export function decodeProtobufTraces(body: Uint8Array): DecodedSpan[] {
  return flatten({
    resourceSpans: messages(readFields(body), 1).map((resourceSpans) => ({
      resource: { attributes: messages(message(resourceSpans, 1), 1).map(keyValue) },
      scopeSpans: messages(resourceSpans, 2).map((scopeSpans) => ({
        scope: { name: text(message(scopeSpans, 1), 1) },
        spans: messages(scopeSpans, 2).map(protobufSpan),
      })),
    })),
  });
}

function protobufSpan(fields: WireField[]): OtlpSpan {
  const status = message(fields, 15);
  return {
    traceId: hex(fields, 1),
    spanId: hex(fields, 2),
    parentSpanId: hex(fields, 4),
    name: text(fields, 5),
    kind: Number(integer(fields, 6)),
    startTimeUnixNano: integer(fields, 7),
    endTimeUnixNano: integer(fields, 8),
    attributes: messages(fields, 9).map(keyValue),
    droppedAttributesCount: Number(integer(fields, 10)),
    status: { message: text(status, 2), code: Number(integer(status, 3)) },
  };
}

function keyValue(fields: WireField[]): KeyValue {
  return { key: text(fields, 1), value: anyValue(message(fields, 2)) };
}

function anyValue(fields: WireField[]): AnyValue {
  const field = fields[0];
  if (field === undefined) return {};
  switch (field.number) {
    case 1:
      return { stringValue: text(fields, 1) };
    case 2:
      return { boolValue: field.value === 1n };
    case 3:
      return { intValue: BigInt.asIntN(64, integer(fields, 3)).toString() };
    case 4:
      return { doubleValue: doubleFromBits(integer(fields, 4)) };
    case 5:
      return { arrayValue: { values: messages(message(fields, 5), 1).map(anyValue) } };
    case 6:
      return { kvlistValue: { values: messages(message(fields, 6), 1).map(keyValue) } };
    default:
      return { bytesValue: field.value };
  }
}

function doubleFromBits(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function bytes(fields: WireField[], number: number): Uint8Array {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function integer(fields: WireField[], number: number): bigint {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'bigint' ? value : 0n;
}

function text(fields: WireField[], number: number): string {
  return Buffer.from(bytes(fields, number)).toString('utf8');
}

function hex(fields: WireField[], number: number): string {
  return Buffer.from(bytes(fields, number)).toString('hex');
}

function message(fields: WireField[], number: number): WireField[] {
  return readFields(bytes(fields, number));
}

function messages(fields: WireField[], number: number): WireField[][] {
  const found: WireField[][] = [];
  for (const field of fields) {
    if (field.number === number && field.value instanceof Uint8Array) found.push(readFields(field.value));
  }
  return found;
}

function flatten(traces: OtlpTraces): DecodedSpan[] {
  const decoded: DecodedSpan[] = [];
  for (const resourceSpans of traces.resourceSpans ?? []) {
    const resource = values(resourceSpans.resource?.attributes);
    for (const scopeSpans of resourceSpans.scopeSpans ?? []) {
      const scopeName = scopeSpans.scope?.name ?? '';
      for (const span of scopeSpans.spans ?? []) decoded.push(flatSpan(span, scopeName, resource));
    }
  }
  return decoded;
}

function flatSpan(span: OtlpSpan, scopeName: string, resource: Record<string, unknown>): DecodedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name ?? '',
    kind: span.kind ?? 0,
    statusCode: span.status?.code ?? 0,
    statusMessage: span.status?.message ?? '',
    startNanos: BigInt(span.startTimeUnixNano ?? 0),
    endNanos: BigInt(span.endTimeUnixNano ?? 0),
    attributes: values(span.attributes),
    attributeTypes: types(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    scopeName,
    resource,
  };
}

export function values(attributes: KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

export function types(attributes: KeyValue[] = []): Record<string, WireType> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, wireType(value)]));
}

const WIRE_TYPES = [
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const;

function wireType(value: AnyValue | undefined): WireType {
  return WIRE_TYPES.find((type) => value?.[type] !== undefined) ?? 'empty';
}

function plainValue(value: AnyValue | undefined): unknown {
  const type = wireType(value);
  const raw = value?.[type];
  // JSON writes a 64-bit integer as a string or, within 2^53, as a number.
  if (type === 'intValue') return Number(raw);
  if (type === 'arrayValue' && hasValues<AnyValue>(raw)) return raw.values.map(plainValue);
  if (type === 'kvlistValue' && hasValues<KeyValue>(raw)) return values(raw.values);
  return raw;
}

function hasValues<T>(raw: unknown): raw is { values: T[] } {
  return typeof raw === 'object' && raw !== null && 'values' in raw && Array.isArray(raw.values);
}
