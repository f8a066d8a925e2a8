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
import { isLink, type Link } from './link.js';

/** Registered globally: two copies of this protocol in one process see each other's spans. */
const LINK = Symbol.for(sharedName('link'));
const LINK_KEY = createContextKey(sharedName('link'));

interface Linked {
  [LINK]?: Link | undefined;
}

/** For spans that take no new property. */
const linksOfSealed = new WeakMap<object, Link>();
let anySealed = false;

/** Spans that a tracer gave more than once: some vendors have a single one for all that they do not record. */
const sharedSpans = new WeakSet<object>();
let anyShared = false;

/** This span stands for several calls: it has no link, and where one is, its context alone tells. */
export function shareSpan(span: Span): void {
  anyShared = true;
  sharedSpans.add(span);
}

export function attachLink(span: Span, link: Link): void {
  try {
    (span as Linked)[LINK] = link;
  } catch {
    anySealed = true;
    linksOfSealed.set(span, link);
  }
}

/**
 * The same for a span that is recorded. Some set another object as current in its place, around the span
 * (OpenInference's tracers do, to mask attributes) or of its context alone (`trace.setSpanContext`). What they share
 * with the span is the context object, so that leads to the link, too.
 */
export function attachToRecorded(span: Span, link: Link): void {
  attachLink(span, link);
  const spanContext = span.spanContext();
  try {
    (spanContext as Linked)[LINK] = link;
  } catch {
    // It takes no new property. To ask for that first costs as much as all else here.
  }
}

/**
 * The span has ended. The SDK's spans keep the context object of the one above, so that a link on it would keep that
 * one's span, and through it all those above, for as long as work goes on below.
 */
export function detachFromContext(span: Span): void {
  const spanContext: SpanContext & Linked = span.spanContext();
  if (spanContext[LINK] !== undefined) spanContext[LINK] = undefined;
}

export function linkOf(span: Span): Link | undefined {
  try {
    if (anyShared && sharedSpans.has(span)) return undefined;
    return (span as Linked)[LINK] ?? (anySealed ? linksOfSealed.get(span) : undefined);
  } catch {
    // A proxy of the app's that knows no symbols.
    return undefined;
  }
}

/** The link of the span that is current in a context: what starts there starts below it. */
export function linkIn(ctx: Context): Link | undefined {
  const resolved = resolveContext(ctx);
  const span = trace.getSpan(resolved);
  if (span === undefined) return undefined;
  const link = linkOf(span);
  if (link !== undefined) return link;
  const spanContext: SpanContext & Linked = span.spanContext();
  const carried = resolved.getValue(LINK_KEY);
  const around = isLink(carried) ? carried : undefined;
  // Without an SDK every span repeats the remote one around it, and so does that of the task.
  if (spanContext.isRemote) return around?.task?.hasSpanId(spanContext.spanId) ? around : undefined;
  // A span that was not recorded has no link; the nearest wrapper around it is in the context.
  return spanContext[LINK] ?? around;
}

/** A context in which a wrapper's span is current. */
export function contextWithLink(ctx: Context, span: Span, link: Link): Context {
  return new LinkContext(ctx instanceof LinkContext ? ctx.around : withoutSpan(ctx), span, link);
}

/** What a context holds beside the span around: kept with it, that would keep the one around it, and so on. */
function withoutSpan(ctx: Context): Context {
  const isBare = trace.getSpan(ctx) === undefined && ctx.getValue(LINK_KEY) === undefined;
  return isBare ? ctx : trace.deleteSpan(ctx).deleteValue(LINK_KEY);
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

/** A wrapper's span and link over the context around. The API's own contexts copy all they hold for each value set. */
class LinkContext implements Context {
  constructor(
    readonly around: Context,
    private readonly span: Span,
    private readonly link: Link,
  ) {}

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.span;
    return key === LINK_KEY ? this.link : this.around.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.flat().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.flat().deleteValue(key);
  }

  private flat(): Context {
    return trace.setSpan(this.around, this.span).setValue(LINK_KEY, this.link);
  }
}

/** True for a span that carries a roll-up: a session, task, agent or step, implicit tasks included. */
export function isScopeSpan(span: object): boolean {
  const link = (span as Linked)[LINK];
  if (link === undefined) return false;
  if (link.ownScope !== undefined || link.ownSession !== undefined) return true;
  return link.ownTask?.isStated === true;
}
