import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecodedRequest, decodeTraces, type WireFormat } from '../../src/otlp/decode.js';
import { UnreadableError } from '../../src/otlp/values.js';
import { endedSpan, type SpanFacts, spanFacts } from './support/ended-spans.js';
import { bytes, double, fixed64, json, message, string, varint } from './support/wire.js';

const TRACE = '0123456789abcdef0123456789abcdef';
const SPAN = '0123456789abcdef';
const FORMATS: WireFormat[] = ['json', 'protobuf'];

function encoded(format: WireFormat, facts: readonly SpanFacts[]): Uint8Array {
  const serializer = format === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  return serializer.serializeRequest(facts.map(endedSpan)) ?? new Uint8Array();
}

describe.each(FORMATS)('spans that the SDK encodes as %s', (format) => {
  it('come back as they were, whatever is in them', () => {
    const property = fc.property(fc.array(spanFacts, { maxLength: 8 }), (facts) => {
      const { spans, rejectedSpans } = decodeTraces(encoded(format, facts), format);
      expect(rejectedSpans).toBe(0);
      const bySpanId = new Map(spans.map((span) => [span.spanId, span]));
      for (const expected of facts) {
        const { attributes, types, events, ...rest } = expected;
        const span = bySpanId.get(expected.spanId);
        expect(span).toMatchObject(rest);
        expect(span?.attributes).toEqual(attributes);
        expect(span?.attributeTypes).toEqual(types);
        expect(span?.events).toEqual(events);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('never make the decoder fail in another way than it says, when their bytes are changed', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.nat(255),
      cut: fc.boolean(),
    });
    const property = fc.property(
      fc.array(spanFacts, { minLength: 1, maxLength: 3 }),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      (facts, changes) => {
        let body = Uint8Array.from(encoded(format, facts));
        for (const { at, byte, cut } of changes) {
          const index = Math.floor(at * (body.length - 1));
          if (cut) body = body.slice(0, index);
          else body[index] = byte;
        }
        expectSpansOrUnreadable(body, format);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });

  it('are told from random bytes', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (body) =>
      expectSpansOrUnreadable(body, format),
    );
    fc.assert(property, { numRuns: 5_000 });
  });
});

function expectSpansOrUnreadable(body: Uint8Array, format: WireFormat): void {
  let request: DecodedRequest;
  try {
    request = decodeTraces(body, format);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableError);
    return;
  }
  for (const span of request.spans) {
    expect(span.traceId).toMatch(/^[\da-f]{32}$/);
    expect(span.spanId).toMatch(/^[\da-f]{16}$/);
    expect(span.parentSpanId).toMatch(/^([\da-f]{16})?$/);
    expect(Object.keys(span.attributeTypes)).toEqual(Object.keys(span.attributes));
  }
}

function decodeJson(span: object, rest: object = {}): DecodedRequest {
  const spans = [
    { traceId: TRACE, spanId: SPAN, name: 'good' },
    { traceId: TRACE, spanId: SPAN, ...span },
  ];
  return decodeTraces(json({ resourceSpans: [{ scopeSpans: [{ spans }], ...rest }] }), 'json');
}

function attributeOf(value: unknown): { value: unknown; type: string | undefined } {
  const span = decodeJson({ attributes: [{ key: 'it', value }] }).spans[1];
  return { value: span?.attributes.it, type: span?.attributeTypes.it };
}

describe('JSON', () => {
  it.each([
    [{ intValue: '42' }, 42, 'intValue'],
    [{ intValue: 42 }, 42, 'intValue'],
    [{ intValue: '-7' }, -7, 'intValue'],
    [{ intValue: '9007199254740991' }, 9007199254740991, 'intValue'],
    [{ intValue: '9007199254740993' }, '9007199254740993', 'intValue'],
    [{ intValue: '-9223372036854775808' }, '-9223372036854775808', 'intValue'],
    [{ doubleValue: 2 }, 2, 'doubleValue'],
    [{ doubleValue: '0.5' }, 0.5, 'doubleValue'],
    [{ doubleValue: 'NaN' }, Number.NaN, 'doubleValue'],
    [{ doubleValue: '-Infinity' }, Number.NEGATIVE_INFINITY, 'doubleValue'],
    [{ boolValue: false }, false, 'boolValue'],
    [{ stringValue: '' }, '', 'stringValue'],
    [{ bytesValue: 'AQI=' }, 'AQI=', 'bytesValue'],
    [{}, null, 'empty'],
    [null, null, 'empty'],
    [{ arrayValue: {} }, [], 'arrayValue'],
    [{ arrayValue: { values: [{ intValue: 1 }, {}, { stringValue: 'b' }] } }, [1, null, 'b'], 'arrayValue'],
    [{ kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } }, { a: true }, 'kvlistValue'],
    [{ unknownValue: 1, stringValue: 'a' }, 'a', 'stringValue'],
  ])('reads the value %j', (raw, value, type) => {
    expect(attributeOf(raw)).toEqual({ value, type });
  });

  it('reads ids in upper case, numbers and names of enums, and times as strings or numbers', () => {
    const { spans } = decodeJson({
      traceId: TRACE.toUpperCase(),
      spanId: 'ABCDEFABCDEFABCD',
      parentSpanId: '0000000000000000',
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR', message: 'why' },
      startTimeUnixNano: '18446744073709551615',
      endTimeUnixNano: 5,
      droppedAttributesCount: 3,
      flags: 256,
      unknown: { nested: [[]] },
    });
    expect(spans[1]).toMatchObject({
      traceId: TRACE,
      spanId: 'abcdefabcdefabcd',
      parentSpanId: '',
      kind: 3,
      statusCode: 2,
      statusMessage: 'why',
      startNanos: 18446744073709551615n,
      endNanos: 5n,
      droppedAttributesCount: 3,
    });
    expect(decodeJson({ kind: 2, status: { code: 1 } }).spans[1]).toMatchObject({ kind: 2, statusCode: 1 });
  });

  it.each([
    [0x101, 'b'.repeat(16), true],
    [0x300, 'b'.repeat(16), false],
    [1, 'b'.repeat(16), false],
    [undefined, 'b'.repeat(16), false],
    ['256', 'b'.repeat(16), false],
    [0x100, '', false],
  ])('takes flags of %j, with the parent "%s", for a local parent: %j', (flags, parentSpanId, isLocal) => {
    expect(decodeJson({ flags, parentSpanId }).spans[1]).toMatchObject({ isParentLocal: isLocal });
  });

  it('keeps the last of several values of a key, and a key that objects have', () => {
    const attributes = [
      { key: 'twice', value: { doubleValue: 1 } },
      { key: 'twice', value: { intValue: 2 } },
      { key: '__proto__', value: { stringValue: 'own' } },
      { key: 'constructor', value: { intValue: 1 } },
    ];
    const span = decodeJson({ attributes }).spans[1];
    expect(Object.entries(span?.attributes ?? {})).toEqual([
      ['twice', 2],
      ['__proto__', 'own'],
      ['constructor', 1],
    ]);
    expect(span?.attributeTypes.twice).toBe('intValue');
    expect(Object.getPrototypeOf(span?.attributes)).toBe(Object.prototype);
  });

  it.each<[object, string]>([
    [{ traceId: undefined }, 'traceId must be 16 bytes'],
    [{ traceId: SPAN }, 'traceId must be 16 bytes'],
    [{ traceId: 'x'.repeat(32) }, 'traceId must be 16 bytes'],
    [{ traceId: 7 }, 'traceId must be 16 bytes'],
    [{ spanId: '' }, 'spanId must be 8 bytes'],
    [{ spanId: '0000000000000000' }, 'spanId must be 8 bytes that are not all zero'],
    [{ parentSpanId: 'ab' }, 'parentSpanId must be 8 bytes or absent'],
    [{ name: 5 }, 'name must be a string, not 5'],
    [{ kind: 'CLIENT' }, 'kind must be one of SPAN_KIND_UNSPECIFIED, '],
    [{ startTimeUnixNano: '-5' }, 'startTimeUnixNano must be nanoseconds since 1970, not "-5"'],
    [{ endTimeUnixNano: '18446744073709551616' }, 'endTimeUnixNano must be nanoseconds'],
    [{ endTimeUnixNano: 1.5 }, 'endTimeUnixNano must be nanoseconds'],
    [{ droppedAttributesCount: -1 }, 'droppedAttributesCount must be a whole number, not -1'],
    [{ attributes: {} }, 'attributes must be a list, not an object'],
    [{ attributes: ['a'] }, 'an attribute must be an object, not "a"'],
    [{ attributes: [{ key: 1 }] }, 'the key of an attribute must be a string, not 1'],
    [{ attributes: [{ key: 'a', value: 'b' }] }, 'the value of an attribute must be an object, not "b"'],
    [{ attributes: [{ key: 'a', value: { intValue: 1.5 } }] }, 'intValue must be a whole number of 64 bits'],
    [
      { attributes: [{ key: 'a', value: { intValue: '9223372036854775808' } }] },
      'intValue must be a whole number',
    ],
    [
      { attributes: [{ key: 'a', value: { boolValue: 'true' } }] },
      'boolValue must be true or false, not "true"',
    ],
    [{ attributes: [{ key: 'a', value: { doubleValue: '' } }] }, 'doubleValue must be a number, not ""'],
    [{ attributes: [{ key: 'a', value: { bytesValue: '*' } }] }, 'bytesValue must be base64, not "*"'],
    [{ events: [{ timeUnixNano: {} }] }, 'timeUnixNano must be nanoseconds since 1970, not an object'],
  ])('rejects one span with %j, and keeps the others', (span, reason) => {
    const request = decodeJson(span);
    expect(request.spans.map(({ name }) => name)).toEqual(['good']);
    expect(request.rejectedSpans).toBe(1);
    expect(request.reasons).toContain(reason);
  });

  it('rejects a span with a value that is nested too deep', () => {
    const request = decodeJson({ attributes: [{ key: 'a', value: nested(40) }] });
    expect(request).toMatchObject({ rejectedSpans: 1, reasons: 'a value is nested more than 32 times' });
    expect(decodeJson({ attributes: [{ key: 'a', value: nested(32) }] }).rejectedSpans).toBe(0);
  });

  it('rejects a span with more than 10,000 attributes', () => {
    const attributes = Array.from({ length: 10_001 }, (_, key) => ({
      key: String(key),
      value: { intValue: 1 },
    }));
    expect(decodeJson({ attributes })).toMatchObject({
      rejectedSpans: 1,
      reasons: 'there are more than 10000 attributes: 10001',
    });
    const most = decodeJson({ attributes: attributes.slice(1) }).spans[1];
    expect(Object.keys(most?.attributes ?? {})).toHaveLength(10_000);
  });

  it('gives all spans of a resource one object', () => {
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] };
    const [first, second] = decodeJson({}, { resource }).spans;
    expect(first?.resource).toEqual({ 'service.name': 'svc' });
    expect(second?.resource).toBe(first?.resource);
  });

  it.each<[Uint8Array, string]>([
    [Buffer.from('{"resourceSpans":['), 'the body is not JSON: '],
    [Buffer.from(''), 'the body is not JSON: '],
    [Buffer.from([0x22, 0xff, 0x22]), 'the body is not valid UTF-8'],
    [json([]), 'the request must be an object, not a list'],
    [json({ resourceSpans: {} }), 'resourceSpans must be a list, not an object'],
    [json({ resourceSpans: [5] }), 'an entry of resourceSpans must be an object, not 5'],
    [json({ resourceSpans: [{ scopeSpans: 'x' }] }), 'scopeSpans must be a list, not "x"'],
    [json({ resourceSpans: [{ resource: { attributes: 5 } }] }), 'attributes must be a list, not 5'],
    [json({ resourceSpans: [{ scopeSpans: [{ spans: {} }] }] }), 'spans must be a list, not an object'],
    [json({ resourceSpans: [{ scopeSpans: [{ spans: Array(10_001).fill({}) }] }] }), 'more than 10000 spans'],
  ])('refuses a request that cannot be read: %#', (body, reason) => {
    expect(() => decodeTraces(body, 'json')).toThrow(UnreadableError);
    expect(() => decodeTraces(body, 'json')).toThrow(reason);
  });

  it('is not read deeper than values go, however deep it is', () => {
    const body = Buffer.from(`{"resourceSpans":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`);
    expect(() => decodeTraces(body, 'json')).toThrow('an entry of resourceSpans must be an object');
  });

  it('refuses millions of objects or lists', () => {
    for (const unit of ['{},', '[],']) {
      const body = Buffer.from(`{"x":[${unit.repeat(2_000_001)}{}]}`);
      expect(() => decodeTraces(body, 'json')).toThrow('the body has more than 2000000 objects and lists');
    }
    const fewer = Buffer.from(`{"x":[${'{},'.repeat(1_500_000)}{}]}`);
    expect(decodeTraces(fewer, 'json').spans).toEqual([]);
  });

  it('gives five reasons at most, and cuts long values', () => {
    const spans = Array.from({ length: 50 }, (_, index) => ({
      traceId: TRACE,
      spanId: SPAN,
      startTimeUnixNano: `${index}${'x'.repeat(10_000)}`,
    }));
    const request = decodeTraces(json({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), 'json');
    expect(request.rejectedSpans).toBe(50);
    expect(request.reasons.split('; ')).toHaveLength(5);
    expect(request.reasons.length).toBeLessThan(1_000);
  });
});

