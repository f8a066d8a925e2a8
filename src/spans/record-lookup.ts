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
import { isSpanRecord, type SpanRecord } from './span-record.js';

/** Registered globally: two copies of this protocol in one process see each other's spans. */
const RECORD = Symbol.for(sharedName('record'));
const RECORD_KEY = createContextKey(sharedName('record'));

interface WithRecord {
  [RECORD]?: SpanRecord | undefined;
}

/** For spans that take no new property. */
const recordsOfSealed = new WeakMap<object, SpanRecord>();
let anySealed = false;

/** Spans that a tracer gave more than once: some vendors have a single one for all that they do not record. */
const sharedSpans = new WeakSet<object>();
let anyShared = false;

/** This span stands for several calls: it has no record, and where one is, its context alone tells. */
export function shareSpan(span: Span): void {
  anyShared = true;
  sharedSpans.add(span);
}

export function attachRecord(span: Span, record: SpanRecord): void {
  try {
    (span as WithRecord)[RECORD] = record;
  } catch {
    anySealed = true;
    recordsOfSealed.set(span, record);
  }
}

/**
 * The same for a span that is recorded. Some set another object as current in its place, around the span
 * (OpenInference's tracers do, to mask attributes) or of its context alone (`trace.setSpanContext`). What they share
 * with the span is the context object, so that leads to the record, too.
 */
export function attachToRecorded(span: Span, record: SpanRecord): void {
  attachRecord(span, record);
  const spanContext = span.spanContext();
  try {
    (spanContext as WithRecord)[RECORD] = record;
  } catch {
    // It takes no new property. To ask for that first costs as much as all else here.
  }
}

/**
 * The span has ended. The SDK's spans keep the context object of the one above, so that a record on it would keep that
 * one's span, and through it all those above, for as long as work goes on below.
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
    // A proxy of the app's that knows no symbols.
    return undefined;
  }
}

/** The record of the span that is current in a context: what starts there starts below it. */
export function recordIn(ctx: Context): SpanRecord | undefined {
  const resolved = resolveContext(ctx);
  const span = trace.getSpan(resolved);
  if (span === undefined) return undefined;
  const record = recordOf(span);
  if (record !== undefined) return record;
  const spanContext: SpanContext & WithRecord = span.spanContext();
  const carried = resolved.getValue(RECORD_KEY);
  const around = isSpanRecord(carried) ? carried : undefined;
  // Without an SDK every span repeats the remote one around it, and so does that of the task.
  if (spanContext.isRemote) return around?.task?.hasSpanId(spanContext.spanId) ? around : undefined;
  // A span that was not recorded has no record; the nearest wrapper around it is in the context.
  return spanContext[RECORD] ?? around;
}

/** A context in which a wrapper's span is current. */
export function contextWithRecord(ctx: Context, span: Span, record: SpanRecord): Context {
  return new RecordContext(ctx instanceof RecordContext ? ctx.around : withoutSpan(ctx), span, record);
}

/** What a context holds beside the span around: kept with it, that would keep the one around it, and so on. */
function withoutSpan(ctx: Context): Context {
  const isBare = trace.getSpan(ctx) === undefined && ctx.getValue(RECORD_KEY) === undefined;
  return isBare ? ctx : trace.deleteSpan(ctx).deleteValue(RECORD_KEY);
}

/** The API keeps its key of the current span to itself, but names it to any context that it sets a span in. */
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

/** A wrapper's span and record over the context around. The API's own contexts copy all they hold for each value set. */
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
