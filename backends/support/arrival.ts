/** Waiting until backends hold what the ledger booked, to the nano-dollar. */
import { expect } from 'vitest';
import { costOf, nanoUsd, type Round, sumUsd } from './agent-figures.js';
import { eventually } from './ask.js';
import type { PrometheusClient } from './prometheus.js';
import type { TempoClient } from './tempo.js';

type Calls = Pick<Round, 'calls'>;

function costOfAll(rounds: readonly Calls[]): number {
  return sumUsd(rounds.map(({ calls }) => costOf(calls)));
}

/** Resolves when the ledger's metrics of a service, all its processes together, add up to the cost of these rounds. */
export async function booked(
  prometheus: PrometheusClient,
  service: string,
  rounds: readonly Calls[],
): Promise<void> {
  await eventually(
    () => prometheus.number(`sum(cost_usd_total{job="${service}"}) or vector(0)`),
    (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(costOfAll(rounds))),
  );
}

/** Resolves when the spans of a service in Tempo add up to the cost of these rounds. */
export async function traced(tempo: TempoClient, service: string, rounds: readonly Calls[]): Promise<void> {
  const query = `{ resource.service.name = "${service}" && span.cost_usd > 0.0 } | select(span.cost_usd)`;
  await eventually(
    () => tempo.search(query),
    (spans) => {
      const usd = sumUsd(spans.map(({ attributes }) => Number(attributes.cost_usd)));
      expect(nanoUsd(usd)).toBe(nanoUsd(costOfAll(rounds)));
    },
  );
}