function nested(depth: number): object {
  return depth === 0 ? { intValue: 1 } : { arrayValue: { values: [nested(depth - 1)] } };
}

const GOOD_SPAN = [
  bytes(1, Buffer.from(TRACE, 'hex')),
  bytes(2, Buffer.from(SPAN, 'hex')),
  string(5, 'good'),
];

function decodeProtobuf(...fields: Uint8Array[]): DecodedRequest {
  const ids = GOOD_SPAN.slice(0, 2);
  const scopeSpans = message(2, message(2, ...GOOD_SPAN), message(2, ...ids, string(5, 'it'), ...fields));
  return decodeTraces(message(1, scopeSpans), 'protobuf');
}

const attribute = (...value: Uint8Array[]) => message(9, string(1, 'it'), message(2, ...value));

describe('protobuf', () => {
  it.each<[string, Uint8Array[], unknown, string]>([
    ['whole double', [double(4, 2)], 2, 'doubleValue'],
    ['NaN', [double(4, Number.NaN)], Number.NaN, 'doubleValue'],
    ['negative integer', [varint(3, -3n)], -3, 'intValue'],
    ['integer of 54 bits', [varint(3, 9007199254740993n)], '9007199254740993', 'intValue'],
    ['smallest integer', [varint(3, -9223372036854775808n)], '-9223372036854775808', 'intValue'],
    ['false', [varint(2, 0n)], false, 'boolValue'],
    ['zero', [varint(3, 0n)], 0, 'intValue'],
    ['no bytes', [bytes(7, new Uint8Array())], '', 'bytesValue'],
    ['bytes', [bytes(7, Buffer.from([1, 2]))], 'AQI=', 'bytesValue'],
    ['nothing', [], null, 'empty'],
    ['two members', [string(1, 'a'), varint(3, 5n)], 5, 'intValue'],
    ['list', [message(5, message(1, varint(3, 1n)), message(1))], [1, null], 'arrayValue'],
    ['map', [message(6, message(1, string(1, 'a'), message(2, varint(2, 1n))))], { a: true }, 'kvlistValue'],
  ])('reads a value: %s', (_name, value, expected, type) => {
    const span = decodeProtobuf(attribute(...value)).spans[1];
    expect(span?.attributes).toEqual({ it: expected });
    expect(span?.attributeTypes).toEqual({ it: type });
  });

  it('skips unknown fields of every wire type, and groups', () => {
    const group = [Buffer.from([0xa3, 0x06]), varint(1, 5n), Buffer.from([0xa4, 0x06])];
    const { spans, rejectedSpans } = decodeProtobuf(
      varint(90, 1n),
      fixed64(91, 1n),
      bytes(92, Buffer.from('x')),
      Buffer.from([0xed, 0x05, 1, 2, 3, 4]),
      ...group,
      varint(6, 3n),
    );
    expect(rejectedSpans).toBe(0);
    expect(spans[1]).toMatchObject({ name: 'it', kind: 3 });
  });

  it('keeps nothing of the body, which may be large', () => {
    const body = Buffer.from(
      message(1, message(2, message(2, ...GOOD_SPAN, attribute(bytes(7, Buffer.from('abc')))))),
    );
    const [span] = decodeTraces(body, 'protobuf').spans;
    body.fill(0);
    expect(span).toMatchObject({ traceId: TRACE, spanId: SPAN, name: 'good', attributes: { it: 'YWJj' } });
  });

  it.each<[string, Uint8Array[]]>([
    ['trace id of 15 bytes', [bytes(1, Buffer.alloc(15, 1))]],
    ['trace id in hex', [string(1, TRACE)]],
    ['trace id of zeros', [bytes(1, Buffer.alloc(16))]],
    ['span id of 16 bytes', [bytes(2, Buffer.alloc(16, 1))]],
    ['parent of 2 bytes', [bytes(4, Buffer.alloc(2, 1))]],
    ['value that is nested 35 times', [attribute(...nestedValue(35))]],
  ])('rejects one span and keeps the others: %s', (_name, fields) => {
    const { spans, rejectedSpans, reasons } = decodeProtobuf(...fields);
    expect(spans.map(({ name }) => name)).toEqual(['good']);
    expect(rejectedSpans).toBe(1);
    expect(reasons).not.toBe('');
  });

  it.each<[string, Uint8Array]>([
    ['cut', message(1, message(2, message(2, ...GOOD_SPAN))).slice(0, -1)],
    ['a length beyond the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f])],
    [
      'a varint of eleven bytes',
      Buffer.concat([Buffer.from([0x80]), Buffer.alloc(9, 0x80), Buffer.from([1])]),
    ],
    [
      'a number of eleven bytes',
      span(Buffer.concat([Buffer.from([0x30]), Buffer.alloc(10, 0xff), Buffer.from([1])])),
    ],
    ['wire type 7', Buffer.from([0x0f])],
    ['field number 0', Buffer.from([0x00, 0x01])],
    ['the end of a group that did not start', Buffer.from([0xa4, 0x06])],
    ['a group without an end', Buffer.from([0xa3, 0x06, 0x08, 0x05])],
    ['a million groups', Buffer.alloc(1_000_000, 0x0b)],
    ['a name that is not UTF-8', span(bytes(5, Buffer.from([0xc3, 0x28])))],
    ['a long key that is not UTF-8', span(message(9, bytes(1, Buffer.alloc(200, 0xff))))],
    ['a value that is nested 200 times', span(attribute(...nestedValue(200)))],
    ['JSON', json({ resourceSpans: [] })],
  ])('refuses a request that cannot be read: %s', (_name, body) => {
    expect(() => decodeTraces(body, 'protobuf')).toThrow(UnreadableError);
    expect(() => decodeTraces(body, 'protobuf')).toThrow(
      'the body is not an OTLP trace request in protobuf: ',
    );
  });

  it('refuses a body of millions of empty messages', () => {
    const body = Buffer.alloc(8_000_000);
    for (let at = 0; at < body.length; at += 2) body[at] = 0x0a;
    expect(() => decodeTraces(body, 'protobuf')).toThrow('more than 2000000 messages in one request');
    expect(decodeProtobuf().spans).toHaveLength(2);
  });

  it('reads an empty body as no spans', () => {
    expect(decodeTraces(new Uint8Array(), 'protobuf')).toEqual({ spans: [], rejectedSpans: 0, reasons: '' });
  });
});

function span(...fields: Uint8Array[]): Uint8Array {
  return message(1, message(2, message(2, ...GOOD_SPAN, ...fields)));
}

function nestedValue(depth: number): Uint8Array[] {
  return depth === 0 ? [varint(3, 1n)] : [message(5, message(1, ...nestedValue(depth - 1)))];
}
