import { unlistedVersion } from '../copies.js';
import { currentSharing } from '../runtime/sharing.js';
import { otlpUrl } from './environment.js';
import { EXIT_FLUSH_MILLIS, type ExitWork } from './exit.js';
import { reportLosses, reportLostMetrics, reportLostWorkers, reportOtherVersion } from './exit-report.js';
import { type ExitSetting, sendAtExit } from './exit-send.js';
import type { ExportTally } from './export-tally.js';
import type { MetricsPipeline } from './metrics-pipeline.js';
import type { Pipeline } from './provider.js';
import type { Threads } from './threads.js';

interface SetUp {
  pipeline: Pipeline;
  metrics: MetricsPipeline | undefined;
  tally: ExportTally;
  threads: Threads;
  setting: ExitSetting;
  /** Reports everything that is unrelated to sending. */
  report(): void;
}

/**
 * The work at the end of a thread. Spans, metrics and the data of worker threads are sent at the same time, so that
 * none uses up the time of another.
 */
export function exitWork({ pipeline, metrics, tally, threads, setting, report }: SetUp): ExitWork {
  const { workers } = threads;
  let endedAtFlush = 0;
  const losses = () => tally.lost + (workers?.lostSpans ?? 0) + (workers?.lostPico ?? 0);
  let lossesAtFlush = 0;
  let isFlushed = false;
  return {
    hasNews() {
      if (currentSharing()?.isBusy === true || tally.ended > endedAtFlush) return true;
      return metrics?.hasNews === true || losses() > lossesAtFlush;
    },
    async flush() {
      // Spans that wait for other processes end here.
      await currentSharing()?.drain();
      endedAtFlush = tally.ended;
      lossesAtFlush = losses();
      await Promise.all([pipeline.flush(), metrics?.flush(), workers?.flush(EXIT_FLUSH_MILLIS)]);
      if (losses() !== lossesAtFlush) {
        // The counts of losses include these.
        lossesAtFlush = losses();
        await metrics?.flush();
      }
      isFlushed = true;
    },
    flushSync(timeoutMillis) {
      currentSharing()?.views?.writeNow();
      const endMillis = performance.now() + timeoutMillis;
      const areWorkersDone = workers?.requestFlush();
      const parcels = [pipeline.parcel(), metrics?.parcel()].filter((parcel) => parcel !== undefined);
      sendAtExit(parcels, setting, timeoutMillis);
      if (metrics?.isSent && !isFlushed) reportOtherVersion(unlistedVersion());
      if (areWorkersDone !== undefined) workers?.wait(areWorkersDone, endMillis - performance.now());
    },
    report() {
      reportLosses(tally, process.env);
      if (metrics?.isSent) reportLostMetrics(metrics.tally, otlpUrl(process.env, 'metrics'));
      if (workers !== undefined) reportLostWorkers(workers.total());
      report();
    },
  };
}
