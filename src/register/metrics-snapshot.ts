import { ValueType } from '@opentelemetry/api';
import type { DataPoint, Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Instruments, Observed } from '../metrics/instruments.js';
import { USD_BUCKETS, type UsdHistogram } from '../metrics/usd-histogram.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';
import type { Resource } from './resource.js';

type Sdk = typeof import('@opentelemetry/sdk-metrics');
type HrTime = DataPoint<number>['startTime'];

/** The current values, in the format of the SDK's exporters. */
export function snapshotOf(sdk: Sdk, instruments: Instruments, resource: Resource): ResourceMetrics {
  const { observed, taskCost, sessionCost } = instruments;
  const times = { startTime: hrTime(instruments.startMillis), endTime: hrTime(Date.now()) };
  const all = [
    ...observed.map((instrument) => sumOrGauge(sdk, instrument, times)),
    ...[taskCost, sessionCost].map((histogram) => histogramData(sdk, histogram, times)),
  ];
  const scope = { name: PACKAGE_NAME, version: PACKAGE_VERSION };
  const metrics = all.filter(({ dataPoints }) => dataPoints.length > 0);
  return { resource, scopeMetrics: [{ scope, metrics }] };
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

function hrTime(millis: number): HrTime {
  return [Math.floor(millis / 1000), (millis % 1000) * 1e6];
}
