/**
 * Where attributes go so that they are there: a span that is full drops new keys without a word, and one that has ended
 * takes none. So they are written, one is read back, and if that is missing all are assigned past the span's limits.
 */
import type { AttributeValue } from '@opentelemetry/api';
import type { SdkSpan } from '../otel.js';

/** A span, or a stand-in that assigns attributes past the span's own limits. */
export interface AttributeTarget {
  setAttribute(key: string, value: string | number | boolean | string[]): unknown;
}

/** The span itself, as long as it takes attributes. */
export function openTarget(span: SdkSpan): AttributeTarget | undefined {
  return span.ended !== true && span.isRecording() ? span : undefined;
}

/** For a span that lacks what was written; undefined where nothing can be assigned or nothing is recorded. */
export function pastLimits(span: SdkSpan): AttributeTarget | undefined {
  const { attributes } = span;
  if (attributes === undefined || Object.isFrozen(attributes)) return undefined;
  return span.ended === true || span.isRecording() ? new PastLimits(attributes) : undefined;
}

class PastLimits implements AttributeTarget {
  constructor(private readonly attributes: NonNullable<SdkSpan['attributes']>) {}

  setAttribute(key: string, value: AttributeValue): void {
    this.attributes[key] = value;
  }
}
