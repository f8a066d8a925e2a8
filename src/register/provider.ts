import { type TracerProvider, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { exportSettings } from '../export-settings.js';
import { AlwaysRecordSampler } from '../processor/always-record.js';
import { type Environment, EXPORTER_PACKAGES } from './environment.js';
import { type ExitRoute, exitRoute } from './exit-route.js';
import { EXPORT_TIMEOUT_MILLIS, type ExportTally, ScopeRouter, TalliedExporter } from './export-tally.js';
import { installLine } from './install-line.js';
import { notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';
import { watchRejections } from './rejections.js';
import { RESOURCES_PACKAGE, type Resource } from './resource.js';
import { samplerOf } from './sampler.js';

type Sdk = typeof import('@opentelemetry/sdk-trace-node');
type ExporterPackage = typeof import('@opentelemetry/exporter-trace-otlp-http');

const SDK_PACKAGE = '@opentelemetry/sdk-trace-node';

/** The SDK as set up. */
export interface Pipeline {
  forceFlush(): Promise<void>;
  /** The OTLP exporters. Empty without OTLP. */
  exporters: TalliedExporter[];
  /** Sends when the event loop has stopped. Undefined when that is impossible. */
  exitRoute: ExitRoute<ReadableSpan[]> | undefined;
}

/** True when a provider is registered, through any copy of the API. */
export function isProviderRegistered(): boolean {
  const provider: TracerProvider & { getDelegateTracer?(name: string): unknown } = trace.getTracerProvider();
  return provider.getDelegateTracer === undefined || provider.getDelegateTracer('') !== undefined;
}

/**
 * Sets up and registers a provider with the processors first, then the exporters that the environment sets. Prints
 * one line about missing packages.
 *
 * @returns undefined when there is no SDK
 */
export function registerProvider(
  environment: Environment,
  packages: PackageFinder,
  tally: ExportTally,
  processors: SpanProcessor[],
  resource: Resource | undefined,
): Pipeline | undefined {
  const exporterName = EXPORTER_PACKAGES[environment.protocol].traces;
  const wanted = [SDK_PACKAGE, RESOURCES_PACKAGE, ...(environment.otlp ? [exporterName] : [])];
  const missing = wanted.filter((name) => packages.find(name) === undefined);
  if (missing.length > 0 && !environment.isSummaryOnly) {
    notice(`no spans are sent, because a package is missing: ${installLine(missing)}`);
  }
  const sdkFile = packages.find(SDK_PACKAGE);
  if (sdkFile === undefined) return undefined;

  const sdk = loadPackage<Sdk>(sdkFile);
  const exporterFile = environment.otlp ? packages.find(exporterName) : undefined;
  const otlp = exporterFile === undefined ? undefined : otlpExport(sdk, exporterFile, environment, tally);
  const sampler = samplerOf(sdk, process.env);
  const provider = new sdk.NodeTracerProvider({
    ...(resource === undefined ? {} : { resource }),
    // Spans that are not sampled are counted too.
    ...(sampler === undefined ? {} : { sampler: new AlwaysRecordSampler(sampler) }),
    spanProcessors: [
      ...processors,
      ...(otlp === undefined ? [] : [otlp.router]),
      ...(environment.console ? [new sdk.SimpleSpanProcessor(new sdk.ConsoleSpanExporter())] : []),
    ],
  });
  provider.register();
  return {
    forceFlush: () => provider.forceFlush(),
    exporters: otlp?.exporters ?? [],
    exitRoute:
      exporterFile === undefined ? undefined : exitRoute('traces', exporterFile, environment.protocol),
  };
}

function otlpExport(sdk: Sdk, exporterFile: string, environment: Environment, tally: ExportTally) {
  const { OTLPTraceExporter } = loadPackage<ExporterPackage>(exporterFile);
  const settings = exportSettings();
  const rejections = watchRejections(exporterFile);
  const exporters: TalliedExporter[] = [];
  const batchProcessor = () => {
    const inner: SpanExporter = new OTLPTraceExporter({
      ...settings.exporter,
      ...(environment.hasExportTimeout ? {} : { timeoutMillis: EXPORT_TIMEOUT_MILLIS }),
    });
    const exporter = new TalliedExporter(inner, tally, rejections);
    exporters.push(exporter);
    const { maxQueueSize, maxExportBatchSize } = settings.batch;
    return new sdk.BatchSpanProcessor(exporter, {
      ...(environment.hasMaxQueueSize ? {} : { maxQueueSize }),
      ...(environment.hasMaxExportBatchSize ? {} : { maxExportBatchSize }),
    });
  };
  return { router: new ScopeRouter(batchProcessor(), batchProcessor(), tally), exporters };
}
