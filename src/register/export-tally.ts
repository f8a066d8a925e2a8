import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isScopeSpan } from '../spans/record-lookup.js';
import { messageOf } from './notice.js';
import type { Rejections } from './rejections.js';

type ExportDone = Parameters<SpanExporter['export']>[1];

const EXPORT_SUCCESS = 0;
const SAMPLED = 1;

/**
 * The export timeout if the environment sets none. An unanswered request keeps the process alive for this long, so
 * it is shorter than the standard's 10 seconds.
 */
export const EXPORT_TIMEOUT_MILLIS = 4_500;

/** Counts the spans to export and the confirmed ones, over all exporters of the process. */
export class ExportTally {
  /** Sampled spans that ended. */
  ended = 0;
  /** Spans in requests that succeeded. */
  delivered = 0;
  /** Spans in failed requests, or dropped before there was a request. */
  lost = 0;
  /** The error of the last failed request. */
  lastError: string | undefined;

  /** Spans that ended but were not confirmed: waiting, in flight or lost. */
  get missing(): number {
    return this.ended - this.delivered;
  }

  failed(spans: number, error: unknown): void {
    this.lost += spans;
    if (error !== undefined) this.lastError = messageOf(error);
  }

  /** A receiver accepted all of them except those that it rejected. */
  confirmed(spans: number, rejections: Rejections): void {
    const rejected = rejections.take();
    const lost = Math.min(rejected?.spans ?? 0, spans);
    this.delivered += spans - lost;
    if (lost > 0) this.failed(lost, rejected?.reason);
  }

  /** All spans that had ended by then were exported and answered, so unconfirmed ones are lost. */
  flushed(ended: number): void {
    this.lost = Math.max(this.lost, ended - this.delivered);
  }
}

/** An exporter that counts the results of its spans and can return the undelivered ones. */
export class TalliedExporter implements SpanExporter {
  private readonly underWay = new Set<ReadableSpan[]>();
  private heldBack: ReadableSpan[][] | undefined;

  constructor(
    private readonly inner: SpanExporter,
    private readonly tally: ExportTally,
    private readonly rejections: Rejections,
  ) {}

  export(spans: ReadableSpan[], done: ExportDone): void {
    if (this.heldBack !== undefined) {
      this.heldBack.push(spans);
      done({ code: EXPORT_SUCCESS });
      return;
    }
    this.underWay.add(spans);
    this.inner.export(spans, (result) => {
      this.underWay.delete(spans);
      if (result.code === EXPORT_SUCCESS) this.tally.confirmed(spans.length, this.rejections);
      else this.tally.failed(spans.length, result.error);
      done(result);
    });
  }

  /**
   * Stops sending. Later exports are kept for {@link undelivered}, together with the requests that have not been
   * answered. Such a request may have arrived, but as in OTLP, a duplicate is better than a loss.
   */
  holdBack(): void {
    this.heldBack ??= [...this.underWay];
  }

  undelivered(): ReadableSpan[][] {
    return this.heldBack ?? [];
  }

  /** Resolves when every request in flight has been answered. */
  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

/**
 * Sends scope spans to one processor and all others to another, so that a flood of leaf spans never displaces the
 * totals.
 */
export class ScopeRouter implements SpanProcessor {
  constructor(
    private readonly scopes: SpanProcessor,
    private readonly others: SpanProcessor,
    private readonly tally: ExportTally,
  ) {}

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
    this.tally.ended++;
    (isScopeSpan(span) ? this.scopes : this.others).onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await Promise.all([this.scopes.forceFlush(), this.others.forceFlush()]);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.scopes.shutdown(), this.others.shutdown()]);
  }
}
