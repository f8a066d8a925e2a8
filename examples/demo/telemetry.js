/** OpenTelemetry for the demo's agents: a provider that meters and exports over OTLP/HTTP. */
import { DiagConsoleLogger, DiagLogLevel, diag, metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, exportSettings } from 'otel-agent-cost';
import { describeFailure, protocolVariable } from './export-failure.js';
import { UsageError } from './options.js';

export const SERVICE_NAME = 'otel-agent-cost-demo';

const EXPORTERS = {
  'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
  'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
};

/** @typedef {import('@opentelemetry/sdk-trace-node').ReadableSpan} ReadableSpan */
/** @typedef {import('@opentelemetry/sdk-trace-node').SpanExporter} SpanExporter */

/** Throws a {@link UsageError}. @param {NodeJS.ProcessEnv} env @returns {import('./export-failure.js').Protocol} */
export function protocolFrom(env) {
  const variable = protocolVariable(env);
  const name = env[variable] || 'http/json';
  if (name === 'http/json' || name === 'http/protobuf') return name;
  throw new UsageError(`${variable} must be one of ${Object.keys(EXPORTERS).join(', ')} here, got "${name}"`);
}

/**
 * `OTEL_EXPORTER_OTLP_ENDPOINT` sets the destination, `OTEL_EXPORTER_OTLP_PROTOCOL` JSON or protobuf, and
 * `OTEL_EXPORTER_OTLP_HEADERS` headers.
 * @param {ConstructorParameters<typeof CostSpanProcessor>[0]} options
 * @param {{ moveSeconds?: number }} [settings] moveSeconds: added to all times of the spans that are sent
 */
export async function startTelemetry(options, { moveSeconds = 0 } = {}) {
  // Without it, spans that a receiver rejects are not mentioned.
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
  const protocol = protocolFrom(process.env);
  const { batch, exporter: settings } = exportSettings();
  const { OTLPTraceExporter } = await EXPORTERS[protocol]();
  const exporter = new WatchedExporter(new OTLPTraceExporter(settings), moveSeconds);
  const provider = new NodeTracerProvider({
    resource: resource(),
    spanProcessors: [new CostSpanProcessor(options), new BatchSpanProcessor(exporter, batch)],
  });
  provider.register();
  return {
    /** Sends what is left. Returns why spans were lost, if some were. */
    async shutdown() {
      await provider.shutdown();
      return exporter.failure && describeFailure(exporter.failure, protocol, process.env);
    },
  };
}

/** Sends the ledger's metrics over OTLP, as often as asked and at the end. @param {number} intervalMillis */
export function startMetrics(intervalMillis) {
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() });
  const provider = new MeterProvider({ resource: resource(), readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  // The reader's own interval would be its time-out as well, which is too short on a busy machine.
  /** @type {Promise<void> | undefined} */
  let sending;
  const timer = setInterval(() => {
    sending ??= provider.forceFlush().finally(() => {
      sending = undefined;
    });
  }, intervalMillis);
  return {
    async shutdown() {
      clearInterval(timer);
      await sending;
      await provider.shutdown();
    },
  };
}

function resource() {
  return resourceFromAttributes({ 'service.name': SERVICE_NAME });
}

/** Moves spans in time, and remembers why an export failed: the batch processor tells only of the last one. */
class WatchedExporter {
  /** @type {Error | undefined} */
  failure;

  /** @param {SpanExporter} inner @param {number} moveSeconds */
  constructor(inner, moveSeconds) {
    this.inner = inner;
    this.moveSeconds = moveSeconds;
  }

  /** @param {ReadableSpan[]} spans @param {Parameters<SpanExporter['export']>[1]} done */
  export(spans, done) {
    const moved = this.moveSeconds === 0 ? spans : spans.map((span) => movedInTime(span, this.moveSeconds));
    this.inner.export(moved, ({ code, error }) => {
      if (code !== 0) this.failure ??= error ?? new Error('no answer');
      done({ code: 0 });
    });
  }

  async forceFlush() {
    await this.inner.forceFlush?.();
  }

  shutdown() {
    return this.inner.shutdown();
  }
}

/**
 * The same span at another time. It was billed when it ended, so the prices are those of its own time.
 * @param {ReadableSpan} span @param {number} seconds @returns {ReadableSpan}
 */
function movedInTime(span, seconds) {
  /** @param {import('@opentelemetry/api').HrTime} time @returns {import('@opentelemetry/api').HrTime} */
  const moved = ([whole, nanos]) => [whole + seconds, nanos];
  return Object.create(span, {
    startTime: { value: moved(span.startTime) },
    endTime: { value: moved(span.endTime) },
    events: { value: span.events.map((event) => ({ ...event, time: moved(event.time) })) },
  });
}
