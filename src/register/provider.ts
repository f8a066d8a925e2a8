import { type TracerProvider, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { exportSettings } from '../export-settings.js';
import { AlwaysRecordSampler } from '../processor/always-record.js';
import { type Environment, EXPORTER_PACKAGES } from './environment.js';
import type { ExitParcel } from './exit-send.js';
import { EXPORT_USER_AGENT } from './export-sockets.js';
import { EXPORT_TIMEOUT_MILLIS, type ExportTally, ScopeRouter, TalliedExporter } from './export-tally.js';
import { installLine } from './install-line.js';
import { notice } from './notice.js';
import { type Serialize, serializerOf } from './otlp-transformer.js';
import { loadPackage, type PackageFinder } from './packages.js';
import { watchRejections } from './rejections.js';
import { RESOURCES_PACKAGE, type Resource } from './resource.js';
import { samplerOf } from './sampler.js';

type Sdk = typeof import('@opentelemetry/sdk-trace-node');
type ExporterPackage = typeof import('@opentelemetry/exporter-trace-otlp-http');

const SDK_PACKAGE = '@opentelemetry/sdk-trace-node';

/** The SDK as set up. */
export interface Pipeline {
  /** Resolves when everything that had ended was answered. */
  flush(): Promise<void>;
  /** The spans that are not delivered, to be sent without the event loop. Undefined if that is impossible. */
  parcel(): ExitParcel | undefined;
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
  const exporters = otlp?.exporters ?? [];
  return {
    async flush() {
      // Failures are in the tally and reported at the end.
      await Promise.allSettled([provider.forceFlush()]);
    },
    parcel() {
      const serialize = exporterFile && serializerOf('traces', exporterFile, environment.protocol);
      if (!exporterFile || !serialize || tally.missing === 0) return undefined;
      for (const exporter of exporters) exporter.holdBack();
      // Passes everything that waits to the exporters synchronously.
      provider.forceFlush().catch(() => {});
      const batches = exporters.flatMap((exporter) => exporter.undelivered());
      return spanParcel(exporterFile, batches, serialize, tally);
    },
  };
}

function spanParcel(
  exporterFile: string,
  batches: ReadableSpan[][],
  serialize: Serialize<'traces'>,
  tally: ExportTally,
): ExitParcel {
  return {
    signal: 'traces',
    exporterFile,
    makeBodies: () => batches.map((spans) => serialize(spans) ?? new Uint8Array()),
    answered(answers) {
      for (const [index, spans] of batches.entries()) {
        const answer = answers[index];
        if (answer !== undefined && answer.error === undefined)
          tally.confirmed(spans.length, answer.rejected);
        else tally.failed(spans.length, answer?.error ?? 'no answer');
      }
    },
  };
}

function otlpExport(sdk: Sdk, exporterFile: string, environment: Environment, tally: ExportTally) {
  const { OTLPTraceExporter } = loadPackage<ExporterPackage>(exporterFile);
  const settings = exportSettings();
  const maxQueueSize = environment.maxQueueSize ?? settings.batch.maxQueueSize;
  const { maxExportBatchSize } = settings.batch;
  const rejections = watchRejections(exporterFile, 'traces');
  const branch = () => {
    const inner: SpanExporter = new OTLPTraceExporter({
      ...settings.exporter,
      userAgent: EXPORT_USER_AGENT,
      ...(environment.hasExportTimeout ? {} : { timeoutMillis: EXPORT_TIMEOUT_MILLIS }),
    });
    const exporter = new TalliedExporter(inner, tally, rejections, maxQueueSize);
    const processor = new sdk.BatchSpanProcessor(exporter, {
      maxQueueSize,
      ...(environment.hasMaxExportBatchSize ? {} : { maxExportBatchSize }),
    });
    return { processor, exporter };
  };
  const [scopes, others] = [branch(), branch()];
  const exporters = [scopes.exporter, others.exporter];
  return { router: new ScopeRouter(scopes, others, tally), exporters };
}
