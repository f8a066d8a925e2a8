import { DiagConsoleLogger, diag } from '@opentelemetry/api';
import { addListener, type MeterListener } from '../tracing/listeners.js';
import { receiptText } from '../tracing/receipt-text.js';
import { printWarnings } from '../warnings.js';
import { processorFromFile } from './config-file.js';
import { otlpUrl, readEnvironment } from './environment.js';
import { type ExitWork, flushAtExit } from './exit.js';
import { reportLosses, reportLostMetrics, reportNoSdk, reportNothingSeen } from './exit-report.js';
import { ExportTally } from './export-tally.js';
import { GenAiWatch } from './genai-watch.js';
import { type InstrumentedLibraries, loadInstrumentations } from './instrumentations.js';
import { LaterProviderWatch, tellEarlierProvider } from './later-provider.js';
import { observeLostSpans, registerMetrics } from './metrics.js';
import type { MetricsPipeline } from './metrics-pipeline.js';
import { notice, writeLine } from './notice.js';
import { packageFinder } from './packages.js';
import { isProviderRegistered, type Pipeline, registerProvider } from './provider.js';
import { findResource } from './resource.js';
import { tellWrongSettings } from './settings-check.js';
import { summaryLine } from './summary.js';

/** Sets everything up as the environment says, before the app's first line runs. */
export async function start(): Promise<void> {
  // Its apps set up no diagnostics of their own.
  printWarnings(notice);
  if (isProviderRegistered()) {
    tellEarlierProvider();
    return;
  }
  tellWrongSettings(process.env);
  const environment = readEnvironment(process.env);
  if (environment.logLevel !== undefined) diag.setLogger(new DiagConsoleLogger(), environment.logLevel);
  const watch = new GenAiWatch();
  const processor = processorFromFile(environment.configPath, {
    onTaskEnd: (task) => {
      // Counts unsampled work too, and work without an SDK.
      watch.seen = true;
      if (environment.summary !== 'none') writeLine(summaryLine(task));
    },
  });
  if (environment.summary === 'tree') addListener(TREE_PRINTER);
  // Without an SDK the processor still is the meter of the wrappers.
  if (environment.sdkDisabled) return;

  const tally = new ExportTally();
  const packages = packageFinder(process.argv[1], process.cwd());
  const resource = findResource(packages);
  const pipeline = registerProvider(environment, packages, tally, [processor, watch], resource);
  const later = new LaterProviderWatch(packages, processor);
  if (pipeline === undefined) {
    if (environment.isSummaryOnly) process.on('exit', () => reportNothingWrapped(watch, later));
    return;
  }
  const metrics = registerMetrics(environment.metrics, packages, resource);
  if (metrics !== undefined) {
    addListener(metrics);
    observeLostSpans(() => tally.lost);
  }
  const libraries = await loadInstrumentations(packages, process.argv[1]);
  flushAtExit(exitWork({ pipeline, metrics, tally, watch, later, libraries }));
}

/** What is in a task that is part of another one stands in that one's tree. */
const TREE_PRINTER: MeterListener = {
  billed: () => {},
  taskEnded: (task) => {
    if (task.isOutermost) writeLine(receiptText(task.ensureScope()));
  },
};

/** Without the SDK nobody sees what is not wrapped. */
function reportNothingWrapped(watch: GenAiWatch, later: LaterProviderWatch): void {
  if (!watch.seen && !later.seen) reportNoSdk();
}

interface SetUp {
  pipeline: Pipeline;
  metrics: MetricsPipeline | undefined;
  tally: ExportTally;
  watch: GenAiWatch;
  later: LaterProviderWatch;
  libraries: InstrumentedLibraries;
}

function exitWork({ pipeline, metrics, tally, watch, later, libraries }: SetUp): ExitWork {
  let endedAtFlush = 0;
  return {
    hasNews: () => tally.ended > endedAtFlush || metrics?.isStale === true,
    async flush() {
      const ended = tally.ended;
      endedAtFlush = ended;
      // What fails is in the tally and told at the end.
      await Promise.allSettled([pipeline.forceFlush()]);
      // The processors do not wait for requests that were under way before.
      await Promise.allSettled(pipeline.exporters.map((exporter) => exporter.forceFlush()));
      tally.flushed(ended);
      // After the spans, so that it tells of those that were lost.
      await metrics?.flush();
    },
    flushSync(timeoutMillis) {
      const startMillis = performance.now();
      flushSync(pipeline, tally, timeoutMillis);
      metrics?.flushSync(Math.floor(timeoutMillis - (performance.now() - startMillis)));
    },
    report() {
      reportLosses(tally, otlpUrl(process.env, 'traces'));
      reportLostMetrics(metrics?.lastError, otlpUrl(process.env, 'metrics'));
      if (!watch.seen && !later.seen) reportNothingSeen(libraries);
    },
  };
}

function flushSync(pipeline: Pipeline, tally: ExportTally, timeoutMillis: number): void {
  const { exporters, exitRoute } = pipeline;
  if (exitRoute === undefined || tally.missing === 0) return;
  for (const exporter of exporters) exporter.holdBack();
  // Hands everything that waits to the exporters before it returns.
  pipeline.forceFlush().catch(() => {});
  const batches = exporters.flatMap((exporter) => exporter.undelivered());
  if (batches.length === 0) return;
  const confirmed = exitRoute.send(batches, timeoutMillis);
  tally.delivered += batches.reduce((sum, spans, index) => sum + (confirmed[index] ? spans.length : 0), 0);
  tally.flushed(tally.ended);
}
