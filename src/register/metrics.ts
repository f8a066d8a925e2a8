import { createNoopMeter, metrics } from '@opentelemetry/api';
import { ledgerMetrics } from '../runtime/ledger-metrics.js';
import { currentRuntime } from '../runtime/runtime.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';
import { type Environment, EXPORTER_PACKAGES } from './environment.js';
import { exitRoute } from './exit-route.js';
import { EXPORT_TIMEOUT_MILLIS } from './export-tally.js';
import { installLine } from './install-line.js';
import { CheckedExporter, MetricsPipeline } from './metrics-pipeline.js';
import { snapshotOf } from './metrics-snapshot.js';
import { notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';
import type { Resource } from './resource.js';

type Sdk = typeof import('@opentelemetry/sdk-metrics');
type ExporterPackage = typeof import('@opentelemetry/exporter-metrics-otlp-http');

const SDK_PACKAGE = '@opentelemetry/sdk-metrics';

/** The standard's timeout for one export, in ms. It must not exceed the interval. */
const MAX_READ_MILLIS = 30_000;

/**
 * Registers a meter provider with the exporters that the environment sets. Its packages are optional: a missing one
 * is reported only if metrics were requested.
 *
 * @returns undefined when no metrics are sent, or when a meter provider is already registered
 */
export function registerMetrics(
  environment: Environment['metrics'],
  packages: PackageFinder,
  resource: Resource | undefined,
): MetricsPipeline | undefined {
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
  return setUp(loadPackage<Sdk>(sdkFile), exporterFile, environment, resource);
}

function setUp(
  sdk: Sdk,
  exporterFile: string | undefined,
  environment: Environment['metrics'],
  resource: Resource | undefined,
): MetricsPipeline {
  const { exportIntervalMillis, protocol } = environment;
  const exportTimeoutMillis = Math.min(MAX_READ_MILLIS, exportIntervalMillis);
  const times = { exportIntervalMillis, exportTimeoutMillis };
  const exporter = exporterFile === undefined ? undefined : otlpExporter(exporterFile, environment);
  const reader = exporter && new sdk.PeriodicExportingMetricReader({ exporter, ...times });
  const onConsole = environment.console ? new sdk.ConsoleMetricExporter() : undefined;
  const provider = new sdk.MeterProvider({
    ...(resource === undefined ? {} : { resource }),
    readers: [
      ...(reader === undefined ? [] : [reader]),
      ...(onConsole === undefined
        ? []
        : [new sdk.PeriodicExportingMetricReader({ exporter: onConsole, ...times })]),
    ],
  });
  metrics.setGlobalMeterProvider(provider);
  const route = exporterFile === undefined ? undefined : exitRoute('metrics', exporterFile, protocol);
  return new MetricsPipeline(provider, exporter, route, () => {
    const { latest } = ledgerMetrics(currentRuntime);
    // A receiver that expects deltas cannot be sent sums.
    if (exporter === undefined || !takesSums(sdk, exporter)) return undefined;
    return latest && resource && snapshotOf(sdk, latest, resource);
  });
}

function takesSums({ InstrumentType, AggregationTemporality }: Sdk, exporter: CheckedExporter): boolean {
  const temporality = exporter.selectAggregationTemporality(InstrumentType.OBSERVABLE_COUNTER);
  return temporality === AggregationTemporality.CUMULATIVE;
}

function otlpExporter(exporterFile: string, { hasExportTimeout }: Environment['metrics']): CheckedExporter {
  const { OTLPMetricExporter } = loadPackage<ExporterPackage>(exporterFile);
  return new CheckedExporter(
    new OTLPMetricExporter(hasExportTimeout ? {} : { timeoutMillis: EXPORT_TIMEOUT_MILLIS }),
  );
}

/** Counts spans that were lost during export. */
export function observeLostSpans(lost: () => number): void {
  metrics
    .getMeter(PACKAGE_NAME, PACKAGE_VERSION)
    .createObservableCounter('cost.lost_spans', {
      unit: '{span}',
      description: 'Sampled spans that no receiver confirmed.',
    })
    .addCallback((result) => result.observe(lost()));
}
