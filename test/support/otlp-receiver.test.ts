import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from './otlp-receiver.js';

let receiver: Receiver | undefined;
afterEach(async () => receiver?.close());

const exporters: [string, (url: string) => SpanExporter][] = [
  ['JSON', (url) => new JsonExporter({ url })],
  ['JSON, zipped', (url) => new JsonExporter({ url, compression: CompressionAlgorithm.GZIP })],
  ['protobuf', (url) => new ProtobufExporter({ url })],
];

describe.each(exporters)('a span sent as %s', (_format, exporterFor) => {
  it('is decoded with every value and its wire type', async () => {
    receiver = await startReceiver();
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'svc' }),
      spanProcessors: [new SimpleSpanProcessor(exporterFor(`${receiver.url}/v1/traces`))],
    });
    const tracer = provider.getTracer('scope-name');
    const parent = tracer.startSpan('parent');
    const context = trace.setSpan(ROOT_CONTEXT, parent);
    const child = tracer.startSpan(
      'chat größe',
      { kind: SpanKind.CLIENT, startTime: [1_700_000_000, 5] },
      context,
    );
    child.setAttributes({
      whole: 2,
      negative: -3,
      fraction: 0.05,
      huge: Number.MAX_SAFE_INTEGER,
      text: 'é',
      yes: true,
      no: false,
      list: ['a', 'b'],
      numbers: [1, 2.5],
    });
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'why' });
    child.end([1_700_000_001, 7]);
    parent.end();
    await provider.forceFlush();
    await provider.shutdown();

    const span = receiver.spans().find((s) => s.name === 'chat größe');
    expect(span).toMatchObject({
      traceId: parent.spanContext().traceId,
      spanId: child.spanContext().spanId,
      parentSpanId: parent.spanContext().spanId,
      kind: 3,
      statusCode: 2,
      statusMessage: 'why',
      startNanos: 1_700_000_000_000_000_005n,
      endNanos: 1_700_000_001_000_000_007n,
      scopeName: 'scope-name',
      resource: { 'service.name': 'svc' },
      attributes: {
        whole: 2,
        negative: -3,
        fraction: 0.05,
        huge: Number.MAX_SAFE_INTEGER,
        text: 'é',
        yes: true,
        no: false,
        list: ['a', 'b'],
        numbers: [1, 2.5],
      },
      attributeTypes: {
        whole: 'intValue',
        negative: 'intValue',
        fraction: 'doubleValue',
        text: 'stringValue',
        no: 'boolValue',
        list: 'arrayValue',
      },
    });
    expect(receiver.spans().find((s) => s.name === 'parent')?.parentSpanId).toBe('');
  });
});
