/**
 * OpenTelemetry as an app sets it up itself, in place of `otel-agent-cost/register`: 1 % of all traces are sampled, and what
 * is not is recorded all the same.
 */
import { readFileSync } from 'node:fs';
import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, exportSettings } from 'otel-agent-cost';
import { AlwaysRecordSampler } from 'otel-agent-cost/sampler';

const detectors = [envDetector, serviceInstanceIdDetector];
const resource = defaultResource().merge(detectResources({ detectors }));

const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() });
const meterProvider = new MeterProvider({ resource, readers: [reader] });
metrics.setGlobalMeterProvider(meterProvider);

const { exporter, batch } = exportSettings();
const tracerProvider = new NodeTracerProvider({
  resource,
  sampler: new AlwaysRecordSampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) })),
  spanProcessors: [
    new CostSpanProcessor(JSON.parse(readFileSync('agent-cost.json', 'utf8'))),
    new BatchSpanProcessor(new OTLPTraceExporter(exporter), batch),
  ],
});
tracerProvider.register();

process.once('beforeExit', () => Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]));
