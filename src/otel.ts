import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  context,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { SCHEMA } from './address.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.js';

/** The provider behind the API's own while none is registered. */
const NO_PROVIDER = new ProxyTracerProvider().getDelegate();

/** False if nothing records. Without an SDK, requesting a span from the API takes as long as metering the call. */
export function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== NO_PROVIDER;
}

/** The API's private registry of global providers: only read, and only if present. */
const API = Symbol.for('opentelemetry.js.api.1');
const registered: typeof globalThis & { [API]?: { metrics?: unknown } } = globalThis;

let metricsSeen: unknown;
let meterProviderSeen: MeterProvider | undefined;

/** The global meter provider. The API's own look-up compares versions each time, which takes longer than posting a bill. */
export function meterProvider(): MeterProvider {
  const api = registered[API];
  if (api === undefined || meterProviderSeen === undefined || api.metrics !== metricsSeen) {
    metricsSeen = api?.metrics;
    meterProviderSeen = metrics.getMeterProvider();
  }
  return meterProviderSeen;
}

let tracerOf: TracerProvider | undefined;
let cachedTracer: Tracer | undefined;

/**
 * This package's tracer. Cached while the global provider stays the same, because `getTracer` builds and looks up a
 * key on every call.
 */
export function tracer(): Tracer {
  const provider = trace.getTracerProvider();
  if (cachedTracer === undefined || provider !== tracerOf) {
    tracerOf = provider;
    cachedTracer = provider.getTracer(PACKAGE_NAME, PACKAGE_VERSION, SCHEMA);
  }
  return cachedTracer;
}

// Shared by all versions: it holds the API's own `Context` objects.
const FALLBACK = Symbol.for('otel-agent-cost.context');
const shared: typeof globalThis & { [FALLBACK]?: AsyncLocalStorage<Context> } = globalThis;

/**
 * Carries context only if no context manager does: without an SDK, or with one that registered none. All copies of this
 * package in the process share one, so that each copy sees the scopes that another one has open.
 */
let fallback: AsyncLocalStorage<Context> | undefined;

export function activeContext(): Context {
  return resolveContext(context.active());
}

/** The given context, or the fallback's one where no context manager is registered. */
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
