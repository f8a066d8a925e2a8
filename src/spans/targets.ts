/**
 * Writes attributes so that they are kept. A full span silently drops new keys, an ended span accepts none, and each
 * `setAttribute` takes 90 ns. Therefore numbers, flags and short strings of this package are assigned directly to the
 * span's attributes. Strings of the app go through `setAttribute` first, because an app may have patched it to redact
 * them, and a span may limit their length.
 */
import type { SdkSpan } from '../otel.js';
import { MAX_NAME_CHARS, shortText } from '../short-text.js';

export type SpanAttributes = NonNullable<SdkSpan['attributes']>;

/** False for a span that is not recorded. Without an SDK, writing attributes would take most of the time of a call. */
export function takesAttributes(span: SdkSpan): boolean {
  return span.ended === true || span.isRecording();
}

/**
 * Writes attributes so that they are kept. Where they cannot be assigned directly, they are set one by one, and what is
 * missing afterwards is assigned. `facts` are passed as arguments, to avoid a closure per span.
 */
export function writeKept<Facts extends unknown[]>(
  span: SdkSpan,
  write: (into: SpanAttributes, span: SdkSpan, ...facts: Facts) => void,
  ...facts: Facts
): void {
  const attributes = assignable(span);
  if (attributes !== undefined) {
    write(attributes, span, ...facts);
    return;
  }
  const written: SpanAttributes = {};
  write(written, span, ...facts);
  if (span.ended !== true) setAll(span, written);
  const kept = span.attributes;
  if (kept === undefined || !Object.isExtensible(kept)) return;
  for (const key in written) kept[key] ??= written[key];
}

function setAll(span: SdkSpan, written: SpanAttributes): void {
  for (const key in written) {
    const value = written[key];
    if (value !== undefined) span.setAttribute(key, value);
  }
}

/** Assigns a string of the app's, cut to `maxChars`. */
export function putText(
  into: SpanAttributes,
  span: SdkSpan,
  key: string,
  whole: string,
  maxChars = MAX_NAME_CHARS,
): void {
  const value = shortText(whole, maxChars);
  if (into !== span.attributes || span.ended === true) {
    into[key] ??= value;
    return;
  }
  const { droppedAttributesCount } = span;
  span.setAttribute(key, value);
  // The span is full. If it is not, the app has left the key out.
  if (into[key] === undefined && span.droppedAttributesCount !== droppedAttributesCount) into[key] = value;
}

/** The attributes of the spans of SDK 2.x and 3.x are a plain object that stays the same. */
function assignable(span: SdkSpan): SpanAttributes | undefined {
  const { attributes } = span;
  if (attributes === undefined || attributes !== span.attributes) return undefined;
  const isPlain = Object.getPrototypeOf(attributes) === Object.prototype && Object.isExtensible(attributes);
  return isPlain ? attributes : undefined;
}
