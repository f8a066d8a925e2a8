import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgents } from '../support/agent-run.js';
import { booked, traced } from '../support/arrival.js';
import { eventually } from '../support/ask.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { type Prometheus, startPrometheus } from '../support/programs/prometheus.js';
import { startTempo, type Tempo } from '../support/programs/tempo.js';
import { PrometheusClient } from '../support/prometheus.js';
import { startShippedCollector } from '../support/shipped-collector.js';
import { TempoClient } from '../support/tempo.js';

/** Longer than an export may take by default. */
const LONGER_THAN_THE_TIMEOUT_MILLIS = 7000;

describe.skipIf(isSkipped('collector', 'tempo', 'prometheus'))('spans of agents that work meanwhile', () => {
  let tempo: Tempo;
  let prometheus: Prometheus;
  let collector: Collector;
  let spans: TempoClient;
  let metrics: PrometheusClient;
  beforeAll(async () => {
    [tempo, prometheus] = await Promise.all([startTempo(), startPrometheus()]);
    collector = await startShippedCollector({ tempo, prometheus });
    spans = new TempoClient(tempo.url);
    metrics = new PrometheusClient(prometheus.url);
  });
  afterAll(() => Promise.all([collector?.stop(), tempo?.stop(), prometheus?.stop()]));

  const lostSpans = (service: string) => metrics.number(`sum(cost_lost_spans_total{job="${service}"})`);

  it('are all there when the collector is killed, and back before an export has to end', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl });
    const before = await agents.round();
    await collector.kill();
    const meanwhile = await agents.round();
    await collector.restart();
    const { stderr } = await agents.end();
    expect(stderr).toBe('');
    await booked(metrics, agents.service, [before, meanwhile]);
    await traced(spans, agents.service, [before, meanwhile]);
    expect(await lostSpans(agents.service)).toBe(0);
  });

  it('are lost when it stays away longer; they are counted, and no dollar of the ledger is lost', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl });
    const before = await agents.round();
    await booked(metrics, agents.service, [before]);
    await collector.kill();
    const meanwhile = await agents.round();
    await setTimeout(LONGER_THAN_THE_TIMEOUT_MILLIS);
    await collector.restart();
    const after = await agents.round();
    await eventually(
      () => lostSpans(agents.service),
      (lost) => expect(lost).toBeGreaterThan(0),
    );
    const { stderr } = await agents.end();
    const lost = Number(stderr.match(/(\d+) of \d+ spans were lost/)?.[1]);
    expect(lost).toBeGreaterThan(meanwhile.calls.length);
    await booked(metrics, agents.service, [before, meanwhile, after]);
    expect(await lostSpans(agents.service)).toBe(lost);
    await traced(spans, agents.service, [before, after]);
  });

  it('are all there when Tempo is killed and comes back', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl });
    const before = await agents.round();
    await traced(spans, agents.service, [before]);
    await tempo.kill();
    const meanwhile = await agents.round();
    await agents.end();
    await tempo.restart();
    await traced(spans, agents.service, [before, meanwhile]);
    expect(await lostSpans(agents.service)).toBe(0);
  });

  it('are all there when collector and Tempo are killed together', async () => {
    const agents = startAgents({ endpoint: collector.otlpUrl });
    await tempo.kill();
    const meanwhile = await agents.round();
    await agents.end();
    await collector.kill();
    await collector.restart();
    await tempo.restart();
    await traced(spans, agents.service, [meanwhile]);
  });
});
