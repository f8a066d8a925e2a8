import type { Attributes } from '@opentelemetry/api';
import { shortText } from '../short-text.js';

/**
 * The most label combinations in one table. The SDK allows 2,000 per instrument and overwrites existing ones beyond
 * that, so this limit is lower. A row takes about 300 bytes.
 */
export const MAX_SERIES = 1_900;

/** The labels of the row that sums everything beyond the limit, as the SDK defines them for its own limit. */
export const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

export type LabelValue = string | undefined;

interface Node<Row> {
  readonly next: Map<LabelValue, Node<Row>>;
  row: Row | undefined;
}

/**
 * Rows by their labels. A look-up goes through one map per label and builds no key string, which would take longer
 * than everything else that is done for a call.
 */
export class Series<Row> {
  private readonly roots = new Map<readonly string[], Node<Row>>();
  private readonly kept: Row[] = [];
  private overflowing: Row | undefined;

  constructor(
    private readonly newRow: (labels: Attributes) => Row,
    private readonly maxSeries = MAX_SERIES,
  ) {}

  /** The row for these values, in the order of `keys`. Pass the same array of keys every time. */
  row(keys: readonly string[], values: readonly LabelValue[]): Row {
    let node = this.rootOf(keys);
    for (const value of values) {
      const known = value === undefined ? undefined : shortText(value);
      let next: Node<Row> | undefined = node.next.get(known);
      if (next === undefined) {
        if (this.kept.length >= this.maxSeries) return this.overflowRow();
        next = newNode<Row>();
        node.next.set(known, next);
      }
      node = next;
    }
    node.row ??= this.keep(labelsOf(keys, values));
    return node.row;
  }

  /** The row for everything beyond the limit. Undefined while the limit has not been reached. */
  get overflow(): Row | undefined {
    return this.overflowing;
  }

  readonly overflowRow = (): Row => {
    this.overflowing ??= this.newRow(OVERFLOW);
    return this.overflowing;
  };

  rows(): readonly Row[] {
    return this.overflowing === undefined ? this.kept : [...this.kept, this.overflowing];
  }

  private rootOf(keys: readonly string[]): Node<Row> {
    let root = this.roots.get(keys);
    if (root === undefined) {
      root = newNode<Row>();
      this.roots.set(keys, root);
    }
    return root;
  }

  private keep(labels: Attributes): Row {
    const row = this.newRow(labels);
    this.kept.push(row);
    return row;
  }
}

function newNode<Row>(): Node<Row> {
  return { next: new Map(), row: undefined };
}

/** A label without a value is left out. */
function labelsOf(keys: readonly string[], values: readonly LabelValue[]): Attributes {
  const labels: Attributes = {};
  keys.forEach((key, index) => {
    const value = values[index];
    if (value !== undefined) labels[key] = shortText(value);
  });
  return labels;
}
