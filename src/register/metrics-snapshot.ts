import { ValueType } from '@opentelemetry/api';
import type {
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
  ResourceMetrics,
  ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import { SCHEMA } from '../address.js';
import { otherMetrics } from '../copies.js';
import type { Instruments, Observed } from '../metrics/instruments.js';
import {
  EXPONENTIAL_SCALE,
  USD_BUCKETS,
  type UsdBuckets,
  type UsdHistogram,
} from '../metrics/usd-histogram.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';
import type { Resource } from './resource.js';

type Sdk = typeof import('@opentelemetry/sdk-metrics');
type HrTime = DataPoint<number>['startTime'];

/**
 * The current values, in the format of the SDK's exporters.
 *
 * @param instruments undefined if this copy of the package counted nothing yet
 * @param isExponential true if the SDK was told to send histograms in this form
 */
export function snapshotOf(
  sdk: Sdk,
  instruments: Instruments | undefined,
  losses: readonly Observed[],
  resource: Resource,
  isExponential: boolean,
): ResourceMetrics {
  const endTime = hrTime(Date.now());
  const times = { startTime: hrTime(instruments?.startMillis ?? Date.now()), endTime };
  const histograms = instruments === undefined ? [] : [instruments.taskCost, instruments.sessionCost];
  const all = [
    ...[...(instruments?.observed ?? []), ...losses].map((instrument) => sumOrGauge(sdk, instrument, times)),
    ...histograms.map((histogram) =>
      (isExponential ? exponentialData : histogramData)(sdk, histogram, times),
    ),
  ];
  const own = scopeMetrics({ name: PACKAGE_NAME, version: PACKAGE_VERSION, ...SCHEMA }, all);
  return { resource, scopeMetrics: [own, ...otherMetrics().map((copy) => metricsOf(sdk, copy))] };
}

/** The metrics of a copy with another protocol, without histograms. */
function metricsOf(sdk: Sdk, { version, latest }: ReturnType<typeof otherMetrics>[number]): ScopeMetrics {
  const { observed = [], startMillis = 0 } = latest() ?? {};
  const times = { startTime: hrTime(startMillis), endTime: hrTime(Date.now()) };
  return scopeMetrics(
    { name: PACKAGE_NAME, version },
    observed.map((instrument) => sumOrGauge(sdk, instrument, times)),
  );
}

function scopeMetrics(scope: ScopeMetrics['scope'], all: readonly MetricData[]): ScopeMetrics {
  const metrics = all.filter(({ dataPoints }) => dataPoints.length > 0);
  return { scope, metrics };
}

interface Times {
  startTime: HrTime;
  endTime: HrTime;
}

function sumOrGauge(sdk: Sdk, instrument: Observed, times: Times): MetricData {
  const { kind, name, unit, description, observe } = instrument;
  const dataPoints: DataPoint<number>[] = [];
  observe({ observe: (value, attributes = {}) => dataPoints.push({ ...times, attributes, value }) });
  const data = {
    descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
    aggregationTemporality: sdk.AggregationTemporality.CUMULATIVE,
    dataPoints,
  };
  return kind === 'gauge'
    ? { ...data, dataPointType: sdk.DataPointType.GAUGE }
    : { ...data, dataPointType: sdk.DataPointType.SUM, isMonotonic: kind === 'counter' };
}

function histogramData(sdk: Sdk, { name, description, rows }: UsdHistogram, times: Times): MetricData {
  const dataPoints: DataPoint<Histogram>[] = [];
  for (const { labels, counts, count, sum } of rows()) {
    const buckets = { boundaries: [...USD_BUCKETS], counts };
    dataPoints.push({ ...times, attributes: labels, value: { buckets, count, sum: sum.toUsd() } });
  }
  return {
    descriptor: { name, unit: '{USD}', description, valueType: ValueType.DOUBLE },
    aggregationTemporality: sdk.AggregationTemporality.CUMULATIVE,
    dataPointType: sdk.DataPointType.HISTOGRAM,
    dataPoints,
  };
}

function exponentialData(sdk: Sdk, { name, description, rows }: UsdHistogram, times: Times): MetricData {
  const dataPoints: DataPoint<ExponentialHistogram>[] = [];
  for (const row of rows()) {
    dataPoints.push({ ...times, attributes: row.labels, value: exponentialValue(row) });
  }
  return {
    descriptor: { name, unit: '{USD}', description, valueType: ValueType.DOUBLE },
    aggregationTemporality: sdk.AggregationTemporality.CUMULATIVE,
    dataPointType: sdk.DataPointType.EXPONENTIAL_HISTOGRAM,
    dataPoints,
  };
}

function exponentialValue({ exponential, zeros, count, sum }: UsdBuckets): ExponentialHistogram {
  const offset = Math.min(...exponential.keys());
  const bucketCounts = Array.from(
    { length: exponential.size === 0 ? 0 : Math.max(...exponential.keys()) - offset + 1 },
    (_, index) => exponential.get(offset + index) ?? 0,
  );
  return {
    count,
    sum: sum.toUsd(),
    scale: EXPONENTIAL_SCALE,
    zeroCount: zeros,
    positive: { offset: exponential.size === 0 ? 0 : offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  };
}

function hrTime(millis: number): HrTime {
  return [Math.floor(millis / 1000), (millis % 1000) * 1e6];
}
