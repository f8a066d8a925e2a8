import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costOf, nanoUsd } from '../support/agent-figures.js';
import { runJob, startAgents } from '../support/agent-run.js';
import { booked } from '../support/arrival.js';
import { eventually } from '../support/ask.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { type Prometheus, startPrometheus } from '../support/programs/prometheus.js';
import { PrometheusClient } from '../support/prometheus.js';
import { startShippedCollector } from '../support/shipped-collector.js';

/** Many exports are tried again at the same time, and arrive in any order. */
const IMPATIENT = { OTEL_METRIC_EXPORT_INTERVAL: '100', OTEL_EXPORTER_OTLP_TIMEOUT: '30000' };

/** In which many of them fail. */
const AWAY_MILLIS = 1000;

describe.skipIf(isSkipped('collector', 'prometheus'))('no dollar of the ledger is lost', () => {
  let prometheus: Prometheus;
  let collector: Collector;
  let api: PrometheusClient;
  beforeAll(async () => {
    prometheus = await startPrometheus();
    collector = await startShippedCollector({ prometheus });
    api = new PrometheusClient(prometheus.url);
  });
  afterAll(() => Promise.all([collector?.stop(), prometheus?.stop()]));

  const resets = (metric: string, service: string) =>
    api.number(`sum(resets(${metric}{job="${service}"}[10m]))`);

  it('when the collector is killed while agents work; its own counters begin anew, which resets() shows', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl });
    const derived = () => api.number(`sum(span_cost_usd_total{job="${agents.service}"})`);
    const first = await agents.round({ scale: 9 });
    await eventually(derived, (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(costOf(first.calls))));
    await collector.kill();
    const meanwhile = await agents.round();
    await collector.restart();
    const afterwards = await agents.round();
    await agents.end();
    await booked(api, agents.service, [first, meanwhile, afterwards]);
    expect(await resets('cost_usd_total', agents.service)).toBe(0);
    const sinceThen = costOf([...meanwhile.calls, ...afterwards.calls]);
    await eventually(derived, (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(sinceThen)));
    expect(await resets('span_cost_usd_total', agents.service)).toBeGreaterThan(0);
  });

  it('when the collector is killed again and again', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl, env: IMPATIENT });
    const rounds = [];
    for (let kill = 0; kill < 4; kill++) {
      rounds.push(await agents.round({ seed: kill }));
      await collector.kill();
      rounds.push(await agents.round({ seed: 10 + kill }));
      await setTimeout(AWAY_MILLIS);
      await collector.restart();
    }
    await agents.end();
    await booked(api, agents.service, rounds);
    expect(await resets('cost_usd_total', agents.service)).toBe(0);
  });

  it('when Prometheus is killed while agents work', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl });
    const first = await agents.round();
    await booked(api, agents.service, [first]);
    await prometheus.kill();
    const second = await agents.round();
    await prometheus.restart();
    await booked(api, agents.service, [first, second]);
    await agents.end();
  });

  it('when a job ends while Prometheus is away, and the collector is killed before it is back', async () => {
    await prometheus.kill();
    const job = await runJob({ endpoint: collector.otlpUrl });
    await collector.kill();
    await collector.restart();
    await prometheus.restart();
    await booked(api, job.service, [job]);
  });
});
