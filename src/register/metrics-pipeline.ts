import type { MeterProvider, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { LedgerListener } from '../runtime/listeners.js';
import type { ExitRoute } from './exit-route.js';
import { messageOf } from './notice.js';

type ExportDone = Parameters<PushMetricExporter['export']>[1];

const EXPORT_SUCCESS = 0;

/**
 * An exporter that records the result of its last export. Every export has the full sums, so only the last one
 * matters.
 */
export class CheckedExporter implements PushMetricExporter {
  /** The error of the last export. Undefined when it succeeded. */
  lastError: string | undefined;

  constructor(
    private readonly inner: Required<Pick<PushMetricExporter, 'selectAggregationTemporality'>> &
      PushMetricExporter,
  ) {}

  export(collected: ResourceMetrics, done: ExportDone): void {
    this.inner.export(collected, (result) => {
      this.lastError = result.code === EXPORT_SUCCESS ? undefined : messageOf(result.error ?? 'no answer');
      done(result);
    });
  }

  selectAggregationTemporality(
    ...instrument: Parameters<NonNullable<PushMetricExporter['selectAggregationTemporality']>>
  ): ReturnType<NonNullable<PushMetricExporter['selectAggregationTemporality']>> {
    return this.inner.selectAggregationTemporality(...instrument);
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

/** Exports the metrics of the process. */
export class MetricsPipeline implements LedgerListener {
  /** True if something was counted since the last flush began. */
  isStale = false;

  constructor(
    private readonly provider: MeterProvider,
    private readonly exporter: CheckedExporter | undefined,
    private readonly route: ExitRoute<ResourceMetrics> | undefined,
    /**
     * The current values of this package's metrics. Undefined when they cannot be sent this way. Excludes the
     * metrics of other libraries.
     */
    private readonly snapshot: () => ResourceMetrics | undefined,
  ) {}

  billed(): void {
    this.isStale = true;
  }

  taskEnded(): void {
    this.isStale = true;
  }

  /** The error of the last export. Undefined when it succeeded. */
  get lastError(): string | undefined {
    return this.exporter?.lastError;
  }

  /** Sends the current values. Resolves when they have been answered. */
  async flush(): Promise<void> {
    this.isStale = false;
    await this.provider.forceFlush();
  }

  /**
   * Sends this package's metrics without the event loop, and therefore without the SDK, whose collection is
   * asynchronous.
   */
  flushSync(timeoutMillis: number): void {
    const { exporter, route } = this;
    if (!this.isStale || exporter === undefined) return;
    this.isStale = false;
    exporter.lastError = 'the process ended before they could be sent';
    const snapshot = this.snapshot();
    if (route === undefined || snapshot === undefined) return;
    const [delivered] = route.send([snapshot], timeoutMillis);
    if (delivered) exporter.lastError = undefined;
  }
}
