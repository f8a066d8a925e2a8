import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { UsdSum } from '../money.js';

/** The boundaries in one power of ten. Each is at most 1.5 times the one before, and 1, 2.5 and 5 are among them. */
const IN_A_DECADE = [1, 1.5, 2, 2.5, 3.5, 5, 7];

/** The powers of ten that have all of them: from a tenth of a cent to ten dollars. */
const EXPONENTS = [-3, -2, -1, 0, 1];

/**
 * Boundaries in USD. A quantile is interpolated within its bucket, so the ratio of two boundaries is the most that it can
 * be wrong by. Tasks that cost nothing have a bucket of their own. From a fortieth of a cent, below which an error is
 * hardly worth a bucket, to $100, for a runaway task.
 */
export const USD_BUCKETS: readonly number[] = [
  ...[0, 0.00025, 0.00035, 0.0005, 0.0007],
  ...EXPONENTS.flatMap((exponent) => IN_A_DECADE.map((factor) => Number(`${factor}e${exponent}`))),
  100,
];

/** Buckets of the exponential form end at powers of the eighth root of 2, so each is 9 % wider than the one before. */
export const EXPONENTIAL_SCALE = 3;

const BUCKETS_PER_DOUBLING = 2 ** EXPONENTIAL_SCALE;

/** The values recorded so far with the labels of one row. */
export class UsdBuckets {
  readonly sum = new UsdSum();
  /** Counts by bucket. The last bucket is for values above all boundaries. */
  readonly counts: number[] = new Array(USD_BUCKETS.length + 1).fill(0);
  /** Counts by index of an exponential bucket, for a process that sends this form. Values of 0 are in none. */
  readonly exponential = new Map<number, number>();
  zeros = 0;
  count = 0;

  constructor(readonly labels: Attributes) {}

  add(cost: UsdSum): void {
    const costUsd = cost.toUsd();
    const at = USD_BUCKETS.findIndex((boundary) => costUsd <= boundary);
    const bucket = at < 0 ? USD_BUCKETS.length : at;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    if (costUsd > 0) {
      const index = Math.ceil(Math.log2(costUsd) * BUCKETS_PER_DOUBLING) - 1;
      this.exponential.set(index, (this.exponential.get(index) ?? 0) + 1);
    } else {
      this.zeros += 1;
    }
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
