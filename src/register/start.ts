import { DiagConsoleLogger, diag } from '@opentelemetry/api';
import { processorFromFile } from './config-file.js';
import { readEnvironment, tracesUrl } from './environment.js';
import { type ExitWork, flushAtExit } from './exit.js';
import { reportLosses, reportNothingSeen } from './exit-report.js';
import { sendAtExit } from './exit-send.js';
import { ExportTally } from './export-tally.js';
import { GenAiWatch } from './genai-watch.js';
import { type InstrumentedLibraries, loadInstrumentations } from './instrumentations.js';
import { notice, writeLine } from './notice.js';
import { packageFinder } from './packages.js';
import { isProviderRegistered, type Pipeline, registerProvider } from './provider.js';
import { summaryLine } from './summary.js';

/** Sets everything up as the environment says, before the app's first line runs. */
export async function start(): Promise<void> {
  if (isProviderRegistered()) {
    notice(
      'a tracer provider is already registered, so nothing was added. Add to it: ' +
        'spanProcessors: [new CostSpanProcessor(), yourProcessor]',
    );
    return;
  }
  const environment = readEnvironment(process.env);
  if (environment.logLevel !== undefined) diag.setLogger(new DiagConsoleLogger(), environment.logLevel);
  const watch = new GenAiWatch();
  const processor = processorFromFile(environment.configPath, {
    onTaskEnd: (task) => {
      // Counts unsampled work too, and work without an SDK.
      watch.seen = true;
      if (environment.summary) writeLine(summaryLine(task));
    },
  });
  // Without an SDK the processor still is the meter of the wrappers.
  if (environment.sdkDisabled) return;

  const tally = new ExportTally();
  const packages = packageFinder(process.argv[1], process.cwd());
  const pipeline = registerProvider(environment, packages, tally, [processor, watch]);
  if (pipeline === undefined) return;
  const libraries = await loadInstrumentations(packages);
  flushAtExit(exitWork(pipeline, tally, watch, libraries));
}

function exitWork(
  pipeline: Pipeline,
  tally: ExportTally,
  watch: GenAiWatch,
  libraries: InstrumentedLibraries,
): ExitWork {
  let endedAtFlush = 0;
  return {
    hasNewSpans: () => tally.ended > endedAtFlush,
    async flush() {
      endedAtFlush = tally.ended;
      // What fails is in the tally and told at the end.
      await Promise.allSettled([pipeline.forceFlush()]);
      // The processors do not wait for requests that were under way before.
      await Promise.allSettled(pipeline.exporters.map((exporter) => exporter.forceFlush()));
    },
    flushSync: (timeoutMillis) => flushSync(pipeline, tally, timeoutMillis),
    report() {
      reportLosses(tally, tracesUrl(process.env));
      if (!watch.seen) reportNothingSeen(libraries);
    },
  };
}

function flushSync(pipeline: Pipeline, tally: ExportTally, timeoutMillis: number): void {
  const { exporters, exitDestination } = pipeline;
  if (exitDestination === undefined || tally.missing === 0) return;
  for (const exporter of exporters) exporter.holdBack();
  // Hands everything that waits to the exporters before it returns.
  pipeline.forceFlush().catch(() => {});
  const batches = exporters.flatMap((exporter) => exporter.undelivered());
  if (batches.length > 0) tally.delivered += sendAtExit(exitDestination, batches, timeoutMillis);
}
