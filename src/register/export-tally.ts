import { diag } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isScopeSpan } from '../spans/record-lookup.js';
import { PACKAGE_NAME } from '../version.js';
import { messageOf } from './notice.js';
import type { Rejected, Rejections } from './rejections.js';
import { ThreadCounts } from './thread-counts.js';

type ExportDone = Parameters<SpanExporter['export']>[1];
type ExportResult = Parameters<ExportDone>[0];

const EXPORT_SUCCESS = 0;
const EXPORT_FAILURE = 1;
const SAMPLED = 1;

/**
 * The export timeout if the environment sets none. Shorter than the standard's 10 seconds, so that the reason for a
 * loss is known before the exit is given up.
 */
export const EXPORT_TIMEOUT_MILLIS = 4_500;

/** Counts the spans to export and the confirmed ones, over all exporters of the thread. */
export class ExportTally {
  /** The error of the last failed request. */
  lastError: string | undefined;

  constructor(readonly counts = new ThreadCounts()) {}

  get ended(): number {
    return this.counts.get('ended');
  }

  get lost(): number {
    return this.counts.get('lost');
  }

  /** Spans that ended but were not confirmed: waiting, in flight or lost. */
  get missing(): number {
    return this.counts.missingSpans;
  }

  failed(spans: number, error: unknown): void {
    this.counts.add('lost', spans);
    if (error !== undefined) this.lastError = messageOf(error);
  }

  /** A receiver accepted all of them except those that it rejected. */
  confirmed(spans: number, { count, reason }: Rejected): void {
    const lost = Math.min(count, spans);
    this.counts.add('delivered', spans - lost);
    if (lost > 0) this.failed(lost, reason);
  }
}

/**
 * The most requests that are in flight at once during a flush, a little fewer than the exporter takes. Otherwise one
 * request is in flight at a time, as with the SDK's batch processor alone.
 */
const MAX_REQUESTS = 250;

/** A flush that waits for the answers to these batches. */
interface Flush {
  left: Set<ReadableSpan[]>;
  resolve(): void;
}

/**
 * Takes batches over from the SDK's batch processor, sends them, and counts the results. The processor is notified at once
 * that a batch is done, so that none of its timers keeps the process alive for a receiver that does not answer.
 */
export class TalliedExporter implements SpanExporter {
  private readonly waiting: ReadableSpan[][] = [];
  private readonly underWay = new Set<ReadableSpan[]>();
  private readonly flushes = new Set<Flush>();
  private isHeldBack = false;
  /** The spans that are not in a request yet. */
  private queued = 0;

  constructor(
    private readonly inner: SpanExporter,
    private readonly tally: ExportTally,
    private readonly rejections: Rejections,
    private readonly maxQueueSize: number,
  ) {}

  /** Counts a span that is going to be exported. False if it has to be dropped, because the queue is full. */
  admit(): boolean {
    if (this.queued >= this.maxQueueSize) {
      this.tally.failed(1, 'the queue was full');
      return false;
    }
    this.queued++;
    return true;
  }

  export(spans: ReadableSpan[], done: ExportDone): void {
    this.waiting.push(spans);
    this.sendNext();
    done({ code: EXPORT_SUCCESS });
  }

  /**
   * Stops sending. Later exports are kept for {@link undelivered}, together with the requests that have not been
   * answered. Such a request may have arrived, but as in OTLP, a duplicate is better than a loss.
   */
  holdBack(): void {
    this.isHeldBack = true;
  }

  undelivered(): ReadableSpan[][] {
    return [...this.underWay, ...this.waiting];
  }

  /** Resolves when everything that was exported until now has been answered. */
  async forceFlush(): Promise<void> {
    const left = new Set(this.undelivered());
    if (left.size === 0) return;
    await new Promise<void>((resolve) => {
      this.flushes.add({ left, resolve });
      this.sendNext();
    });
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    await this.inner.shutdown();
  }

  private sendNext(): void {
    while (!this.isHeldBack && this.underWay.size < (this.flushes.size > 0 ? MAX_REQUESTS : 1)) {
      const spans = this.waiting.shift();
      if (spans === undefined) return;
      this.send(spans);
    }
  }

  private send(spans: ReadableSpan[]): void {
    this.underWay.add(spans);
    this.queued -= spans.length;
    try {
      this.inner.export(spans, (result) => this.answered(spans, result));
    } catch (error) {
      this.answered(spans, { code: EXPORT_FAILURE, error: new Error(messageOf(error)) });
    }
  }

  private answered(spans: ReadableSpan[], { code, error }: ExportResult): void {
    // A batch that is held back is sent again, and counted then.
    if (this.isHeldBack || !this.underWay.delete(spans)) return;
    if (code === EXPORT_SUCCESS) {
      this.tally.confirmed(spans.length, this.rejections.take());
    } else {
      this.tally.failed(spans.length, error);
      diag.error(`${PACKAGE_NAME}: ${spans.length} spans were lost`, error);
    }
    for (const flush of this.flushes) {
      flush.left.delete(spans);
      if (flush.left.size > 0) continue;
      this.flushes.delete(flush);
      flush.resolve();
    }
    this.sendNext();
  }
}

/** The SDK's batch processor and the exporter behind it. */
interface Branch {
  processor: SpanProcessor;
  exporter: TalliedExporter;
}

/**
 * Sends scope spans to one processor and all others to another, so that a flood of leaf spans never displaces the
 * totals.
 */
export class ScopeRouter implements SpanProcessor {
  constructor(
    private readonly scopes: Branch,
    private readonly others: Branch,
    private readonly tally: ExportTally,
  ) {}

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
    this.tally.counts.add('ended', 1);
    const { processor, exporter } = isScopeSpan(span) ? this.scopes : this.others;
    if (exporter.admit()) processor.onEnd(span);
  }

  /** Resolves when everything that had ended was delivered. Rejects when something was lost. */
  async forceFlush(): Promise<void> {
    const { lost } = this.tally;
    const branches = [this.scopes, this.others];
    await Promise.all(branches.map(({ processor }) => processor.forceFlush()));
    // The processors do not wait for answers.
    await Promise.all(branches.map(({ exporter }) => exporter.forceFlush()));
    if (this.tally.lost > lost) throw new Error(this.tally.lastError ?? 'no answer');
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.scopes, this.others].map(({ processor }) => processor.shutdown()));
  }
}
