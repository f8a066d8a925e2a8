import { diag } from '@opentelemetry/api';
import type { MeterProvider, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { LedgerListener } from '../runtime/listeners.js';
import type { Bill } from '../spans/bill.js';
import { PACKAGE_NAME } from '../version.js';
import type { ExitParcel } from './exit-send.js';
import type { ExitAnswer } from './exit-sender.js';
import type { MetricsTally } from './metrics-tally.js';
import { messageOf } from './notice.js';
import type { Rejected, Rejections } from './rejections.js';

type ExportDone = Parameters<PushMetricExporter['export']>[1];
type Temporality = NonNullable<PushMetricExporter['selectAggregationTemporality']>;
type Aggregation = NonNullable<PushMetricExporter['selectAggregation']>;

const EXPORT_SUCCESS = 0;

/**
 * An exporter that records the results. The reader is notified at once that a request is done, so that none of its timers
 * keeps the process alive for a receiver that does not answer, and a flush does not wait for an earlier request.
 */
export class CheckedExporter implements PushMetricExporter {
  constructor(
    private readonly inner: PushMetricExporter & {
      selectAggregationTemporality: Temporality;
      selectAggregation: Aggregation;
    },
    private readonly tally: MetricsTally,
    private readonly rejections: Rejections,
  ) {}

  export(collected: ResourceMetrics, done: ExportDone): void {
    const finish = this.tally.exporting(collected);
    this.inner.export(collected, ({ code, error }) => {
      const reason =
        code === EXPORT_SUCCESS ? rejectionOf(this.rejections.take()) : messageOf(error ?? 'no answer');
      finish(reason);
      if (reason !== undefined) diag.error(`${PACKAGE_NAME}: metrics were not delivered: ${reason}`);
    });
    done({ code: EXPORT_SUCCESS });
  }

  selectAggregationTemporality(...instrument: Parameters<Temporality>): ReturnType<Temporality> {
    return this.inner.selectAggregationTemporality(...instrument);
  }

  selectAggregation(...instrument: Parameters<Aggregation>): ReturnType<Aggregation> {
    return this.inner.selectAggregation(...instrument);
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

/** Why a request does not count as delivered: the rejected points may be those with the cost. */
function rejectionOf({ count, reason }: Rejected): string | undefined {
  return count === 0 ? undefined : `${count} data points were rejected: ${reason}`;
}

/** How metrics are sent without the event loop. */
export interface MetricsAtExit {
  exporterFile: string;
  serialize(collected: ResourceMetrics): Uint8Array | undefined;
  /**
   * The current values of this package's metrics. Undefined when they cannot be sent this way. Excludes the
   * metrics of other libraries.
   */
  snapshot(): ResourceMetrics | undefined;
}

/** Exports the metrics of the thread. */
export class MetricsPipeline implements LedgerListener {
  /** The changes that an answered flush, or one in progress, contains. */
  private flushing = 0;
  private flushed = 0;

  constructor(
    private readonly provider: MeterProvider,
    readonly tally: MetricsTally,
    /** False where metrics are only printed. */
    readonly isSent: boolean,
    private readonly atExit: MetricsAtExit | undefined,
  ) {}

  billed(bill: Bill): void {
    this.tally.changed(bill.pico ?? 0);
  }

  taskEnded(): void {
    this.tally.changed(0);
  }

  /** True if something was counted since the last flush began. */
  get hasNews(): boolean {
    return this.flushing < this.tally.changes;
  }

  /** Sends the current values. Resolves when they have been answered. */
  async flush(): Promise<void> {
    const { changes } = this.tally;
    this.flushing = changes;
    await this.provider.forceFlush();
    this.flushed = changes;
  }

  /**
   * This package's metrics, to be sent without the event loop, and therefore without the SDK, whose collection is
   * asynchronous. Undefined if nothing is left to send.
   */
  parcel(): ExitParcel | undefined {
    const { tally, atExit } = this;
    if (!tally.isUnconfirmed || this.flushed === tally.changes) return undefined;
    tally.lastError = 'the process ended before they could be sent';
    const snapshot = atExit?.snapshot();
    if (atExit === undefined || snapshot === undefined) return undefined;
    const finish = tally.exporting(snapshot);
    return {
      signal: 'metrics',
      exporterFile: atExit.exporterFile,
      makeBodies: () => [atExit.serialize(snapshot) ?? new Uint8Array()],
      answered: ([answer]) => finish(errorOf(answer)),
    };
  }
}

function errorOf(answer: ExitAnswer | undefined): string | undefined {
  return answer === undefined ? 'no answer' : (answer.error ?? rejectionOf(answer.rejected));
}
