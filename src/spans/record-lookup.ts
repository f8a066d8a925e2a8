import {
  type Context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import { sharedName } from '../copies.js';
import { resolveContext } from '../otel.js';
import type { SdkSpan } from '../sdk-span.js';
import { isSpanRecord, type SpanRecord } from './span-record.js';

/** Registered globally, so that two copies of the same protocol in one process see each other's spans. */
const RECORD = Symbol.for(sharedName('record'));
const RECORD_KEY = createContextKey(sharedName('record'));

interface WithRecord {
  [RECORD]?: SpanRecord | undefined;
}

/** For spans that accept no new property. */
const recordsOfSealed = new WeakMap<object, SpanRecord>();
let anySealed = false;

/** Spans that a tracer returned more than once: some vendors use a single span for all work that they do not record. */
const sharedSpans = new WeakSet<object>();
let anyShared = false;

/** Marks a span that stands for several calls. It has no record of its own; records are then found by context only. */
export function shareSpan(span: Span): void {
  anyShared = true;
  anyUnseen = true;
  sharedSpans.add(span);
}

/** False while every span with a record was seen by a processor of this package when it started. */
let anyUnseen = false;

/** Attaches a record to a span of this package that no processor has seen, such as one that is not recorded. */
export function attachToUnseen(span: Span, record: SpanRecord): void {
  anyUnseen = true;
  attachRecord(span, record);
}

function attachRecord(span: Span, record: SpanRecord): void {
  try {
    (span as WithRecord)[RECORD] = record;
  } catch {
    anySealed = true;
    recordsOfSealed.set(span, record);
  }
}

/**
 * Does the same for a recorded span. The current span may be another object: a proxy around the span (OpenInference's
 * tracers use one to mask attributes), or a span made from its span context (`trace.setSpanContext`). Both share the
 * span context object, so the record is attached to that, too.
 */
export function attachToRecorded(span: Span, record: SpanRecord): void {
  attachRecord(span, record);
  const spanContext = span.spanContext();
  try {
    (spanContext as WithRecord)[RECORD] = record;
  } catch {
    // The object accepts no new property. A check beforehand would take as long as the rest of this function.
  }
}

/**
 * Called when the span has ended. The SDK's spans keep the span context of their parent. A record on it would keep the
 * parent's span in memory, and all spans above, for as long as work continues below.
 */
export function detachFromContext(span: Span): void {
  const spanContext: SpanContext & WithRecord = span.spanContext();
  if (spanContext[RECORD] !== undefined) spanContext[RECORD] = undefined;
}

export function recordOf(span: Span): SpanRecord | undefined {
  try {
    if (anyShared && sharedSpans.has(span)) return undefined;
    return (span as WithRecord)[RECORD] ?? (anySealed ? recordsOfSealed.get(span) : undefined);
  } catch {
    // A proxy of the app that does not support symbols.
    return undefined;
  }
}

/**
 * The record of the span that a recorded span is started below, by the span context that both share. Takes a tenth of
 * the time of {@link recordIn}. Undefined where only the context has it.
 */
export function recordOfParent({ parentSpanContext }: SdkSpan): SpanRecord | undefined {
  if (parentSpanContext === undefined || anyUnseen || parentSpanContext.isRemote) return undefined;
  const spanContext: SpanContext & WithRecord = parentSpanContext;
  return spanContext[RECORD];
}

/**
 * The record that work started in a context belongs to: the record of the current span. Without a current span, as for
 * a root span, and below a remote span, it is the record of the innermost wrapper that has not ended: a task contains
 * the work that its code starts, even in another trace.
 */
export function recordIn(ctx: Context): SpanRecord | undefined {
  const resolved = resolveContext(ctx);
  const span = trace.getSpan(resolved);
  const record = span === undefined ? undefined : recordOf(span);
  if (record !== undefined) return record;
  const carried = resolved.getValue(RECORD_KEY);
  const around = isSpanRecord(carried) ? carried : undefined;
  const spanContext: (SpanContext & WithRecord) | undefined = span?.spanContext();
  if (spanContext === undefined || (spanContext.isRemote && !around?.task?.hasSpanId(spanContext.spanId))) {
    return around?.ended ? undefined : around;
  }
  if (spanContext.isRemote) return around;
  // A span that was not recorded has no record; the nearest wrapper around it is in the context.
  return spanContext[RECORD] ?? around;
}

/** A context in which a wrapper's span is current. */
export function contextWithRecord(ctx: Context, span: Span, record: SpanRecord): Context {
  return new RecordContext(ctx instanceof RecordContext ? ctx.around : withoutSpan(ctx), span, record);
}

/** A context without its span and record. Keeping them would keep every enclosing span in memory, too. */
function withoutSpan(ctx: Context): Context {
  const isBare = trace.getSpan(ctx) === undefined && ctx.getValue(RECORD_KEY) === undefined;
  return isBare ? ctx : trace.deleteSpan(ctx).deleteValue(RECORD_KEY);
}

/** Finds the API's private key of the current span: the API passes it to any context that it sets a span in. */
function findSpanKey(): symbol | undefined {
  let found: symbol | undefined;
  const listener: Context = {
    getValue: () => undefined,
    setValue: (key) => {
      found = key;
      return listener;
    },
    deleteValue: () => listener,
  };
  trace.setSpan(listener, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return found;
}

const SPAN_KEY = findSpanKey();

/**
 * Adds a wrapper's span and record to the enclosing context. The API's own contexts copy all entries for each value
 * set.
 */
class RecordContext implements Context {
  constructor(
    readonly around: Context,
    private readonly span: Span,
    private readonly record: SpanRecord,
  ) {}

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.span;
    return key === RECORD_KEY ? this.record : this.around.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.flat().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.flat().deleteValue(key);
  }

  private flat(): Context {
    return trace.setSpan(this.around, this.span).setValue(RECORD_KEY, this.record);
  }
}

/** True for a span that carries a roll-up: a session, task, agent or step, implicit tasks included. */
export function isScopeSpan(span: object): boolean {
  const record = (span as WithRecord)[RECORD];
  if (record === undefined) return false;
  if (record.ownScope !== undefined || record.ownSession !== undefined) return true;
  return record.ownTask?.isStated === true;
}
