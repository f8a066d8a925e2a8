import { readFileSync } from 'node:fs';
import type { DecodedSpan } from '../../src/otlp/span.js';

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

interface Request {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: { scope: { name: string }; spans: RawSpan[] }[];
  }[];
}

interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  status: { code?: number; message?: string };
  events?: { name: string; timeUnixNano: string; attributes: KeyValue[] }[];
}

function plainOf(value: Record<string, unknown>): unknown {
  const [[type, content] = ['', undefined]] = Object.entries(value);
  if (type === 'intValue') return Number(content);
  if (type === 'arrayValue') {
    return (content as { values: Record<string, unknown>[] }).values.map(plainOf);
  }
  return content;
}

function attributesOf(list: KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plainOf(value)]));
}

/** Spans of recorded OTLP requests in JSON, without the checks of the receiver. */
export function spansOfFixture(name: string): DecodedSpan[] {
  const path = new URL(`../fixtures/${name}`, import.meta.url);
  const requests = JSON.parse(readFileSync(path, 'utf8')) as Request[];
  return requests.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const attributes = attributesOf(resource.attributes);
      return scopeSpans.flatMap(({ scope, spans }) =>
        spans.map((span) => decoded(span, scope.name, attributes)),
      );
    }),
  );
}

function decoded(span: RawSpan, scopeName: string, resource: Record<string, unknown>): DecodedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    isParentLocal: false,
    name: span.name,
    kind: span.kind,
    statusCode: span.status.code ?? 0,
    statusMessage: span.status.message ?? '',
    startNanos: BigInt(span.startTimeUnixNano),
    endNanos: BigInt(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    attributeTypes: {},
    droppedAttributesCount: 0,
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      timeNanos: BigInt(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    scopeName,
    resource,
  };
}
