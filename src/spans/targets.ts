/**
 * Writes attributes so that they are kept. A full span silently drops new keys, an ended span accepts none, and each
 * `setAttribute` takes 90 ns. Therefore numbers, flags and short strings of this package are assigned directly to the
 * span's attributes. Strings of the app, such as names and ids, are assigned where the SDK's own `setAttribute` would
 * keep them as they are. Elsewhere they go through it: an app may have patched it to redact them, and a span may limit
 * their length.
 */
import type { SdkSpan } from '../sdk-span.js';
import { MAX_NAME_CHARS, shortText } from '../short-text.js';

export type SpanAttributes = NonNullable<SdkSpan['attributes']>;

/** False for a span that is not recorded. Without an SDK, writing attributes would take most of the time of a call. */
export function takesAttributes(span: SdkSpan): boolean {
  return span.ended === true || span.isRecording();
}

/**
 * The object to write the attributes of a span into: its own, or a draft if its own cannot be assigned to. Call {@link
 * keepAttributes} with it afterwards.
 */
export function attributesToWrite(span: SdkSpan): SpanAttributes {
  return assignable(span) ?? {};
}

/** Sets the attributes of a draft on the span one by one, and assigns those that are missing afterwards. */
export function keepAttributes(span: SdkSpan, written: SpanAttributes): void {
  const kept = span.attributes;
  if (kept === written) return;
  if (span.ended !== true) setAll(span, written);
  if (kept === undefined || !Object.isExtensible(kept)) return;
  for (const key in written) kept[key] ??= written[key];
}

function setAll(span: SdkSpan, written: SpanAttributes): void {
  for (const key in written) {
    const value = written[key];
    if (value !== undefined) span.setAttribute(key, value);
  }
}

/** Longer strings of the app go through `setAttribute` in any case. */
const MAX_ASSIGNED_CHARS = 128;

/** Assigns a string of the app, cut to `maxChars`. */
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
  if (isAssignable(value, into, span)) {
    into[key] = value;
    return;
  }
  const { droppedAttributesCount } = span;
  span.setAttribute(key, value);
  // The span was full. If it was not, the app's own `setAttribute` has left the key out.
  if (into[key] === undefined && span.droppedAttributesCount !== droppedAttributesCount) into[key] = value;
}

/** The attributes of the spans of SDK 2.x and 3.x are a plain object that stays the same. */
function assignable(span: SdkSpan): SpanAttributes | undefined {
  const { attributes } = span;
  if (attributes === undefined || attributes !== span.attributes) return undefined;
  const isPlain = Object.getPrototypeOf(attributes) === Object.prototype && Object.isExtensible(attributes);
  return isPlain ? attributes : undefined;
}

/** The last `setAttribute` of a class that was found to be the SDK's own. */
let trusted: unknown;

/**
 * The source of the SDK's method, also when it is minified. 2.x cuts the value and assigns it; in 3.x, a function does
 * both.
 */
const OF_SDK =
  /_isSpanEnded\(\)[\s\S]*(?:this\.attributes\[\w+\]\s*=\s*this\._truncateToSize\(|attributes:\s*this\.attributes,\s*limits:\s*this\._spanLimits)/;

/**
 * True for a string of the app that can be assigned: `setAttribute` would keep it as it is. For writers that spell out
 * the name of an attribute; all others call {@link putText}.
 */
export function isAssignable(text: string, into: SpanAttributes, span: SdkSpan): boolean {
  return (
    text.length <= MAX_ASSIGNED_CHARS && into === span.attributes && span.ended !== true && keepsStrings(span)
  );
}

/** True when the span's `setAttribute` is the SDK's own, not patched on the span or on its class, and cuts no string. */
function keepsStrings(span: SdkSpan): boolean {
  const limits = span._spanLimits;
  if (
    limits === undefined ||
    (limits.attributeValueLengthLimit ?? Number.POSITIVE_INFINITY) !== Number.POSITIVE_INFINITY
  )
    return false;
  if (span.setAttribute === trusted) return true;
  if (Object.hasOwn(span, 'setAttribute')) return false;
  if (!OF_SDK.test(Function.prototype.toString.call(span.setAttribute))) return false;
  trusted = span.setAttribute;
  return true;
}
