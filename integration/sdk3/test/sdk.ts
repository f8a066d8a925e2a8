/** An app's set-up on SDK 3: context, provider, the cost processor before the exporter, a receiver that decodes. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanLimits,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { CostSpanProcessor } from 'otel-agent-cost';
import { type DecodedSpan, startReceiver } from '../../../test/support/otlp-receiver.js';

export interface Sdk {
  /** Flushes, and gives the spans that have arrived since the last call. */
  received(): Promise<DecodedSpan[]>;
  shutdown(): Promise<void>;
}

export async function startSdk(): Promise<Sdk> {
  const receiver = await startReceiver();
  const cost: SpanProcessor = new CostSpanProcessor();
  const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  const provider = new TracerProvider({ spanProcessors: [cost, new BatchSpanProcessor({ exporter })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    received: async () => {
      await provider.forceFlush();
      const spans = receiver.spans();
      receiver.requests.length = 0;
      return spans;
    },
    shutdown: async () => {
      await provider.shutdown();
      await receiver.close();
    },
  };
}

export type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** The spans that some work leaves, on a provider of its own with these processors before ours. */
export function spansOf(
  work: () => void,
  options: { before?: SpanProcessor[]; spanLimits?: SpanLimits } = {},
): readonly ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const cost: SpanProcessor = new CostSpanProcessor();
  const spanProcessors = [...(options.before ?? []), cost, new SimpleSpanProcessor({ exporter })];
  const { spanLimits } = options;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors, ...(spanLimits && { spanLimits }) }));
  work();
  void cost.shutdown();
  trace.disable();
  context.disable();
  return exporter.getFinishedSpans();
}
