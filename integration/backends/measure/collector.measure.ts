/** The figures of docs/scaling.md: run again where they matter. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/ask.js';
import { startBackends, startOurCollector } from '../support/collector-stand.js';
import { newTraceId, sendSpans, sendSums } from '../support/otlp-send.js';
import type { Collector } from '../support/programs/collector.js';
import { cpuSeconds, ownMetric, rssBytes } from './own-metrics.js';
import { SPANS_A_TASK, sendTasks } from './tasks.js';

/** All backends are away. */
const NOWHERE = {};
/** Nothing is dear, and what has ended waits as what has not. */
const UNDECIDED = { KEEP_TASK_USD: '1000', UNDECIDED_TRACES: '1000000' };
const HOLD_ENDED = ['processors::tail_sampling::decision_wait_after_root_received: 30m'];
/** Above the few MB that go up and down by themselves. */
const FEW = 5_000;
const MANY = 20_000;

const say = (what: string, value: number, unit: string) =>
  console.log(`${what.padEnd(60)} ${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`);

describe('one collector', () => {
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const program of running.splice(0).reverse()) await program.stop();
  });
  const start = async (...given: Parameters<typeof startOurCollector>) => {
    const collector = await startOurCollector(...given);
    running.push(collector);
    return collector;
  };
  /** Until all spans have come. */
  const settled = (collector: Collector, tasks: number) =>
    eventually(
      () => ownMetric(collector, 'otelcol_receiver_accepted_spans'),
      (spans) => expect(spans).toBe(tasks * SPANS_A_TASK),
    );

  it('memory of a task that is not decided on, and CPU', async () => {
    const collector = await start(NOWHERE, UNDECIDED, HOLD_ENDED);
    await sendTasks(collector.otlpUrl, FEW);
    await settled(collector, FEW);
    const [before, cpuBefore] = [await rssBytes(collector), await cpuSeconds(collector)];
    await sendTasks(collector.otlpUrl, MANY);
    await settled(collector, FEW + MANY);
    expect(
      await ownMetric(collector, 'otelcol_processor_tail_sampling_sampling_traces_on_memory'),
    ).toBeGreaterThan(MANY);
    say(
      'resident memory an undecided task of 22 spans',
      ((await rssBytes(collector)) - before) / MANY,
      'bytes',
    );
    const cpu = ((await cpuSeconds(collector)) - cpuBefore) / (MANY * SPANS_A_TASK);
    say('CPU a span, none kept', cpu * 1e6, 'µs');
  });

  it('disk of a kept task that waits for a backend, and CPU', async () => {
    const collector = await start(NOWHERE, { KEEP_SHARE_PERCENT: '100' });
    await sendTasks(collector.otlpUrl, FEW);
    await settled(collector, FEW);
    const cpu = (await cpuSeconds(collector)) / (FEW * SPANS_A_TASK);
    const queued = await ownMetric(collector, 'otelcol_exporter_queue_size', 'otlp_grpc/tempo');
    say('queue on disk a kept task of 22 spans, each backend', queued / FEW, 'bytes');
    say('CPU a span, all kept', cpu * 1e6, 'µs');
  });

  it('memory of a derived series', async () => {
    const collector = await start(NOWHERE);
    const before = await rssBytes(collector);
    for (let request = 0; request < 20; request++) {
      const spans = Array.from({ length: 1000 }, (_, at) => ({
        traceId: newTraceId(),
        name: 'chat',
        attributes: { cost_usd: 0.01, 'cost.kind': 'llm', 'cost.tag.customer': `customer-${request}-${at}` },
      }));
      await sendSpans(collector.otlpUrl, spans, { service: 'many-customers' });
    }
    const streams = () => ownMetric(collector, 'otelcol_deltatocumulative_streams_tracked');
    await eventually(streams, (count) => expect(count).toBeGreaterThan(20_000));
    say(
      'resident memory a derived series',
      ((await rssBytes(collector)) - before) / (await streams()),
      'bytes',
    );
  });

  it('metrics: requests a second through the queue, disk of one that waits', async () => {
    const backends = await startBackends();
    running.push(backends);
    const collector = await start(backends);
    const requests = 2000;
    const sums = Array.from({ length: 200 }, (_, at) => ({
      name: 'cost.usd',
      value: at,
      attributes: { 'cost.kind': 'llm', 'gen_ai.response.model': `model-${at}`, 'task.name': 'research' },
    }));
    const started = performance.now();
    for (let sent = 0; sent < requests; sent++) {
      await sendSums(collector.otlpUrl, sums, { service: 'processes', instance: randomUUID() });
      if (sent === requests / 2) await backends.prometheus.kill();
    }
    await eventually(
      () => ownMetric(collector, 'otelcol_exporter_queue_size', 'metrics_queue'),
      (bytes) => expect(bytes).toBeGreaterThan(0),
    );
    const waiting = await ownMetric(collector, 'otelcol_exporter_queue_size', 'metrics_queue');
    say('requests of 200 series taken a second', (requests / (performance.now() - started)) * 1000, '');
    say('queue on disk a request of 200 series', waiting / (requests / 2), 'bytes');
    await backends.prometheus.restart();
    const size = () => ownMetric(collector, 'otelcol_exporter_queue_size', 'metrics_queue');
    // The next try may be half a minute away.
    await eventually(size, (bytes) => expect(bytes).toBeLessThan(waiting));
    const draining = performance.now();
    await eventually(size, (bytes) => expect(bytes).toBe(0), { timeoutMillis: 200_000 });
    const perSecond = (requests / 2 / (performance.now() - draining)) * 1000;
    say('requests of 200 series to Prometheus a second', perSecond, '');
    const text = await (await fetch(`${backends.prometheus.url}/metrics`)).text();
    const resident = Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
    say('resident memory of Prometheus a series', resident / (requests * sums.length), 'bytes');
  });
});
