import type { AttributeValue, Span, SpanContext } from '@opentelemetry/api';

/** The parts of an SDK span that this package reads. Structural, so that one processor fits SDK 2.x and 3.x. */
export interface SdkSpan extends Span {
  readonly name?: string;
  readonly attributes?: Record<string, AttributeValue | undefined>;
  readonly parentSpanContext?: SpanContext | undefined;
  readonly startTime?: readonly [seconds: number, nanos: number];
  /** `[0, 0]` until it ends; set in `onEnding`. */
  readonly endTime?: readonly [seconds: number, nanos: number];
  readonly status?: { readonly code: number };
  readonly ended?: boolean;
  readonly droppedAttributesCount?: number;
  readonly instrumentationScope?: { readonly name: string };
  /** Private to the SDK's class, in 2.x and 3.x. */
  readonly _spanLimits?: { readonly attributeValueLengthLimit?: number };
}

/** Undefined for a span without a valid id, and for a span of the app that throws. */
export function spanIdOf(span: Span): string | undefined {
  try {
    const { spanId } = span.spanContext();
    return spanId !== '0000000000000000' && spanId !== '' ? spanId : undefined;
  } catch {
    return undefined;
  }
}
