import {
  type Context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import { type SdkSpan, tracer } from '../otel.js';
import { warnOnce } from '../warnings.js';
import { attachRecord, recordOf, shareSpan } from './record-lookup.js';
import type { SpanRecord } from './span-record.js';

/** What is being started by us right now: `onStart` runs inside `startSpan`. */
let starting: SpanRecord | undefined;
let startingName: string | undefined;

/** Starts one of our spans and attaches its record, whether or not a processor sees the span. */
export function startOwnSpan(record: SpanRecord, name: string, options: SpanOptions, ctx: Context): Span {
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
    attachRecord(span, record);
    return span;
  } finally {
    starting = outer;
    startingName = outerName;
  }
}

/** Without an SDK a tracer gives the span around once more: its id is that of somebody else's work. */
export function repeatsSpanAround(span: Span, ctx: Context): boolean {
  try {
    return trace.getSpanContext(ctx)?.spanId === span.spanContext().spanId;
  } catch {
    // A span of the app's that throws.
    return false;
  }
}

/** Attaches the record to one of our spans that has none yet, or has a different one. */
function adopt(span: Span, record: SpanRecord, attached: SpanRecord | undefined): void {
  if (attached?.settled) {
    shareSpan(span);
    return;
  }
  // Taken for another instrumentation's: by a second copy of this package, or where something renamed it.
  attached?.end();
  attachRecord(span, record);
}

/**
 * Gives the processor the record of one of our spans, once. Undefined for other instrumentations' spans, including those
 * that an earlier processor starts while ours is being started.
 */
export function takeStarting(span: SdkSpan): SpanRecord | undefined {
  if (starting === undefined || (span.name !== undefined && span.name !== startingName)) return undefined;
  const record = starting;
  starting = undefined;
  return record;
}

/** A span of no length below another one, written in between and ended. */
export function instantChild(
  parent: Span | undefined,
  record: SpanRecord,
  name: string,
  write: (span: Span) => void,
): void {
  const now = Date.now();
  const ctx = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  const span = startOwnSpan(record, name, { startTime: now }, ctx);
  write(span);
  span.end(now);
}
