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

/**
 * Writes attributes so that they are there. `lastKey` is the one that is written last. `write` takes what it needs as
 * arguments: a closure would be made for every span.
 */
export function writeKept<Facts extends unknown[]>(
  span: SdkSpan,
  lastKey: string,
  write: (target: AttributeTarget, ...facts: Facts) => void,
  ...facts: Facts
): void {
  if (span.ended !== true) {
    if (!span.isRecording()) return;
    write(span, ...facts);
  }
  const { attributes } = span;
  if (attributes === undefined || attributes[lastKey] !== undefined || Object.isFrozen(attributes)) return;
  write(new PastLimits(attributes), ...facts);
}

class PastLimits implements AttributeTarget {
  constructor(private readonly attributes: NonNullable<SdkSpan['attributes']>) {}

  setAttribute(key: string, value: AttributeValue): void {
    this.attributes[key] = value;
  }
}
