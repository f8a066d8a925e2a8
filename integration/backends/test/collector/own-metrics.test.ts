/** What the collector says of itself is in Prometheus, beside the dollars that it brings there. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../../support/ask.js';
import { newTraceId, sendSpans } from '../../support/otlp-send.js';
import { isSkipped } from '../../support/programs/binaries.js';
import type { Collector } from '../../support/programs/collector.js';
import { freePorts } from '../../support/programs/ports.js';
import { type Prometheus, startPrometheus } from '../../support/programs/prometheus.js';
import { PrometheusClient } from '../../support/prometheus.js';
import { COLLECTOR_CONFIG, startShippedCollector } from '../../support/shipped-collector.js';

const INTERVAL_MILLIS = 200;

/** The file's own way to send them, which tests else replace by one that they can ask; only more often. */
function ownReaders(): string {
  const { service } = parse(readFileSync(COLLECTOR_CONFIG, 'utf8'));
  const [{ periodic }] = service.telemetry.metrics.readers;
  return JSON.stringify([{ periodic: { ...periodic, interval: INTERVAL_MILLIS } }]);
}

describe.skipIf(isSkipped('collector', 'prometheus'))('the collector says of itself', () => {
  let prometheus: Prometheus;
  let collector: Collector;
  beforeAll(async () => {
    prometheus = await startPrometheus();
    const [port] = await freePorts(1);
    collector = await startShippedCollector(
      { prometheus },
      { OTLP_HTTP_PORT: String(port), OTELCOL_INSTANCE: 'collector-1' },
      [
        // Where the file's readers find it: what tests send to is at a port that is chosen later.
        `receivers::otlp/own::protocols::http::endpoint: localhost:${port}`,
        'service::pipelines::metrics::receivers: [otlp, otlp/own]',
        `service::telemetry::metrics::readers: ${ownReaders()}`,
      ],
    );
  });
  afterAll(() => Promise.all([collector?.stop(), prometheus?.stop()]));

  it.each([
    ['how many spans came', 'otelcol_receiver_accepted_spans_total{receiver="otlp"}', 1],
    [
      'which policy kept a trace',
      'otelcol_processor_tail_sampling_count_traces_sampled_total{policy="share",sampled="true"}',
      1,
    ],
    ['what was left out of the counters', 'span_cost_unreadable_total', 1],
  ])('%s', async (_what, metric, value) => {
    const service = `says ${value}`;
    await sendSpans(
      collector.otlpUrl,
      [{ traceId: newTraceId(), name: 'chat', attributes: { cost_usd: 'much' } }],
      { service },
    );
    const client = new PrometheusClient(prometheus.url);
    const [sample] = await eventually(
      () => client.query(metric),
      (samples) => expect(samples[0]?.value).toBeGreaterThanOrEqual(value),
    );
    expect(sample?.labels.instance).toBe('collector-1');
  });

  it('how full its queues are', async () => {
    const client = new PrometheusClient(prometheus.url);
    const capacity = await eventually(() =>
      client.number('otelcol_exporter_queue_capacity{exporter="otlp_http/metrics_queue"}'),
    );
    expect(capacity).toBe(1_000_000_000);
    expect(await client.number('count(otelcol_exporter_queue_size{job="otelcol-agent-cost"})')).toBe(3);
  });
});
