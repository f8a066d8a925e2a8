import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type AttributeValue,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.js';

/** What we read of an SDK's span. Structural, so that one processor fits SDK 2.x and 3.x. */
export interface SdkSpan extends Span {
  readonly name?: string;
  readonly attributes?: Record<string, AttributeValue | undefined>;
  readonly startTime?: readonly [seconds: number, nanos: number];
  readonly status?: { readonly code: number };
  readonly ended?: boolean;
  readonly instrumentationScope?: { readonly name: string };
}

let tracerOf: TracerProvider | undefined;
let cachedTracer: Tracer | undefined;

/** Our tracer. Kept as long as the global provider is the same: `getTracer` builds and looks up a key each time. */
export function tracer(): Tracer {
  const provider = trace.getTracerProvider();
  if (cachedTracer === undefined || provider !== tracerOf) {
    tracerOf = provider;
    cachedTracer = provider.getTracer(PACKAGE_NAME, PACKAGE_VERSION);
  }
  return cachedTracer;
}

// Of all versions: what it holds is the API's own kind of context.
const FALLBACK = Symbol.for('otel-agent-cost.context');
const shared: typeof globalThis & { [FALLBACK]?: AsyncLocalStorage<Context> } = globalThis;

/**
 * Carries context only where no context manager does: without an SDK, or with one that registered none. One for all
 * copies of this package in the process, so that each finds what another one has around it.
 */
let fallback: AsyncLocalStorage<Context> | undefined;

export function activeContext(): Context {
  return resolveContext(context.active());
}

/** The context itself, or the one we carry where no context manager does. */
export function resolveContext(active: Context): Context {
  if (active !== ROOT_CONTEXT) return active;
  fallback ??= shared[FALLBACK];
  return fallback?.getStore() ?? active;
}

export function runInContext<R>(ctx: Context, work: () => R): R {
  return context.with(ctx, workIn<R>, undefined, ctx, work);
}

function workIn<R>(ctx: Context, work: () => R): R {
  if (context.active() === ctx) return work();
  shared[FALLBACK] ??= new AsyncLocalStorage<Context>();
  fallback ??= shared[FALLBACK];
  return fallback.run(ctx, work);
}

export function isValidSpanId(spanContext: SpanContext): boolean {
  return spanContext.spanId !== '0000000000000000' && spanContext.spanId !== '';
}
