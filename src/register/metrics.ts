import { createNoopMeter, metrics } from '@opentelemetry/api';
import { currentRuntime } from '../runtime/current-runtime.js';
import { ledgerMetrics } from '../runtime/ledger-metrics.js';
import { PACKAGE_NAME } from '../version.js';
import { type Environment, EXPORTER_PACKAGES } from './environment.js';
import { EXPORT_USER_AGENT } from './export-sockets.js';
import { EXPORT_TIMEOUT_MILLIS, type ExportTally } from './export-tally.js';
import { installLine } from './install-line.js';
import { lossCounters, registerCounters } from './loss-metrics.js';
import { CheckedExporter, MetricsPipeline } from './metrics-pipeline.js';
import { snapshotOf } from './metrics-snapshot.js';
import { MetricsTally } from './metrics-tally.js';
import { notice } from './notice.js';
import { serializerOf } from './otlp-transformer.js';
import { loadPackage, type PackageFinder } from './packages.js';
import { watchRejections } from './rejections.js';
import type { Resource } from './resource.js';
import { ThreadCounts } from './thread-counts.js';
import type { Threads } from './threads.js';

type Sdk = typeof import('@opentelemetry/sdk-metrics');
type InstrumentKind = import('@opentelemetry/sdk-metrics').InstrumentType;
type AggregationOption = import('@opentelemetry/sdk-metrics').AggregationOption;
type ExporterPackage = typeof import('@opentelemetry/exporter-metrics-otlp-http');

const SDK_PACKAGE = '@opentelemetry/sdk-metrics';

/** The standard's timeout for one export, in ms. It must not exceed the interval. */
const MAX_READ_MILLIS = 30_000;

/** The other parts of the set-up that metrics need. */
export interface MetricsSurroundings {
  packages: PackageFinder;
  resource: Resource | undefined;
  /** Counts the spans of this thread. */
  spans: ExportTally;
  threads: Threads;
}

/**
 * Registers a meter provider with the exporters that the environment sets. Its packages are optional: a missing one
 * is reported only if metrics were requested.
 *
 * @returns undefined when no metrics are sent, or when a meter provider is already registered
 */
export function registerMetrics(
  environment: Environment['metrics'],
  surroundings: MetricsSurroundings,
): MetricsPipeline | undefined {
  const { packages } = surroundings;
  const { otlp, console, protocol, asked } = environment;
  if (!otlp && !console) return undefined;
  if (metrics.getMeterProvider().getMeter(PACKAGE_NAME) !== createNoopMeter()) return undefined;
  const exporterName = EXPORTER_PACKAGES[protocol].metrics;
  const sdkFile = packages.find(SDK_PACKAGE);
  const exporterFile = otlp ? packages.find(exporterName) : undefined;
  if (sdkFile === undefined || (otlp && exporterFile === undefined)) {
    const missing = [SDK_PACKAGE, ...(otlp ? [exporterName] : [])].filter((name) => !packages.find(name));
    if (asked) notice(`no metrics are sent, because a package is missing: ${installLine(missing)}`);
    return undefined;
  }
  return setUp(loadPackage<Sdk>(sdkFile), exporterFile, environment, surroundings);
}

function setUp(
  sdk: Sdk,
  exporterFile: string | undefined,
  environment: Environment['metrics'],
  { resource, spans, threads }: MetricsSurroundings,
): MetricsPipeline {
  const { exportIntervalMillis, protocol } = environment;
  const otlp =
    exporterFile === undefined ? undefined : otlpExport(sdk, exporterFile, environment, threads.own);
  const onConsole = environment.console ? new sdk.ConsoleMetricExporter() : undefined;
  const provider = new sdk.MeterProvider({
    ...(resource === undefined ? {} : { resource }),
    readers: [otlp?.exporter, onConsole].flatMap((exporter) =>
      exporter === undefined
        ? []
        : new sdk.PeriodicExportingMetricReader({
            exporter,
            exportIntervalMillis,
            exportTimeoutMillis: Math.min(MAX_READ_MILLIS, exportIntervalMillis),
          }),
    ),
  });
  metrics.setGlobalMeterProvider(provider);
  // Metrics that are only printed are not lost.
  const tally = otlp?.tally ?? new MetricsTally(new ThreadCounts(), true);
  const counters = lossCounters(spans, tally, threads.workers);
  registerCounters(counters);
  const serialize = exporterFile === undefined ? undefined : serializerOf('metrics', exporterFile, protocol);
  if (exporterFile === undefined || serialize === undefined) {
    return new MetricsPipeline(provider, tally, otlp !== undefined, undefined);
  }
  const snapshot = () => {
    const { latest } = ledgerMetrics(currentRuntime);
    // A receiver that expects deltas cannot be sent sums.
    if (!tally.takesSums || resource === undefined) return undefined;
    return snapshotOf(sdk, latest, counters, resource, environment.exponentialHistograms);
  };
  return new MetricsPipeline(provider, tally, true, { exporterFile, serialize, snapshot });
}

function otlpExport(
  sdk: Sdk,
  exporterFile: string,
  { hasExportTimeout, exponentialHistograms }: Environment['metrics'],
  counts: ThreadCounts,
) {
  const { InstrumentType, AggregationTemporality } = sdk;
  const { OTLPMetricExporter } = loadPackage<ExporterPackage>(exporterFile);
  const inner = new OTLPMetricExporter({
    userAgent: EXPORT_USER_AGENT,
    ...(hasExportTimeout ? {} : { timeoutMillis: EXPORT_TIMEOUT_MILLIS }),
    ...(exponentialHistograms ? { aggregationPreference: exponentialHistogramsOf(sdk) } : {}),
  });
  const temporality = inner.selectAggregationTemporality(InstrumentType.OBSERVABLE_COUNTER);
  const tally = new MetricsTally(counts, temporality === AggregationTemporality.CUMULATIVE);
  return { tally, exporter: new CheckedExporter(inner, tally, watchRejections(exporterFile, 'metrics')) };
}

/** The exporters do not read the standard's variable for this themselves. Takes precedence over the advised boundaries. */
function exponentialHistogramsOf({ AggregationType, InstrumentType }: Sdk) {
  return (instrument: InstrumentKind): AggregationOption => ({
    type:
      instrument === InstrumentType.HISTOGRAM
        ? AggregationType.EXPONENTIAL_HISTOGRAM
        : AggregationType.DEFAULT,
  });
}
