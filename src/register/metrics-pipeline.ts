import type { MeterProvider, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { LedgerListener } from '../runtime/listeners.js';
import type { ExitRoute } from './exit-route.js';
import { messageOf } from './notice.js';

type ExportDone = Parameters<PushMetricExporter['export']>[1];

const EXPORT_SUCCESS = 0;

/** An exporter that remembers how its last export went: sums are sent anew each time, so the last one is what counts. */
export class CheckedExporter implements PushMetricExporter {
  /** Why it failed; undefined when it did not. */
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

/** The metrics of the process on their way out. */
export class MetricsPipeline implements LedgerListener {
  /** Something was counted since the last flush began. */
  isStale = false;

  constructor(
    private readonly provider: MeterProvider,
    private readonly exporter: CheckedExporter | undefined,
    private readonly route: ExitRoute<ResourceMetrics> | undefined,
    /** What we count, as it stands; undefined where it cannot be sent so. Others' metrics are not in it. */
    private readonly snapshot: () => ResourceMetrics | undefined,
  ) {}

  billed(): void {
    this.isStale = true;
  }

  taskEnded(): void {
    this.isStale = true;
  }

  /** Why the last export failed; undefined when it did not. */
  get lastError(): string | undefined {
    return this.exporter?.lastError;
  }

  /** Sends everything as it stands now; resolves when it was answered. */
  async flush(): Promise<void> {
    this.isStale = false;
    await this.provider.forceFlush();
  }

  /** Sends what we count without the event loop, and so without the SDK, which collects by promises alone. */
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
