/** A real meter provider for one test, read on demand. `clean.ts` stops it after each test. */
import { type Attributes, metrics } from '@opentelemetry/api';
import {
  type DataPoint,
  type ExponentialHistogram,
  type Histogram,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

class OnDemandReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}

  protected override async onForceFlush(): Promise<void> {}
}

export interface Metrics {
  provider: MeterProvider;
  /** Every point of a metric as it stands now; none when it is not there. */
  points(name: string): Promise<{ labels: Attributes; value: number }[]>;
  /** The sum over the points whose labels include these. */
  sum(name: string, labels?: Attributes): Promise<number>;
  histogram(name: string, labels?: Attributes): Promise<Histogram>;
  /** What every point of every metric is labelled with. */
  allLabels(): Promise<Attributes[]>;
  /** The same with the names of the metrics. */
  allPoints(): Promise<{ name: string; labels: Attributes }[]>;
}

const open: MeterProvider[] = [];

/** In place of the one that was there before. */
export function startMetrics(): Metrics {
  metrics.disable();
  const reader = new OnDemandReader();
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  open.push(provider);

  const read = async () => {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new Error(`could not be read: ${errors.join(', ')}`);
    return resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map((point: DataPoint<number | Histogram | ExponentialHistogram>) => ({
          name: descriptor.name,
          ...point,
        })),
      );
  };
  const points = async (wanted: string) => {
    const found: { labels: Attributes; value: number }[] = [];
    for (const { name, attributes, value } of await read()) {
      if (name === wanted && typeof value === 'number') found.push({ labels: attributes, value });
    }
    return found;
  };
  return {
    provider,
    points,
    sum: async (name, labels = {}) =>
      (await points(name))
        .filter((point) => includes(point.labels, labels))
        .reduce((sum, { value }) => sum + value, 0),
    async histogram(wanted, labels = {}) {
      for (const { name, attributes, value } of await read()) {
        if (
          name === wanted &&
          typeof value === 'object' &&
          'buckets' in value &&
          includes(attributes, labels)
        )
          return value;
      }
      throw new Error(`there is no histogram ${wanted} with ${JSON.stringify(labels)}`);
    },
    allLabels: async () => (await read()).map(({ attributes }) => attributes),
    allPoints: async () => (await read()).map(({ name, attributes }) => ({ name, labels: attributes })),
  };
}

function includes(labels: Attributes, wanted: Attributes): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Leaves a provider that the file set up for all of its tests. */
export async function stopMetrics(): Promise<void> {
  if (open.length === 0) return;
  metrics.disable();
  for (const provider of open.splice(0)) await provider.shutdown();
}
