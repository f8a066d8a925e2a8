import { messageOf } from './notice.js';
import { findFrom, loadPackage } from './packages.js';

type Transformer = typeof import('@opentelemetry/otlp-transformer');

/** The spans of an accepted request that the receiver rejected. */
export interface Rejected {
  spans: number;
  reason: string;
}

/** A response as an exporter reads it, with OTLP's partial success. In JSON the count is a string. */
interface TraceResponse {
  partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown } | null;
}

/** Tracks partial successes, which exporters treat as success, so that the rejected spans are known. */
export class Rejections {
  private latest: Rejected | undefined;

  /**
   * Observes every response that exporters read through these serializers. An exporter reports the result of a
   * request in the same turn in which it reads the response, so the latest response is the one that {@link take} is
   * called for.
   */
  watch(serializers: { deserializeResponse(data: Uint8Array): TraceResponse | null }[]): void {
    for (const serializer of serializers) {
      const read = serializer.deserializeResponse;
      serializer.deserializeResponse = (data) => {
        this.latest = undefined;
        const response = read(data);
        this.latest = rejectedOf(response);
        return response;
      };
    }
  }

  /** Returns the rejection of the latest response, once. */
  take(): Rejected | undefined {
    const { latest } = this;
    this.latest = undefined;
    return latest;
  }
}

/**
 * Tracks the rejections of the trace exporter in that file. If it gets its serializers in another way, none are
 * seen.
 */
export function watchRejections(exporterFile: string): Rejections {
  const rejections = new Rejections();
  const file = findFrom(exporterFile, '@opentelemetry/otlp-transformer');
  if (file === undefined) return rejections;
  const { JsonTraceSerializer, ProtobufTraceSerializer } = loadPackage<Transformer>(file);
  rejections.watch([JsonTraceSerializer, ProtobufTraceSerializer]);
  return rejections;
}

function rejectedOf(response: TraceResponse | null): Rejected | undefined {
  const partialSuccess = response?.partialSuccess;
  const spans = Number(partialSuccess?.rejectedSpans ?? 0);
  if (!Number.isSafeInteger(spans) || spans <= 0) return undefined;
  const reason = partialSuccess?.errorMessage;
  return { spans, reason: reason ? messageOf(reason) : 'rejected without a reason' };
}
