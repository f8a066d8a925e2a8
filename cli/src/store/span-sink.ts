import type { DecodedSpan } from '../otlp/span.js';

/** Where received spans go. */
export interface SpanSink {
  /**
   * Resolves when the spans are kept: in memory, or with a file when they are committed. Spans that are kept already are
   * ignored. Rejects with {@link StoreBusyError} when too much is waiting, without keeping any of the spans.
   */
  add(spans: readonly DecodedSpan[]): Promise<void>;
  /** Called after each commit, with the number of its new spans. Returns a function that ends it. */
  onChange(listener: (spans: number) => void): () => void;
}

/** The sender should send the same again later: 429 with `Retry-After`. */
export class StoreBusyError extends Error {
  override name = 'StoreBusyError';
  constructor(readonly retryAfterSeconds: number) {
    super(`the store is busy; send again in ${retryAfterSeconds} s`);
  }
}
