import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import { hasProvider, tracer } from '../otel.js';
import type { SdkSpan } from '../sdk-span.js';
import { MAX_NAME_CHARS, shortText } from '../short-text.js';
import { warnOnce } from '../warnings.js';
import { attachToUnseen, recordOf, shareSpan } from './record-lookup.js';
import type { SpanRecord } from './span-record.js';

/** The record of the span that this package is starting right now: `onStart` runs inside `startSpan`. */
let starting: SpanRecord | undefined;
let startingName: string | undefined;

/** Starts a span of this package and attaches its record, with or without a processor. */
export function startOwnSpan(record: SpanRecord, name: string, options: SpanOptions, ctx: Context): Span {
  if (!hasProvider()) return unrecorded(record, ctx);
  const outer = starting;
  const outerName = startingName;
  starting = record;
  startingName = name;
  try {
    const span = tracer().startSpan(name, options, ctx);
    const attached = recordOf(span);
    if (attached !== record) adopt(span, record, attached);
    return span;
  } catch (error) {
    warnOnce('the SDK could not start a span', error);
    const span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    attachToUnseen(span, record);
    return span;
  } finally {
    starting = outer;
    startingName = outerName;
  }
}

/** The span that the API's own tracer would give: with the span context around it. */
function unrecorded(record: SpanRecord, ctx: Context): Span {
  const span = trace.wrapSpanContext(trace.getSpanContext(ctx) ?? INVALID_SPAN_CONTEXT);
  attachToUnseen(span, record);
  return span;
}

/**
 * True when the tracer returned the enclosing span again, as it does without an SDK. The span's id is then not its own.
 */
export function repeatsSpanAround(span: Span, ctx: Context): boolean {
  try {
    return trace.getSpanContext(ctx)?.spanId === span.spanContext().spanId;
  } catch {
    // A span of the app that throws.
    return false;
  }
}

/** Attaches the record to a span of this package that has none yet, or a different one. */
function adopt(span: Span, record: SpanRecord, attached: SpanRecord | undefined): void {
  if (attached?.settled) {
    shareSpan(span);
    return;
  }
  // The span was taken for another instrumentation's, by a second copy of this package or because it was renamed.
  attached?.end();
  attachToUnseen(span, record);
}

/**
 * Returns the record of a span of this package to the processor, once. Undefined for other instrumentations' spans,
 * including those that an earlier processor starts while the span is being started.
 */
export function takeStarting(span: SdkSpan): SpanRecord | undefined {
  if (starting === undefined || (span.name !== undefined && span.name !== startingName)) return undefined;
  const record = starting;
  starting = undefined;
  return record;
}

/** Makes a zero-length span below another one, and calls `write` with it. Without a parent, the span is a root. */
export type InstantChild = (
  parent: Span | undefined,
  record: SpanRecord,
  name: string,
  attributes: Attributes,
  write: (span: Span) => void,
) => void;

/** The spans of the tracer that the app has registered. */
export const instantChild: InstantChild = (parent, record, name, attributes, write) => {
  const now = Date.now();
  const ctx = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  const span = startOwnSpan(record, shortText(name), { startTime: now, attributes }, ctx);
  write(span);
  try {
    span.end(now);
  } catch (error) {
    // An app or another processor made the span throw. The calls around it are still to be booked.
    warnOnce('the SDK could not end a span', error);
  }
};

/** Cuts long strings. Only those are replaced: an assignment by a variable name takes longer than everything else here. */
export function cutLong(attributes: Attributes): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === 'string' && value.length > MAX_NAME_CHARS) attributes[key] = shortText(value);
  }
}
