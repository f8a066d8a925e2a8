import { metrics } from '@opentelemetry/api';
import { SCHEMA } from '../address.js';
import type { Observed } from '../metrics/instruments.js';
import { usdFromPico } from '../money.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';
import type { ExportTally } from './export-tally.js';
import type { MetricsTally } from './metrics-tally.js';
import type { Workers } from './threads.js';

/** Counters of data that no receiver confirmed, read on every collection. */
export function lossCounters(
  spans: ExportTally,
  money: MetricsTally,
  workers: Workers | undefined,
): readonly Observed[] {
  return [
    {
      kind: 'counter',
      name: 'cost.lost_spans',
      unit: '{span}',
      description: 'Sampled spans that no receiver confirmed.',
      observe: (result) => {
        money.collecting();
        result.observe(spans.lost + (workers?.lostSpans ?? 0));
      },
    },
    {
      kind: 'counter',
      name: 'cost.lost_usd',
      unit: '{USD}',
      description: 'Cost that is missing in cost.usd, because no receiver confirmed it.',
      observe: (result) => {
        const lost = money.lostPico + (workers?.lostPico ?? 0);
        if (lost > 0) result.observe(usdFromPico(lost));
      },
    },
  ];
}

export function registerCounters(counters: readonly Observed[]): void {
  const meter = metrics.getMeter(PACKAGE_NAME, PACKAGE_VERSION, SCHEMA);
  for (const { name, unit, description, observe } of counters) {
    meter.createObservableCounter(name, { unit, description }).addCallback(observe);
  }
}
