/** Waiting until backends hold what the ledger booked, to the nano-dollar. */
import { expect } from 'vitest';
import { costOf, nanoUsd, type Round, sumUsd } from './agent-figures.js';
import { eventually } from './ask.js';
import type { JaegerClient } from './jaeger.js';
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
  await addUp(rounds, async () => (await tempo.search(query)).map(({ attributes }) => attributes.cost_usd));
}

/** The same in Jaeger. */
export async function tracedInJaeger(
  jaeger: JaegerClient,
  service: string,
  rounds: readonly Calls[],
): Promise<void> {
  await addUp(rounds, async () => (await jaeger.search(service)).map(({ tags }) => tags.cost_usd ?? 0));
}

async function addUp(rounds: readonly Calls[], ownCosts: () => Promise<unknown[]>): Promise<void> {
  await eventually(ownCosts, (found) => {
    expect(nanoUsd(sumUsd(found.map(Number)))).toBe(nanoUsd(costOfAll(rounds)));
  });
}
