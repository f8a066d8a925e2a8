/** The OpenTelemetry SDK of the app, with the cost processor first, and a look at every span before it is billed. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { CostSpanProcessor } from 'otel-agent-cost';

/** Keeps what an instrumentation wrote: listed before the cost processor, it sees each span as that one gets it. */
class Recorder {
  raw = new Map();
  ended = new Map();

  onStart() {}

  onEnding(span) {
    this.raw.set(span.spanContext().spanId, { ...span.attributes });
  }

  onEnd(span) {
    const { traceId, spanId } = span.spanContext();
    const spans = this.ended.get(traceId) ?? [];
    this.ended.set(traceId, spans);
    spans.push({ span, raw: this.raw.get(spanId) });
    this.raw.delete(spanId);
  }

  forceFlush() {
    return Promise.resolve();
  }

  shutdown() {
    return Promise.resolve();
  }
}

export function startSdk() {
  const recorder = new Recorder();
  const provider = new TracerProvider({ spanProcessors: [recorder, new CostSpanProcessor()] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    provider,
    /** The spans of a trace, in the order they ended. Attributes are read now: all processors are done. */
    take: (traceId) => {
      const spans = recorder.ended.get(traceId) ?? [];
      recorder.ended.delete(traceId);
      return spans.map(({ span, raw }) => ({ name: span.name, attributes: span.attributes, raw: raw ?? {} }));
    },
  };
}
