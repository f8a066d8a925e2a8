/** OTLP metrics requests in JSON into flat points as a receiver sees them. */
import { type KeyValue, values } from './otlp-decode.js';

export interface DecodedPoint {
  metric: string;
  unit: string;
  labels: Record<string, unknown>;
  /** Of a histogram its sum. */
  value: number;
  resource: Record<string, unknown>;
}

interface OtlpPoint {
  attributes?: KeyValue[];
  asDouble?: number;
  asInt?: string | number;
  sum?: number;
}
interface OtlpMetric {
  name: string;
  unit?: string;
  sum?: { dataPoints?: OtlpPoint[] };
  gauge?: { dataPoints?: OtlpPoint[] };
  histogram?: { dataPoints?: OtlpPoint[] };
}
interface OtlpMetrics {
  resourceMetrics?: {
    resource?: { attributes?: KeyValue[] };
    scopeMetrics?: { metrics?: OtlpMetric[] }[];
  }[];
}

export function decodeJsonMetrics(body: Uint8Array): DecodedPoint[] {
  const { resourceMetrics = [] }: OtlpMetrics = JSON.parse(Buffer.from(body).toString('utf8'));
  return resourceMetrics.flatMap(({ resource, scopeMetrics = [] }) => {
    const from = values(resource?.attributes);
    return scopeMetrics.flatMap(({ metrics = [] }) => metrics.flatMap((metric) => pointsOf(metric, from)));
  });
}

function pointsOf(metric: OtlpMetric, resource: Record<string, unknown>): DecodedPoint[] {
  const { name, unit = '', sum, gauge, histogram } = metric;
  return (
    (sum ?? gauge ?? histogram)?.dataPoints?.map((point) => ({
      metric: name,
      unit,
      labels: values(point.attributes),
      value: Number(point.asDouble ?? point.asInt ?? point.sum),
      resource,
    })) ?? []
  );
}
