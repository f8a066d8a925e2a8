/** A real SDK: our processor, an exporter that keeps the spans, and their way through OTLP bytes. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { CostSpanProcessor, type CostSpanProcessorOptions } from '../../../src/index.js';
import { type DecodedSpan, decodeSpans } from '../otlp-spans.js';

export interface SdkOptions {
  cost?: CostSpanProcessorOptions;
  sampler?: Sampler;
  contextManager?: boolean;
  /** Beside ours, which comes first. */
  processors?: SpanProcessor[];
}

export interface Sdk {
  processor: CostSpanProcessor;
  /** Spans that ended since the last call, as a receiver decodes them; JSON and protobuf by turns. */
  received(): DecodedSpan[];
  /** The same as both formats carry them. */
  receivedTwice(): { json: DecodedSpan[]; protobuf: DecodedSpan[] };
  stop(): Promise<void>;
}

/** Registers an SDK for the process. One at a time. */
export function startSdk(options: SdkOptions = {}): Sdk {
  const processor = new CostSpanProcessor(options.cost);
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    sampler: options.sampler ?? new AlwaysOnSampler(),
    spanProcessors: [processor, new SimpleSpanProcessor(exporter), ...(options.processors ?? [])],
  });
  trace.setGlobalTracerProvider(provider);
  if (options.contextManager !== false) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }
  const take = () => {
    const spans = exporter.getFinishedSpans();
    exporter.reset();
    return spans;
  };
  let turn = 0;
  return {
    processor,
    received() {
      turn += 1;
      const spans = take();
      return turn % 2 === 0
        ? decodeSpans(bytesOf(JsonTraceSerializer.serializeRequest(spans)), 'json')
        : decodeSpans(bytesOf(ProtobufTraceSerializer.serializeRequest(spans)), 'protobuf');
    },
    receivedTwice() {
      const spans = take();
      return {
        json: decodeSpans(bytesOf(JsonTraceSerializer.serializeRequest(spans)), 'json'),
        protobuf: decodeSpans(bytesOf(ProtobufTraceSerializer.serializeRequest(spans)), 'protobuf'),
      };
    },
    async stop() {
      trace.disable();
      context.disable();
      await provider.shutdown();
    },
  };
}

function bytesOf(body: Uint8Array | undefined): Uint8Array {
  if (body === undefined) throw new Error('nothing was serialised');
  return body;
}
