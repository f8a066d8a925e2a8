/**
 * Traceloop, @traceloop/node-server-sdk 0.27.0: `createSpanProcessor` exports its own
 * instrumentations' spans, and those of the scopes named in `allowedInstrumentationLibraries`.
 */
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

const TRACELOOP_LIBRARIES = ['ai', '@traceloop/node-server-sdk', '@traceloop/instrumentation-openai'];

export function isExported(
  span: ReadableSpan,
  allowedInstrumentationLibraries: readonly string[] = [],
): boolean {
  const scope = span.instrumentationScope.name;
  return TRACELOOP_LIBRARIES.includes(scope) || allowedInstrumentationLibraries.includes(scope);
}
