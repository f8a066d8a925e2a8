/**
 * Settings of the SDK's batch processor and OTLP exporter that do not lose spans in a burst. The defaults keep
 * 2,048 spans and drop the newest without a word: of an agent's run, the ones with the totals.
 *
 * ```ts
 * new BatchSpanProcessor(new OTLPTraceExporter(exportSettings().exporter), exportSettings().batch)
 * ```
 */
export interface ExportSettings {
  /** For `BatchSpanProcessor`. */
  batch: {
    /** Spans that may wait: 131,072. About 350 MB if every one is there and carries 2.6 kB. */
    maxQueueSize: number;
    /** Spans in one request: 1,024. With 20 kB a span this is what a collector takes at most by default (20 MiB). */
    maxExportBatchSize: number;
  };
  /** For `OTLPTraceExporter`. */
  exporter: {
    /** Requests under way at once: 256, so that a flush of a full queue (128 requests) is never refused. */
    concurrencyLimit: number;
  };
}

/** A fresh copy at each call: the SDK writes into the object it is given. */
export function exportSettings(): ExportSettings {
  return {
    batch: { maxQueueSize: 131_072, maxExportBatchSize: 1_024 },
    exporter: { concurrencyLimit: 256 },
  };
}
