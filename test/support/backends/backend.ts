/** What the backends' rules are written in. */
import { type AttributeValue, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A backend's own price for a call, in USD; undefined where its list does not have the model. */
export type OwnPrices = (span: ReadableSpan) => number | undefined;

/** What a backend shows as the cost of a trace, in USD, after its own filter. */
export type TraceTotal = (spans: readonly ReadableSpan[], ownPrices: OwnPrices) => number;

export function attribute(span: ReadableSpan, key: string): AttributeValue | undefined {
  return span.attributes[key];
}

/** A number under a key, as a backend's parser takes it: anything else is as good as absent. */
export function amount(span: ReadableSpan, key: string): number | undefined {
  const value = span.attributes[key];
  return typeof value === 'number' ? value : undefined;
}

export function sumOf(spans: readonly ReadableSpan[], usdOf: (span: ReadableSpan) => number | undefined) {
  return spans.reduce((sum, span) => sum + (usdOf(span) ?? 0), 0);
}

export function hasError(span: ReadableSpan): boolean {
  return span.status.code === SpanStatusCode.ERROR;
}

export function operation(span: ReadableSpan): AttributeValue | undefined {
  return attribute(span, 'gen_ai.operation.name');
}

/** The model that answered, else the one asked for. */
export function modelOf(span: ReadableSpan): AttributeValue | undefined {
  return attribute(span, 'gen_ai.response.model') ?? attribute(span, 'gen_ai.request.model');
}
