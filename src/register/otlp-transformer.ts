import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Protocol, Signal } from './environment.js';
import { findFrom, loadPackage } from './packages.js';

type Transformer = typeof import('@opentelemetry/otlp-transformer');

/** The content of one request of a signal. */
interface Payloads {
  traces: ReadableSpan[];
  metrics: Parameters<Transformer['JsonMetricsSerializer']['serializeRequest']>[0];
}

/** Serializes the payload of one OTLP request. */
export type Serialize<S extends Signal> = (payload: Payloads[S]) => Uint8Array | undefined;

/** The package that serializes for the exporter in that file. */
function transformerOf(exporterFile: string): Transformer | undefined {
  const file = findFrom(exporterFile, '@opentelemetry/otlp-transformer');
  return file === undefined ? undefined : loadPackage<Transformer>(file);
}

/** The objects through which the exporter in that file serializes and reads. Empty if it has others. */
export function serializersOf(exporterFile: string) {
  const transformer = transformerOf(exporterFile);
  if (transformer === undefined) return { traces: [], metrics: [] };
  const { JsonTraceSerializer, ProtobufTraceSerializer } = transformer;
  const { JsonMetricsSerializer, ProtobufMetricsSerializer } = transformer;
  return {
    traces: [JsonTraceSerializer, ProtobufTraceSerializer],
    metrics: [JsonMetricsSerializer, ProtobufMetricsSerializer],
  };
}

/** Serializes as the exporter in that file does. Undefined if it does so in another way. */
export function serializerOf<S extends Signal>(
  signal: S,
  exporterFile: string,
  protocol: Protocol,
): Serialize<S> | undefined {
  const transformer = transformerOf(exporterFile);
  if (transformer === undefined) return undefined;
  const isJson = protocol === 'http/json';
  const traces = isJson ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer;
  const metrics = isJson ? transformer.JsonMetricsSerializer : transformer.ProtobufMetricsSerializer;
  const bySignal: { [T in Signal]: Serialize<T> } = {
    traces: (spans) => traces.serializeRequest(spans),
    metrics: (payload) => metrics.serializeRequest(payload),
  };
  return bySignal[signal];
}
