import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { UsdSum } from '../money.js';

/** From a hundredth of a cent, for a small call, to $100, for a runaway task. */
export const USD_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50,
  100,
] as const;

/** The values recorded so far with the labels of one row. */
export class UsdBuckets {
  readonly sum = new UsdSum();
  /** Counts by bucket. The last bucket is for values above all boundaries. */
  readonly counts: number[] = new Array(USD_BUCKETS.length + 1).fill(0);
  count = 0;

  constructor(readonly labels: Attributes) {}

  add(cost: UsdSum): void {
    const costUsd = cost.toUsd();
    const at = USD_BUCKETS.findIndex((boundary) => costUsd <= boundary);
    const bucket = at < 0 ? USD_BUCKETS.length : at;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    this.sum.addSum(cost);
  }
}

/**
 * A histogram of dollars. The SDK has no observable histogram, so each value is passed to it. A copy is kept here
 * for the metrics that are sent without the SDK at process exit.
 */
export class UsdHistogram {
  private readonly byRow = new Map<object, UsdBuckets>();
  private readonly histogram: Histogram;

  constructor(
    meter: Meter,
    readonly name: string,
    readonly description: string,
  ) {
    const advice = { explicitBucketBoundaries: [...USD_BUCKETS] };
    this.histogram = meter.createHistogram(name, { unit: '{USD}', description, advice });
  }

  /** Records a cost with the labels of a row. The number of rows is bounded. */
  record(row: { labels: Attributes }, cost: UsdSum): void {
    let buckets = this.byRow.get(row);
    if (buckets === undefined) {
      buckets = new UsdBuckets(row.labels);
      this.byRow.set(row, buckets);
    }
    buckets.add(cost);
    this.histogram.record(cost.toUsd(), row.labels);
  }

  readonly rows = (): Iterable<UsdBuckets> => this.byRow.values();
}
