/** Random spans: as the SDK gives them to its serializers, and as a reader should find them. */
import type { HrTime } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import fc from 'fast-check';
import type { DecodedSpan, WireType } from '../../../src/otlp/span.js';

export type SpanFacts = Omit<DecodedSpan, 'attributeTypes'> & { types: Record<string, WireType> };

const hexId = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte !== 0))
    .map((id) => Buffer.from(id).toString('hex'));

const text = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'grapheme', maxLength: 80 }));

/** The SDK writes whole doubles up to 2^53 as integers. */
const number = fc.oneof(
  fc.integer().map((value) => ({ value, type: 'intValue' as const })),
  fc.maxSafeInteger().map((value) => ({ value, type: 'intValue' as const })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Number.isInteger(value))
    .map((value) => ({ value, type: 'doubleValue' as const })),
);

const attribute = fc.oneof(
  text.map((value) => ({ value, type: 'stringValue' as const })),
  fc.boolean().map((value) => ({ value, type: 'boolValue' as const })),
  number,
  fc.array(text, { maxLength: 3 }).map((value) => ({ value, type: 'arrayValue' as const })),
);

/** `__proto__` cannot be a key of the SDK's objects. */
const attributes = fc
  .dictionary(
    text.filter((key) => key !== '__proto__'),
    attribute,
    { maxKeys: 12, noNullPrototype: true },
  )
  .map((found) => ({
    values: Object.fromEntries(Object.entries(found).map(([key, { value }]) => [key, value])),
    types: Object.fromEntries(Object.entries(found).map(([key, { type }]) => [key, type])),
  }));

const nanos = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n });

export const spanFacts: fc.Arbitrary<SpanFacts> = fc
  .record({
    traceId: hexId(16),
    spanId: hexId(8),
    parentSpanId: fc.option(hexId(8), { nil: '' }),
    isRemote: fc.boolean(),
    name: text,
    kind: fc.integer({ min: 1, max: 5 }),
    statusCode: fc.constantFrom(0, 1, 2),
    statusMessage: text,
    startNanos: nanos,
    endNanos: nanos,
    own: attributes,
    droppedAttributesCount: fc.nat(),
    events: fc.array(
      fc.record({ name: text, timeNanos: nanos, attributes: attributes.map(({ values }) => values) }),
      { maxLength: 2 },
    ),
    scopeName: text,
    resource: attributes.map(({ values }) => withoutInherited(values)),
  })
  .map(({ own, isRemote, ...rest }) => ({
    ...rest,
    isParentLocal: rest.parentSpanId !== '' && !isRemote,
    attributes: own.values,
    types: own.types,
  }));

/** The SDK's resources leave out keys that every object has, such as `toString`. */
function withoutInherited(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !(key in {})));
}

function hrTime(time: bigint): HrTime {
  return [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)];
}

export function endedSpan(facts: SpanFacts): ReadableSpan {
  const context = { traceId: facts.traceId, traceFlags: 1 };
  const hasParent = facts.parentSpanId !== '';
  const found = {
    name: facts.name,
    kind: facts.kind - 1,
    spanContext: () => ({ ...context, spanId: facts.spanId }),
    ...(hasParent && {
      parentSpanContext: { ...context, spanId: facts.parentSpanId, isRemote: !facts.isParentLocal },
    }),
    startTime: hrTime(facts.startNanos),
    endTime: hrTime(facts.endNanos),
    status: { code: facts.statusCode, message: facts.statusMessage },
    attributes: facts.attributes,
    links: [],
    events: facts.events.map((event) => ({
      name: event.name,
      time: hrTime(event.timeNanos),
      attributes: event.attributes,
    })),
    duration: hrTime(0n),
    ended: true,
    resource: resourceFromAttributes(facts.resource as Record<string, string>),
    instrumentationScope: { name: facts.scopeName },
    droppedAttributesCount: facts.droppedAttributesCount,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
  return found as ReadableSpan;
}
