/** OTLP trace requests, in JSON or protobuf, into spans. */
import { isUtf8 } from 'node:buffer';
import { jsonWire } from './json-wire.js';
import { MAX_MESSAGES, readTraceRequest } from './messages.js';
import { protobufWire } from './protobuf-wire.js';
import type { DecodedEvent, DecodedSpan, WireType } from './span.js';
import {
  type Attributes,
  attributesIn,
  type Fields,
  fieldsIn,
  isFields,
  listIn,
  show,
  textIn,
  UnreadableError,
  type Wire,
  wireTypes,
} from './values.js';

export type WireFormat = 'json' | 'protobuf';

export interface DecodedRequest {
  spans: DecodedSpan[];
  /** Spans that cannot be read, such as one without an id. */
  rejectedSpans: number;
  /** Why, the first reasons only; empty without rejected spans. */
  reasons: string;
}

/** A request with more of them is not worth reading on. */
const MAX_REJECTED = 10_000;

/** Different reasons that are given to the sender. */
const MAX_REASONS = 5;

/** Throws {@link UnreadableError} when the request as a whole cannot be read: nothing of it should be kept. */
export function decodeTraces(body: Uint8Array, format: WireFormat): DecodedRequest {
  const request = format === 'json' ? parseJson(body) : parseProtobuf(body);
  return new RequestReader(format === 'json' ? jsonWire : protobufWire).read(request);
}

function parseJson(body: Uint8Array): unknown {
  if (!isUtf8(body)) throw new UnreadableError('the body is not valid UTF-8');
  if (mayHaveTooMany(body)) {
    throw new UnreadableError(`the body has more than ${MAX_MESSAGES} objects and lists`);
  }
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableError(`the body is not JSON: ${messageOf(error)}`);
  }
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Counts the brackets, also those in strings, where the body is long enough. Parsing 32 MiB of `{}` takes seconds and a GiB. */
function mayHaveTooMany(body: Uint8Array): boolean {
  if (body.length < 2 * MAX_MESSAGES) return false;
  let found = 0;
  for (const byte of body) if (byte === OPEN_BRACE || byte === OPEN_BRACKET) found++;
  return found > MAX_MESSAGES;
}

