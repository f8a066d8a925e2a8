import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { addListener } from '../runtime/listeners.js';
import { printWarnings } from '../warnings.js';
import { processorFromFile } from './config-file.js';
import { otlpUrl, readEnvironment } from './environment.js';
import { type ExitWork, flushAtExit } from './exit.js';
import { reportLosses, reportLostMetrics, reportUnseen } from './exit-report.js';
import { ExportTally } from './export-tally.js';
import { GenAiWatch } from './genai-watch.js';
import { type InstrumentedLibraries, loadInstrumentations, uninstrumented } from './instrumentations.js';
import { LaterProviderWatch, tellEarlierProvider } from './later-provider.js';
import { observeLostSpans, registerMetrics } from './metrics.js';
import type { MetricsPipeline } from './metrics-pipeline.js';
import { notice } from './notice.js';
import { mainFileOf, packageFinder } from './packages.js';
import { isProviderRegistered, type Pipeline, registerProvider } from './provider.js';
import { findResource } from './resource.js';
import { printableLogger } from './secrets.js';
import { tellWrongSettings } from './settings-check.js';
import { TaskWatch } from './task-watch.js';

/** Sets everything up according to the environment, before the app's first line runs. */
export async function start(): Promise<void> {
  if (isProviderRegistered()) {
    tellEarlierProvider();
    return;
  }
  tellWrongSettings(process.env);
  const environment = readEnvironment(process.env);
  if (environment.logLevel !== undefined)
    diag.setLogger(printableLogger(new DiagConsoleLogger()), environment.logLevel);
  // Apps that use `register` set up no diagnostics of their own.
  if ((environment.logLevel ?? DiagLogLevel.NONE) < DiagLogLevel.WARN) printWarnings(notice);
  const processor = processorFromFile(environment.configPath);
  const tasks = new TaskWatch(environment.summary);
  addListener(tasks);
  const mainFile = mainFileOf(process.argv[1], process.cwd());
  const packages = packageFinder(mainFile, process.cwd());
  // Without an SDK, the processor still meters the wrappers.
  if (environment.sdkDisabled) {
    if (environment.summary !== 'none') flushAtExit(nothingToSend(() => tasks.reportOpen()));
    return;
  }

  const tally = new ExportTally();
  const watch = new GenAiWatch();
  const resource = findResource(packages);
  const pipeline = registerProvider(environment, packages, tally, [processor, watch], resource);
  const later = new LaterProviderWatch(packages, processor);
  const report = (libraries: InstrumentedLibraries) => {
    tasks.reportOpen();
    if (!later.seen)
      reportUnseen(
        { seen: tasks.seen || watch.seen, llmSeen: tasks.llmSeen },
        libraries,
        pipeline === undefined,
      );
  };
  if (pipeline === undefined) {
    if (environment.summary !== 'none') flushAtExit(nothingToSend(() => report(uninstrumented(packages))));
    return;
  }
  const metrics = registerMetrics(environment.metrics, packages, resource);
  if (metrics !== undefined) {
    addListener(metrics);
    observeLostSpans(() => tally.lost);
  }
  const libraries = await loadInstrumentations(packages, mainFile);
  flushAtExit(exitWork({ pipeline, metrics, tally, report: () => report(libraries) }));
}

/** The work at exit of a process that only prints. */
function nothingToSend(report: () => void): ExitWork {
  return { hasNews: () => false, flush: () => Promise.resolve(), flushSync: () => {}, report };
}

interface SetUp {
  pipeline: Pipeline;
  metrics: MetricsPipeline | undefined;
  tally: ExportTally;
  report(): void;
}

function exitWork({ pipeline, metrics, tally, report }: SetUp): ExitWork {
  let endedAtFlush = 0;
  return {
    hasNews: () => tally.ended > endedAtFlush || metrics?.isStale === true,
    async flush() {
      const ended = tally.ended;
      endedAtFlush = ended;
      // Failures are in the tally and reported at the end.
      await Promise.allSettled([pipeline.forceFlush()]);
      // The processors do not wait for requests that were already in flight.
      await Promise.allSettled(pipeline.exporters.map((exporter) => exporter.forceFlush()));
      tally.flushed(ended);
      // After the spans, so that lost ones are included.
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
      report();
    },
  };
}

function flushSync(pipeline: Pipeline, tally: ExportTally, timeoutMillis: number): void {
  const { exporters, exitRoute } = pipeline;
  if (exitRoute === undefined || tally.missing === 0) return;
  for (const exporter of exporters) exporter.holdBack();
  // Passes everything that waits to the exporters synchronously.
  pipeline.forceFlush().catch(() => {});
  const batches = exporters.flatMap((exporter) => exporter.undelivered());
  if (batches.length === 0) return;
  const confirmed = exitRoute.send(batches, timeoutMillis);
  tally.delivered += batches.reduce((sum, spans, index) => sum + (confirmed[index] ? spans.length : 0), 0);
  tally.flushed(tally.ended);
}
