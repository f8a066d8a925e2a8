import { randomUUID } from 'node:crypto';
import { type TracerProvider, trace } from '@opentelemetry/api';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { exportSettings } from '../export-settings.js';
import { type Environment, EXPORTER_PACKAGES, tracesHeaders, tracesUrl } from './environment.js';
import type { ExitDestination, TraceSerializer } from './exit-send.js';
import { type ExportTally, ScopeRouter, TalliedExporter } from './export-tally.js';
import { notice } from './notice.js';
import { findFrom, loadPackage, type PackageFinder } from './packages.js';

type Sdk = typeof import('@opentelemetry/sdk-trace-node');
type Resources = typeof import('@opentelemetry/resources');
type ExporterPackage = typeof import('@opentelemetry/exporter-trace-otlp-http');
type Transformer = typeof import('@opentelemetry/otlp-transformer');

const SDK_PACKAGE = '@opentelemetry/sdk-trace-node';
const RESOURCES_PACKAGE = '@opentelemetry/resources';

/**
 * How long one export may take where the environment does not say: an unanswered request keeps the process alive
 * that long, so it is less than the standard's 10 seconds.
 */
const EXPORT_TIMEOUT_MILLIS = 4_500;

/** The SDK as it was set up. */
export interface Pipeline {
  forceFlush(): Promise<void>;
  /** The OTLP exporters; none without OTLP. */
  exporters: TalliedExporter[];
  /** How to send when the event loop is gone; undefined where that cannot be done. */
  exitDestination: ExitDestination | undefined;
}

/** True when somebody set up a provider, through whichever copy of the API. */
export function isProviderRegistered(): boolean {
  const provider: TracerProvider & { getDelegateTracer?(name: string): unknown } = trace.getTracerProvider();
  return provider.getDelegateTracer === undefined || provider.getDelegateTracer('') !== undefined;
}

/**
 * Sets up and registers a provider with the processors first and exporters as the environment says. Says in one
 * line which packages are missing.
 *
 * @returns undefined when there is no SDK
 */
export function registerProvider(
  environment: Environment,
  packages: PackageFinder,
  tally: ExportTally,
  processors: SpanProcessor[],
): Pipeline | undefined {
  const exporterName = EXPORTER_PACKAGES[environment.protocol];
  const wanted = [SDK_PACKAGE, RESOURCES_PACKAGE, ...(environment.otlp ? [exporterName] : [])];
  const missing = wanted.filter((name) => packages.find(name) === undefined);
  if (missing.length > 0) {
    notice(`no spans are sent, because a package is missing: npm install ${missing.join(' ')}`);
  }
  const sdkFile = packages.find(SDK_PACKAGE);
  if (sdkFile === undefined) return undefined;

  const sdk = loadPackage<Sdk>(sdkFile);
  const exporterFile = environment.otlp ? packages.find(exporterName) : undefined;
  const otlp = exporterFile === undefined ? undefined : otlpExport(sdk, exporterFile, environment, tally);
  const resource = resourceOf(packages.find(RESOURCES_PACKAGE));
  const provider = new sdk.NodeTracerProvider({
    ...(resource === undefined ? {} : { resource }),
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
    exitDestination: exporterFile === undefined ? undefined : exitDestination(exporterFile, environment),
  };
}

function otlpExport(sdk: Sdk, exporterFile: string, environment: Environment, tally: ExportTally) {
  const { OTLPTraceExporter } = loadPackage<ExporterPackage>(exporterFile);
  const settings = exportSettings();
  const exporters: TalliedExporter[] = [];
  const batchProcessor = () => {
    const inner: SpanExporter = new OTLPTraceExporter({
      ...settings.exporter,
      ...(environment.hasExportTimeout ? {} : { timeoutMillis: EXPORT_TIMEOUT_MILLIS }),
    });
    const exporter = new TalliedExporter(inner, tally);
    exporters.push(exporter);
    const { maxQueueSize, maxExportBatchSize } = settings.batch;
    return new sdk.BatchSpanProcessor(exporter, {
      ...(environment.hasMaxQueueSize ? {} : { maxQueueSize }),
      ...(environment.hasMaxExportBatchSize ? {} : { maxExportBatchSize }),
    });
  };
  return { router: new ScopeRouter(batchProcessor(), batchProcessor(), tally), exporters };
}

/** The environment's own attributes win; the instance is random unless they name it. */
function resourceOf(file: string | undefined) {
  if (file === undefined) return undefined;
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } =
    loadPackage<Resources>(file);
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.instance.id': randomUUID() }))
    .merge(detectResources({ detectors: [envDetector] }));
}

function exitDestination(exporterFile: string, { protocol }: Environment): ExitDestination | undefined {
  const serializer = exitSerializer(exporterFile, protocol);
  if (serializer === undefined) return undefined;
  const contentType = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
  return {
    url: tracesUrl(process.env),
    headers: { ...tracesHeaders(process.env), 'content-type': contentType },
    serializer,
  };
}

function exitSerializer(
  exporterFile: string,
  protocol: Environment['protocol'],
): TraceSerializer | undefined {
  const file = findFrom(exporterFile, '@opentelemetry/otlp-transformer');
  if (file === undefined || protocol === 'grpc') return undefined;
  const { JsonTraceSerializer, ProtobufTraceSerializer } = loadPackage<Transformer>(file);
  return protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer;
}
