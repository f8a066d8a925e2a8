/** OpenTelemetry for the demo's agents: a provider that meters and exports over OTLP/HTTP. */
import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, exportSettings } from 'otel-agent-cost';

export const SERVICE_NAME = 'otel-agent-cost-demo';

/**
 * `OTEL_EXPORTER_OTLP_ENDPOINT` sets the destination.
 * @param {ConstructorParameters<typeof CostSpanProcessor>[0]} options
 */
export function startTelemetry(options) {
  // Without it an export that fails says nothing.
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
  const { batch, exporter } = exportSettings();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': SERVICE_NAME }),
    spanProcessors: [
      new CostSpanProcessor(options),
      new BatchSpanProcessor(new OTLPTraceExporter(exporter), batch),
    ],
  });
  provider.register();
  return provider;
}
