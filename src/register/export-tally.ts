import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isScopeSpan } from '../spans/record-lookup.js';
import { messageOf } from './notice.js';
import type { Rejections } from './rejections.js';

type ExportDone = Parameters<SpanExporter['export']>[1];

const EXPORT_SUCCESS = 0;
const SAMPLED = 1;

/**
 * How long one export may take where the environment does not say: an unanswered request keeps the process alive
 * that long, so it is less than the standard's 10 seconds.
 */
export const EXPORT_TIMEOUT_MILLIS = 4_500;

/** What was to be exported and what a receiver confirmed, over all exporters of the process. */
export class ExportTally {
  /** Sampled spans that ended. */
  ended = 0;
  /** Spans in requests that were answered with success. */
  delivered = 0;
  /** Spans in requests that failed, or that were dropped before there was one. */
  lost = 0;
  /** Why the last failed request failed. */
  lastError: string | undefined;

  /** Spans that ended and were not confirmed: waiting, under way or lost. */
  get missing(): number {
    return this.ended - this.delivered;
  }

  failed(spans: number, error: unknown): void {
    this.lost += spans;
    if (error !== undefined) this.lastError = messageOf(error);
  }

  /** A receiver took all of them but those that it rejected. */
  confirmed(spans: number, rejections: Rejections): void {
    const rejected = rejections.take();
    const lost = Math.min(rejected?.spans ?? 0, spans);
    this.delivered += spans - lost;
    if (lost > 0) this.failed(lost, rejected?.reason);
  }

  /** Every span that had ended by then was handed on and answered: what is missing of them was lost. */
  flushed(ended: number): void {
    this.lost = Math.max(this.lost, ended - this.delivered);
  }
}

/** An exporter that counts what becomes of its spans, and that gives back what it has not delivered. */
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
   * From now on sends nothing: what is exported is kept for {@link undelivered}, together with the requests that
   * were not answered yet. Such a request may have arrived; as OTLP has it, it is rather sent twice than lost.
   */
  holdBack(): void {
    this.heldBack ??= [...this.underWay];
  }

  undelivered(): ReadableSpan[][] {
    return this.heldBack ?? [];
  }

  /** Resolves when every request under way was answered. */
  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

/** Sends scope spans one way and all others another, so that a flood of leaves never crowds out the totals. */
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
