import type { Signal } from './environment.js';
import { messageOf } from './notice.js';
import { serializersOf } from './otlp-transformer.js';

/** The spans or data points of an accepted request that the receiver rejected. */
export interface Rejected {
  count: number;
  /** Undefined when the count is 0. */
  reason?: string;
}

/** A response as an exporter reads it, with OTLP's partial success. In JSON the counts are strings. */
interface OtlpResponse {
  partialSuccess?: {
    rejectedSpans?: unknown;
    rejectedDataPoints?: unknown;
    errorMessage?: unknown;
  } | null;
}

interface ResponseReader {
  deserializeResponse(data: Uint8Array): OtlpResponse | null;
}

/** Tracks partial successes, which exporters treat as success, so that the rejected spans are known. */
export class Rejections {
  private latest: Rejected = { count: 0 };

  /**
   * Observes every response that exporters read through these serializers. An exporter reports the result of a
   * request in the same turn in which it reads the response, so the latest response is the one that {@link take} is
   * called for.
   */
  watch(serializers: ResponseReader[]): void {
    for (const serializer of serializers) {
      const read = serializer.deserializeResponse;
      serializer.deserializeResponse = (data) => {
        this.latest = { count: 0 };
        const response = read(data);
        this.latest = rejectedOf(response);
        return response;
      };
    }
  }

  /** Returns the rejection of the latest response, once. */
  take(): Rejected {
    const { latest } = this;
    this.latest = { count: 0 };
    return latest;
  }
}

/**
 * Tracks the rejections of the exporter in that file. If it gets its serializers in another way, none are seen.
 */
export function watchRejections(exporterFile: string, signal: Signal): Rejections {
  const rejections = new Rejections();
  rejections.watch(serializersOf(exporterFile)[signal]);
  return rejections;
}

function rejectedOf(response: OtlpResponse | null): Rejected {
  const { rejectedSpans, rejectedDataPoints, errorMessage } = response?.partialSuccess ?? {};
  const count = Number(rejectedSpans ?? rejectedDataPoints ?? 0);
  if (!Number.isSafeInteger(count) || count <= 0) return { count: 0 };
  return { count, reason: errorMessage ? messageOf(errorMessage) : 'rejected without a reason' };
}
