import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { otherMetrics } from '../copies.js';
import { picoFromUsd } from '../money.js';
import { PACKAGE_NAME } from '../version.js';
import type { ThreadCounts } from './thread-counts.js';

/** The metric whose sum is the cost of everything. */
const COST_METRIC = 'cost.usd';

/** Counts the changes and the dollars of the metrics, and those that a receiver confirmed. */
export class MetricsTally {
  /** The error of the last export. Undefined when it succeeded. */
  lastError: string | undefined;
  private changeCount = 0;
  private otherPico = 0;
  /** The changes that the collection in progress contains. */
  private collected = { changes: 0, lostSpans: 0 };
  private confirmedChanges = 0;
  /** Cost in failed exports that is not part of the next one, in pico-dollars. */
  lostPico = 0;

  constructor(
    readonly counts: ThreadCounts,
    /** False for a receiver that expects only the changes since the last export. */
    readonly takesSums: boolean,
  ) {}

  changed(pico: number): void {
    this.changeCount++;
    this.counts.add('countedPico', pico);
  }

  /** Counts the cost of copies that notify only their own listeners. */
  private readOthers(): void {
    const pico = otherCopiesPico();
    if (pico > this.otherPico) this.changed(pico - this.otherPico);
    this.otherPico = Math.max(pico, this.otherPico);
  }

  /** The number of changes so far. */
  get changes(): number {
    this.readOthers();
    return this.changeCount;
  }

  /** Called during a collection, before its values are read. */
  collecting(): void {
    this.collected = { changes: this.changes, lostSpans: this.counts.get('lost') };
  }

  /** True when something was counted that no receiver confirmed. */
  get isUnconfirmed(): boolean {
    return this.confirmedChanges < this.changes || this.counts.missingPico > 0;
  }

  /** Returns a function to call with the result of an export that is about to start. */
  exporting(collected: ResourceMetrics): (error: string | undefined) => void {
    const pico = costPicoOf(collected);
    const { changes, lostSpans } = this.collected;
    return (error) => {
      this.lastError = error;
      if (error !== undefined) {
        if (!this.takesSums) this.lostPico += pico;
        return;
      }
      this.confirmedChanges = Math.max(this.confirmedChanges, changes);
      this.counts.set('lostStated', Math.max(this.counts.get('lostStated'), lostSpans));
      const confirmed = this.counts.get('confirmedPico');
      this.counts.set('confirmedPico', this.takesSums ? Math.max(confirmed, pico) : confirmed + pico);
    };
  }
}

/** The cost in the metrics of copies with other protocols. */
function otherCopiesPico(): number {
  let pico = 0;
  const add = (usd: number) => {
    pico += picoFromUsd(usd);
  };
  try {
    for (const { latest } of otherMetrics()) {
      const costs = latest()?.observed.filter(({ name }) => name === COST_METRIC) ?? [];
      for (const { observe } of costs) observe({ observe: add });
    }
  } catch {
    // Another library's object has this name.
  }
  return pico;
}

/** The cost in a request. */
function costPicoOf({ scopeMetrics }: ResourceMetrics): number {
  let pico = 0;
  for (const { scope, metrics } of scopeMetrics) {
    if (scope.name !== PACKAGE_NAME) continue;
    for (const { descriptor, dataPoints } of metrics) {
      if (descriptor.name !== COST_METRIC) continue;
      for (const { value } of dataPoints) if (typeof value === 'number') pico += picoFromUsd(value);
    }
  }
  return pico;
}
