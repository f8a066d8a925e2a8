/** A span as it arrived over OTLP, in JSON or protobuf. */

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

export interface DecodedEvent {
  name: string;
  timeNanos: bigint;
  attributes: Record<string, unknown>;
}

export interface DecodedSpan {
  /** Lower-case hex. */
  traceId: string;
  spanId: string;
  /** Empty for a root span. */
  parentSpanId: string;
  /** The parent is in the same process, as far as the sender says: false when it does not. */
  isParentLocal: boolean;
  name: string;
  /** The number of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
  startNanos: bigint;
  endNanos: bigint;
  /**
   * Integers beyond 2^53 are strings of digits and bytes are base64: all of it can be written as JSON, but for the
   * doubles NaN and Infinity. An empty value is null.
   */
  attributes: Record<string, unknown>;
  /** The wire type of each attribute; made on demand, each time. */
  readonly attributeTypes: Record<string, WireType>;
  droppedAttributesCount: number;
  events: DecodedEvent[];
  scopeName: string;
  /** One object for all spans of a resource in a request. */
  resource: Record<string, unknown>;
}
