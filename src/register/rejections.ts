import { messageOf } from './notice.js';
import { findFrom, loadPackage } from './packages.js';

type Transformer = typeof import('@opentelemetry/otlp-transformer');

/** What a receiver did not take of a request that it took. */
export interface Rejected {
  spans: number;
  reason: string;
}

/** A response as an exporter reads it, with OTLP's partial success in it. The count is text in JSON. */
interface TraceResponse {
  partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown } | null;
}

/** To an exporter a partial success is a success. Here it can be asked what was rejected all the same. */
export class Rejections {
  private latest: Rejected | undefined;

  /**
   * Looks at every response that exporters read by way of these serializers. An exporter reports the result of a request
   * in the same turn in which it reads the response: so what was read last is what {@link take} is asked for.
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

  /** Of the response that was read last, and once. */
  take(): Rejected | undefined {
    const { latest } = this;
    this.latest = undefined;
    return latest;
  }
}

/** Of the trace exporter in that file; nothing is ever seen where it brings its serializers in another way. */
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
