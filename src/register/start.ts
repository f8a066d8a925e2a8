import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { recordCalls } from '../optimize/recorded-calls.js';
import { addListener } from '../runtime/listeners.js';
import { printWarnings } from '../warnings.js';
import { processorFromFile, tellUnreadFile } from './config-file.js';
import { readEnvironment } from './environment.js';
import { type ExitWork, flushAtExit } from './exit.js';
import { reportUnseen } from './exit-report.js';
import { exitSetting } from './exit-send.js';
import { exitWork } from './exit-work.js';
import { releaseExportSockets } from './export-sockets.js';
import { ExportTally } from './export-tally.js';
import { GenAiWatch } from './genai-watch.js';
import { type InstrumentedLibraries, loadInstrumentations, uninstrumented } from './instrumentations.js';
import { LaterProviderWatch, tellEarlierProvider } from './later-provider.js';
import { registerMetrics } from './metrics.js';
import { notice } from './notice.js';
import { mainFileOf, packageFinder } from './packages.js';
import { isProviderRegistered, registerProvider } from './provider.js';
import { findResource } from './resource.js';
import { printableLogger } from './secrets.js';
import { tellWrongSettings } from './settings-check.js';
import { TaskWatch } from './task-watch.js';
import { connectThreads, type Threads } from './threads.js';

/** Sets everything up according to the environment, before the app's first line runs. */
export async function start(): Promise<void> {
  if (isProviderRegistered()) {
    tellEarlierProvider();
    return;
  }
  tellWrongSettings(process.env);
  const environment = readEnvironment(process.env);
  printDiagnostics(environment.logLevel);
  const processor = processorFromFile(environment.configPath);
  const tasks = new TaskWatch(environment.summary);
  addListener(tasks);
  if (environment.hints) recordCalls();
  const mainFile = mainFileOf(process.argv[1], process.cwd());
  const packages = packageFinder(mainFile, process.cwd());
  // Without an SDK, the processor still meters the wrappers.
  if (environment.sdkDisabled) {
    if (environment.summary !== 'none') flushAtExit(nothingToSend(() => tasks.reportOpen()));
    return;
  }
  tellUnreadFile(environment.configPath);

  const threads = connectThreads();
  const tally = new ExportTally(threads.own);
  const watch = new GenAiWatch();
  const resource = findResource(packages);
  const pipeline = registerProvider(environment, packages, tally, [processor, watch], resource);
  const later = new LaterProviderWatch(packages, processor);
  const report = (libraries: InstrumentedLibraries) => {
    tasks.reportOpen();
    const seen = { seen: tasks.seen || watch.seen, llmSeen: tasks.llmSeen };
    const isSeenInWorkers = (threads.workers?.total().get('ended') ?? 0) > 0;
    if (!later.seen && !isSeenInWorkers) reportUnseen(seen, libraries, pipeline === undefined);
  };
  if (pipeline === undefined) {
    if (environment.summary !== 'none') flushAtExit(nothingToSend(() => report(uninstrumented(packages))));
    return;
  }
  const metrics = registerMetrics(environment.metrics, { packages, resource, spans: tally, threads });
  if (metrics !== undefined) addListener(metrics);
  const setting = exitSetting();
  const libraries = await loadInstrumentations(packages, mainFile);
  sendAtEnd(
    exitWork({ pipeline, metrics, tally, threads, setting, report: () => report(libraries) }),
    threads,
  );
}

/** Apps that use `register` set up no diagnostics of their own. */
function printDiagnostics(logLevel: DiagLogLevel | undefined): void {
  if (logLevel !== undefined) diag.setLogger(printableLogger(new DiagConsoleLogger()), logLevel);
  if ((logLevel ?? DiagLogLevel.NONE) < DiagLogLevel.WARN) printWarnings(notice);
}

/** Sends the rest at every end of this thread, and when the main thread ends. */
function sendAtEnd(work: ExitWork, threads: Threads): void {
  releaseExportSockets();
  threads.onFlushRequest(work.flush);
  flushAtExit(work);
}

/** The work at exit of a process that only prints. */
function nothingToSend(report: () => void): ExitWork {
  return { hasNews: () => false, flush: () => Promise.resolve(), flushSync: () => {}, report };
}
