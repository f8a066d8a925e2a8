import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { otlpHeaders, otlpUrl, type Protocol, type Signal } from './environment.js';
import { type ExitDestination, sendAtExit } from './exit-send.js';
import { findFrom, loadPackage } from './packages.js';

type Transformer = typeof import('@opentelemetry/otlp-transformer');

/** The content of one request of a signal. */
interface Payloads {
  traces: ReadableSpan[];
  metrics: Parameters<Transformer['JsonMetricsSerializer']['serializeRequest']>[0];
}

/** Serializes the payload of one OTLP request. */
type Serialize<Payload> = (payload: Payload) => Uint8Array | undefined;

/** Sends a signal when the event loop has stopped. */
export class ExitRoute<Payload> {
  constructor(
    private readonly destination: ExitDestination,
    private readonly serialize: Serialize<Payload>,
  ) {}

  /** Returns for each payload whether a receiver confirmed it. Never throws. */
  send(payloads: readonly Payload[], timeoutMillis: number): boolean[] {
    const makeBodies = () => payloads.map((payload) => this.serialize(payload) ?? new Uint8Array());
    return sendAtExit(this.destination, makeBodies, timeoutMillis);
  }
}

/** Undefined for gRPC, or when the exporter has no serializer. */
export function exitRoute<S extends Signal>(
  signal: S,
  exporterFile: string,
  protocol: Protocol,
): ExitRoute<Payloads[S]> | undefined {
  const file = findFrom(exporterFile, '@opentelemetry/otlp-transformer');
  if (file === undefined || protocol === 'grpc') return undefined;
  const isJson = protocol === 'http/json';
  const contentType = isJson ? 'application/json' : 'application/x-protobuf';
  const headers = { ...otlpHeaders(process.env, signal), 'content-type': contentType };
  const serialize = serializers(loadPackage<Transformer>(file), isJson)[signal];
  return new ExitRoute({ url: otlpUrl(process.env, signal), headers }, serialize);
}

function serializers(transformer: Transformer, isJson: boolean): { [S in Signal]: Serialize<Payloads[S]> } {
  const traces = isJson ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer;
  const metrics = isJson ? transformer.JsonMetricsSerializer : transformer.ProtobufMetricsSerializer;
  return {
    traces: (spans) => traces.serializeRequest(spans),
    metrics: (payload) => metrics.serializeRequest(payload),
  };
}