function parseProtobuf(body: Uint8Array): unknown {
  try {
    return readTraceRequest(body);
  } catch (error) {
    throw new UnreadableError(`the body is not an OTLP trace request in protobuf: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

class RequestReader {
  readonly #wire: Wire;
  readonly #spans: DecodedSpan[] = [];
  readonly #reasons = new Set<string>();
  #rejectedSpans = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  read(request: unknown): DecodedRequest {
    const fields = fieldsIn(request, 'the request');
    // Written by hand, or by a library of another form. OTLP has a warning for this: no span is rejected, for none is seen.
    if (fields.resourceSpans === undefined && Object.keys(fields).length > 0) {
      this.#reasons.add('the body has no resourceSpans, so no span was found in it (names are in camelCase)');
    }
    for (const entry of listIn(fields.resourceSpans, 'resourceSpans')) {
      const { resource, scopeSpans } = fieldsIn(entry, 'an entry of resourceSpans');
      const { values } = attributesIn(isFields(resource) ? resource.attributes : [], this.#wire);
      for (const scope of listIn(scopeSpans, 'scopeSpans')) this.#readScope(scope, values);
    }
    const reasons = [...this.#reasons].join('; ');
    return { spans: this.#spans, rejectedSpans: this.#rejectedSpans, reasons };
  }

  #readScope(raw: unknown, resource: Record<string, unknown>): void {
    const { scope, spans } = fieldsIn(raw, 'an entry of scopeSpans');
    const scopeName = isFields(scope) ? textIn(scope.name, 'the name of a scope') : '';
    for (const span of listIn(spans, 'spans')) {
      try {
        this.#spans.push(readSpan(fieldsIn(span, 'a span'), this.#wire, scopeName, resource));
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error;
        this.#reject(error.message);
      }
    }
  }

  #reject(reason: string): void {
    this.#rejectedSpans++;
    if (this.#reasons.size < MAX_REASONS) this.#reasons.add(reason);
    if (this.#rejectedSpans > MAX_REJECTED) {
      throw new UnreadableError(
        `more than ${MAX_REJECTED} spans cannot be read: ${[...this.#reasons].join('; ')}`,
      );
    }
  }
}

/** Its wire types are made on demand: most readers do not ask for them. */
class ReceivedSpan implements DecodedSpan {
  traceId = '';
  spanId = '';
  parentSpanId = '';
  isParentLocal = false;
  name = '';
  kind = 0;
  statusCode = 0;
  statusMessage = '';
  startNanos = 0n;
  endNanos = 0n;
  droppedAttributesCount = 0;
  events: DecodedEvent[] = [];
  attributes: Record<string, unknown>;
  readonly #types: Map<string, WireType> | undefined;

  constructor(
    { values, types }: Attributes,
    readonly scopeName: string,
    readonly resource: Record<string, unknown>,
  ) {
    this.attributes = values;
    this.#types = types;
  }

  get attributeTypes(): Record<string, WireType> {
    return wireTypes({ values: this.attributes, types: this.#types });
  }
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`);

function readSpan(
  raw: Fields,
  wire: Wire,
  scopeName: string,
  resource: Record<string, unknown>,
): DecodedSpan {
  const span = new ReceivedSpan(attributesIn(raw.attributes, wire), scopeName, resource);
  span.traceId = idIn(raw.traceId, wire, 'traceId', 16);
  span.spanId = idIn(raw.spanId, wire, 'spanId', 8);
  span.parentSpanId = parentIn(raw.parentSpanId, wire);
  span.isParentLocal = span.parentSpanId !== '' && isLocal(raw.flags);
  span.name = textIn(raw.name, 'name');
  span.kind = wire.enumeration(raw.kind, KINDS, 'kind');
  span.startNanos = wire.nanos(raw.startTimeUnixNano, 'startTimeUnixNano');
  span.endNanos = wire.nanos(raw.endTimeUnixNano, 'endTimeUnixNano');
  span.droppedAttributesCount = countIn(raw.droppedAttributesCount);
  if (isFields(raw.status)) {
    span.statusCode = wire.enumeration(raw.status.code, STATUS_CODES, 'the code of status');
    span.statusMessage = textIn(raw.status.message, 'the message of status');
  }
  const events = listIn(raw.events, 'events');
  if (events.length > 0) span.events = events.map((event) => readEvent(fieldsIn(event, 'an event'), wire));
  return span;
}

function readEvent(raw: Fields, wire: Wire): DecodedEvent {
  return {
    name: textIn(raw.name, 'the name of an event'),
    timeNanos: wire.nanos(raw.timeUnixNano, 'timeUnixNano'),
    attributes: attributesIn(raw.attributes, wire).values,
  };
}

function idIn(raw: unknown, wire: Wire, field: string, bytes: number): string {
  const id = wire.id(raw, bytes);
  if (id !== undefined && /[^0]/.test(id)) return id;
  throw new UnreadableError(`${field} must be ${bytes} bytes that are not all zero`);
}

/** Some senders give a root span a parent of zeros. */
function parentIn(raw: unknown, wire: Wire): string {
  const id = wire.id(raw, 8);
  if (id === undefined) throw new UnreadableError('parentSpanId must be 8 bytes or absent');
  return /[^0]/.test(id) ? id : '';
}

/** Bits of the flags of a span: whether it says where its parent is, and that it is in another process. */
const SAYS_WHERE = 0x100;
const IS_REMOTE = 0x200;

function isLocal(flags: unknown): boolean {
  return typeof flags === 'number' && (flags & SAYS_WHERE) !== 0 && (flags & IS_REMOTE) === 0;
}

function countIn(raw: unknown): number {
  if (raw === undefined || raw === null) return 0;
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= 0) return raw;
  throw new UnreadableError(`droppedAttributesCount must be a whole number, not ${show(raw)}`);
}
