/** OTLP metrics requests in JSON into flat points as a receiver sees them. */
import { jsonWire } from '../../cli/src/otlp/json-wire.js';
import { attributesIn } from '../../cli/src/otlp/values.js';

export interface DecodedPoint {
  metric: string;
  unit: string;
  labels: Record<string, unknown>;
  /** Of a histogram its sum. */
  value: number;
  /** Of a histogram with explicit boundaries. */
  bounds?: readonly number[] | undefined;
  /** Of an exponential histogram: 0 or more for buckets that are finer than powers of two. */
  scale?: number | undefined;
  /** Of either kind of histogram, without those of zeros. */
  bucketCounts?: readonly number[] | undefined;
  resource: Record<string, unknown>;
}

interface OtlpPoint {
  attributes?: unknown;
  asDouble?: number;
  asInt?: string | number;
  sum?: number;
  explicitBounds?: number[];
  bucketCounts?: (number | string)[];
  scale?: number;
  positive?: { bucketCounts?: (number | string)[] };
}
interface OtlpMetric {
  name: string;
  unit?: string;
  sum?: { dataPoints?: OtlpPoint[] };
  gauge?: { dataPoints?: OtlpPoint[] };
  histogram?: { dataPoints?: OtlpPoint[] };
  exponentialHistogram?: { dataPoints?: OtlpPoint[] };
}
interface OtlpMetrics {
  resourceMetrics?: {
    resource?: { attributes?: unknown };
    scopeMetrics?: { metrics?: OtlpMetric[] }[];
  }[];
}

export function decodeJsonMetrics(body: Uint8Array): DecodedPoint[] {
  const { resourceMetrics = [] }: OtlpMetrics = JSON.parse(Buffer.from(body).toString('utf8'));
  return resourceMetrics.flatMap(({ resource, scopeMetrics = [] }) => {
    const from = attributesIn(resource?.attributes, jsonWire).values;
    return scopeMetrics.flatMap(({ metrics = [] }) => metrics.flatMap((metric) => pointsOf(metric, from)));
  });
}

function pointsOf(metric: OtlpMetric, resource: Record<string, unknown>): DecodedPoint[] {
  const { name, unit = '', sum, gauge, histogram, exponentialHistogram } = metric;
  return (
    (sum ?? gauge ?? histogram ?? exponentialHistogram)?.dataPoints?.map((point) => ({
      metric: name,
      unit,
      labels: attributesIn(point.attributes, jsonWire).values,
      value: Number(point.asDouble ?? point.asInt ?? point.sum),
      bounds: point.explicitBounds,
      scale: point.scale,
      bucketCounts: (point.bucketCounts ?? point.positive?.bucketCounts)?.map(Number),
      resource,
    })) ?? []
  );
}
