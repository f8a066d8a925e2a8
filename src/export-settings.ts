/**
 * Settings for the SDK's batch processor and OTLP exporter that do not lose spans in a burst. With the defaults,
 * the queue holds 2,048 spans and silently drops the newest ones; in an agent run, those carry the totals.
 *
 * ```ts
 * new BatchSpanProcessor(new OTLPTraceExporter(exportSettings().exporter), exportSettings().batch)
 * ```
 */
export interface ExportSettings {
  /** For `BatchSpanProcessor`. */
  batch: {
    /** The most spans in the queue: 131,072. A full queue takes about 350 MB if each span carries 2.6 kB. */
    maxQueueSize: number;
    /** Spans in one request: 1,024. At 20 kB a span, this is the most a collector accepts by default (20 MiB). */
    maxExportBatchSize: number;
  };
  /** For `OTLPTraceExporter`. */
  exporter: {
    /** Concurrent requests: 256, so that flushing a full queue (128 requests) is never refused. */
    concurrencyLimit: number;
  };
}

/** Returns a new object on every call, because the SDK writes into the one it is given. */
export function exportSettings(): ExportSettings {
  return {
    batch: { maxQueueSize: 131_072, maxExportBatchSize: 1_024 },
    exporter: { concurrencyLimit: 256 },
  };
}
