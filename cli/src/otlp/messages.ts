/** OTLP traces in protobuf: the fields that are read, by their public numbers; all others are skipped. */
import protobuf from 'protobufjs/light.js';

/**
 * Messages in one request. An empty message takes two bytes on the wire and some fifty in memory; 10,000 spans with 50
 * attributes each are a million messages.
 */
export const MAX_MESSAGES = 2_000_000;

let messages = 0;

/** Counts the messages of a request, so that a small body cannot fill the memory. */
class Message extends protobuf.Message {
  constructor() {
    super();
    if (++messages > MAX_MESSAGES) throw new Error(`more than ${MAX_MESSAGES} messages in one request`);
  }
}

/** `value` is the name of the field that was sent last; undefined for an empty value. */
class AnyValue extends Message {
  value: string | undefined = undefined;
}

/** Each field is its number and type; the type of a repeated one ends with `[]`. */
function messageType(fields: Record<string, string>, oneofs?: Record<string, { oneof: string[] }>) {
  const entries = Object.entries(fields).map(([name, field]) => {
    const [id, type = ''] = field.split(' ');
    const isRepeated = type.endsWith('[]');
    const described = { id: Number(id), type: isRepeated ? type.slice(0, -2) : type };
    return [name, isRepeated ? { ...described, rule: 'repeated' } : described];
  });
  return { fields: Object.fromEntries(entries), ...(oneofs && { oneofs }), edition: 'proto3' };
}

const VALUE_FIELDS = {
  stringValue: '1 string',
  boolValue: '2 bool',
  intValue: '3 int64',
  doubleValue: '4 double',
  arrayValue: '5 ArrayValue',
  kvlistValue: '6 KeyValueList',
  bytesValue: '7 bytes',
};

const root = protobuf.Root.fromJSON({
  nested: {
    TraceRequest: messageType({ resourceSpans: '1 ResourceSpans[]' }),
    ResourceSpans: messageType({ resource: '1 Resource', scopeSpans: '2 ScopeSpans[]' }),
    Resource: messageType({ attributes: '1 KeyValue[]' }),
    ScopeSpans: messageType({ scope: '1 Scope', spans: '2 Span[]' }),
    Scope: messageType({ name: '1 string' }),
    // Enums are int32 on the wire.
    Span: messageType({
      traceId: '1 bytes',
      spanId: '2 bytes',
      parentSpanId: '4 bytes',
      name: '5 string',
      kind: '6 int32',
      startTimeUnixNano: '7 fixed64',
      endTimeUnixNano: '8 fixed64',
      attributes: '9 KeyValue[]',
      droppedAttributesCount: '10 uint32',
      events: '11 Event[]',
      status: '15 SpanStatus',
      flags: '16 fixed32',
    }),
    Event: messageType({ timeUnixNano: '1 fixed64', name: '2 string', attributes: '3 KeyValue[]' }),
    SpanStatus: messageType({ message: '2 string', code: '3 int32' }),
    KeyValue: messageType({ key: '1 string', value: '2 AnyValue' }),
    AnyValue: messageType(VALUE_FIELDS, { value: { oneof: Object.keys(VALUE_FIELDS) } }),
    ArrayValue: messageType({ values: '1 AnyValue[]' }),
    KeyValueList: messageType({ values: '1 KeyValue[]' }),
    TraceResponse: messageType({ partialSuccess: '1 PartialSuccess' }),
    PartialSuccess: messageType({ rejectedSpans: '1 int64', errorMessage: '2 string' }),
    RpcStatus: messageType({ code: '1 int32', message: '2 string' }),
  },
});

for (const type of root.nestedArray) {
  if (!(type instanceof protobuf.Type)) continue;
  type.ctor = type.name === 'AnyValue' ? AnyValue : class extends Message {};
}

const traceRequest = root.lookupType('TraceRequest');

/** A request in the form that JSON has, with bytes as a `Buffer` and integers of 64 bits as `{ low, high }`. Throws. */
export function readTraceRequest(body: Uint8Array): unknown {
  messages = 0;
  // A Buffer is read faster than other arrays of bytes.
  return traceRequest.decode(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

/** An `ExportTraceServiceResponse`. */
export function encodeTraceResponse(rejectedSpans: number, errorMessage: string): Uint8Array {
  const partialSuccess = rejectedSpans === 0 ? {} : { partialSuccess: { rejectedSpans, errorMessage } };
  return encode('TraceResponse', partialSuccess);
}

/** A `google.rpc.Status`. */
export function encodeRpcStatus(code: number, message: string): Uint8Array {
  return encode('RpcStatus', { code, message });
}

function encode(name: string, content: Record<string, unknown>): Uint8Array {
  messages = 0;
  return root.lookupType(name).encode(content).finish();
}
