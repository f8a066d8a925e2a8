/** What becomes of metrics on their way to a Prometheus that is not well. */

import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/ask.js';
import { startOurCollector, type ToWhere } from '../../support/collector-stand.js';
import { sendSums } from '../../support/otlp-send.js';
import { isSkipped } from '../../support/programs/binaries.js';
import { type Prometheus, startPrometheus } from '../../support/programs/prometheus.js';
import { PrometheusClient } from '../../support/prometheus.js';
import { startRemoteWriteFake } from '../../support/remote-write-fake.js';

/** The collector's own would come between. */
const ONLY_OURS = ['service::telemetry::metrics::level: none'];
/** Tests do not wait half a minute for a request that hangs, nor a second between two. */
const IMPATIENT = [
  'exporters::otlp_http/metrics_queue::timeout: 500ms',
  'exporters::otlp_http/metrics_queue::retry_on_failure::initial_interval: 50ms',
  'exporters::otlp_http/metrics_queue::retry_on_failure::max_interval: 100ms',
];

describe.skipIf(isSkipped('collector', 'prometheus'))('metrics on their way', () => {
  const running: { stop(): Promise<void> }[] = [];
  const until = <Program extends { stop(): Promise<void> }>(program: Program): Program => {
    running.push(program);
    return program;
  };
  afterEach(async () => {
    for (const program of running.splice(0).reverse()) await program.stop();
  });
  const start = async (where: ToWhere, env: Record<string, string> = {}) =>
    until(await startOurCollector(where, env, [...ONLY_OURS, ...IMPATIENT]));
  const total = (value: number, name = 'cost.usd') => [{ name, value }];
  const values = async (prometheus: Prometheus, job: string) => {
    const client = new PrometheusClient(prometheus.url);
    const samples = await client.query(`last_over_time(cost_usd_total{job="${job}"}[1h])`);
    return samples.map(({ value }) => value);
  };

  it.each([
    ['hangs', ['never', 'never'] as const],
    ['has trouble', [500, 503, 502] as const],
    ['hangs, then has trouble', ['never', 503] as const],
  ])('are sent again as they were, and in order, when it %s', async (_case, answers) => {
    const fake = await startRemoteWriteFake([...answers]);
    until({ stop: () => fake.close() });
    const collector = await start({ prometheus: fake });
    for (const value of [1, 2, 3]) await sendSums(collector.otlpUrl, total(value), { service: 'patient' });
    await eventually(
      () => fake.requests.filter(({ answer }) => answer === 204),
      (taken) => expect(taken).toHaveLength(3),
    );
    const [first] = fake.requests;
    const refused = fake.requests.slice(0, answers.length + 1);
    expect(refused.map(({ body }) => body)).toEqual(refused.map(() => first?.body));
    expect(new Set(fake.requests.map(({ body }) => body)).size).toBe(3);
    expect(fake.requests).toHaveLength(answers.length + 3);
  });

  it('are lost alone when it refuses them, and counted', async () => {
    const fake = await startRemoteWriteFake([400]);
    until({ stop: () => fake.close() });
    const collector = until(await startOurCollector({ prometheus: fake }, {}, IMPATIENT));
    for (const value of [1, 2]) await sendSums(collector.otlpUrl, total(value), { service: 'refused' });
    await eventually(
      () => fake.requests.map(({ answer }) => answer),
      (taken) => expect(taken).toEqual([400, 204]),
    );
    await eventually(
      async () => (await fetch(collector.metricsUrl)).text(),
      (text) => expect(text).toMatch(/otelcol_exporter_send_failed_metric_points\S*metrics_queue\S* 1/),
    );
  });

  it('outlive the collector, too: the one export of a short job arrives when both are back', async () => {
    const prometheus = until(await startPrometheus());
    const collector = await start({ prometheus });
    await prometheus.kill();
    await sendSums(collector.otlpUrl, total(0.25), { service: 'short-job', instance: 'a' });
    await sendSums(collector.otlpUrl, total(1), { service: 'short-job', instance: 'b' });
    await collector.kill();
    await collector.restart();
    await sendSums(collector.otlpUrl, total(2), { service: 'short-job', instance: 'c' });
    await prometheus.restart();
    await eventually(
      () => values(prometheus, 'short-job'),
      (all) => expect(all.sort()).toEqual([0.25, 1, 2]),
    );
  });

  it('may come out of order after that: none is refused for it', async () => {
    const prometheus = until(await startPrometheus());
    const collector = await start({ prometheus });
    await prometheus.kill();
    const STEPS = [1, 2, 3, 4, 5];
    for (const value of STEPS) {
      await sendSums(collector.otlpUrl, total(value), { service: 'steady' });
      // Prometheus keeps one sample a millisecond.
      await setTimeout(2);
    }
    await collector.kill();
    await collector.restart();
    await prometheus.restart();
    const client = new PrometheusClient(prometheus.url);
    await eventually(
      () => client.number('count_over_time(cost_usd_total{job="steady"}[1h])'),
      (count) => expect(count).toBe(STEPS.length),
    );
    expect(await values(prometheus, 'steady')).toEqual([5]);
  });

  it('fill no more of the disk than was set: what is beyond is refused, and the sender told', async () => {
    const collector = await start({}, { METRICS_QUEUE_BYTES: '4000' });
    const send = async () => {
      for (let sent = 0; ; sent++) {
        if (sent === 1000) throw new Error('a thousand requests were taken');
        await sendSums(collector.otlpUrl, total(sent), { service: 'bounded' });
      }
    };
    await expect(send()).rejects.toThrow(/^50\d of .*queue is full/);
  });
});
