import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKBOOK, recipesIn } from '../../../test/support/cookbook.js';
import type { Round } from '../support/agent-figures.js';
import { type Agents, runAgents, startAgents } from '../support/agent-run.js';
import { eventually } from '../support/ask.js';
import { Ledger } from '../support/ledger.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { type Prometheus, startPrometheus } from '../support/programs/prometheus.js';
import { PrometheusClient } from '../support/prometheus.js';
import { startShippedCollector } from '../support/shipped-collector.js';

const NATIVE = {
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
};

/** Eight buckets for each doubling: what is read off one is at most that far from what is in it. */
const BUCKET_RATIO = 2 ** (1 / 8);

const recipe = recipesIn(COOKBOOK).find(
  ({ section, number }) => section === 'What a task costs as a rule' && number === 3,
);

describe.skipIf(isSkipped('collector', 'prometheus'))('histograms without boundaries', () => {
  let prometheus: Prometheus;
  let collector: Collector;
  let api: PrometheusClient;
  let agents: Agents;
  const rounds: Round[] = [];
  beforeAll(async () => {
    prometheus = await startPrometheus({ nativeHistograms: true });
    collector = await startShippedCollector({ prometheus });
    api = new PrometheusClient(prometheus.url);
    const options = { endpoint: collector.otlpUrl, service: 'agents', env: NATIVE };
    agents = startAgents(options);
    rounds.push(await agents.round({ seed: 1 }));
    rounds.push(await agents.round({ seed: 2, scale: 3 }));
    // One that has ended.
    rounds.push(await runAgents({ ...options, seed: 3 }));
  });
  afterAll(async () => {
    await agents?.kill();
    await Promise.all([collector?.stop(), prometheus?.stop()]);
  });

  it('hold every task of processes that run, and of one that has ended', async () => {
    const { tasks } = new Ledger(rounds);
    await eventually(
      () => api.number('histogram_count(sum(task_cost_usd))'),
      (count) => expect(count).toBe(tasks.length),
    );
    const sum = await api.number('histogram_sum(sum(task_cost_usd))');
    expect(sum).toBeCloseTo(
      tasks.reduce((usd, { totals }) => usd + totals.costUsd, 0),
      9,
    );
    expect(await api.query('task_cost_usd_bucket')).toEqual([]);
  });

  it('answer the query of the cookbook within 9 %, for each name of a task', async () => {
    const { outermost } = new Ledger(rounds);
    const shown = await api.by('task_name', recipe?.query ?? '');
    expect([...shown.keys()].sort()).toEqual([...new Set(outermost.map(({ name }) => name))].sort());
    for (const [name, p90] of shown) {
      const costs = outermost.filter((task) => task.name === name).map(({ totals }) => totals.costUsd);
      const right = costs.sort((a, b) => a - b)[Math.ceil(0.9 * costs.length) - 1] ?? 0;
      expect(p90 / right, name).toBeGreaterThan(1 / BUCKET_RATIO);
      expect(p90 / right, name).toBeLessThan(BUCKET_RATIO);
    }
  });
});
