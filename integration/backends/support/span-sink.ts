/** Where a collector sends traces in place of Tempo and Jaeger: what arrives can be looked at, span by span. */
import { fileURLToPath } from 'node:url';
import { type DecodedSpan, startReceiver } from '../../../test/support/otlp-receiver.js';
import { startCollector } from './programs/collector.js';

const CONFIG = fileURLToPath(new URL('./span-sink.yaml', import.meta.url));

export interface SpanSink {
  /** OTLP over gRPC, `host:port`: the endpoint of an exporter. */
  readonly otlpGrpcEndpoint: string;
  /** Every span so far, in the order of arrival. */
  spans(): DecodedSpan[];
  /** The names of one trace's spans, in order of the alphabet. */
  namesOf(traceId: string): string[];
  stop(): Promise<void>;
}

export async function startSpanSink(): Promise<SpanSink> {
  const receiver = await startReceiver();
  const collector = await startCollector(CONFIG, { env: () => ({ SPAN_SINK_URL: receiver.url }) });
  return {
    otlpGrpcEndpoint: collector.otlpGrpcEndpoint,
    spans: () => receiver.spans(),
    namesOf: (id) =>
      receiver
        .spans()
        .filter(({ traceId }) => traceId === id)
        .map(({ name }) => name)
        .sort(),
    async stop() {
      await collector.stop();
      await receiver.close();
    },
  };
}
