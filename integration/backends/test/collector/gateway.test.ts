/** One gateway in front of two collectors: traces stay whole, and nothing is counted twice. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { costOf, nanoUsd } from '../../support/agent-figures.js';
import { runAgents } from '../../support/agent-run.js';
import { eventually } from '../../support/ask.js';
import {
  type Backends,
  GATEWAY_CONFIG,
  startBackends,
  startOurCollector,
} from '../../support/collector-stand.js';
import { newSpanId, newTraceId, type SpanToSend, sendSpans } from '../../support/otlp-send.js';
import { isSkipped } from '../../support/programs/binaries.js';
import { type Collector, startCollector } from '../../support/programs/collector.js';

const SENDER = { service: 'fleet' };
const TRACES = 60;

/** Longer than the 5 s after which an exporter gives up whose time-out nobody set. */
const SOME_RETRIES_MILLIS = 6000;

describe.skipIf(isSkipped('collector', 'prometheus'))('a gateway and two collectors', () => {
  let backends: Backends;
  let collectors: Collector[];
  let gateway: Collector;
  beforeEach(async () => {
    backends = await startBackends();
    collectors = await Promise.all(
      ['collector-1', 'collector-2'].map((name) => startOurCollector(backends, { OTELCOL_INSTANCE: name })),
    );
    const endpoints = collectors.map(({ otlpGrpcEndpoint }) => otlpGrpcEndpoint);
    gateway = await startCollector(GATEWAY_CONFIG, {
      env: () => ({ COLLECTORS: `[${endpoints.join(', ')}]` }),
    });
  });
  afterEach(async () => {
    await Promise.all([gateway, ...(collectors ?? []), backends].map((program) => program?.stop()));
  });

  const call = (traceId: string): SpanToSend => ({
    traceId,
    name: 'call',
    parentSpanId: newSpanId(),
    attributes: { cost_usd: 0.01 },
  });
  const dear = (traceId: string): SpanToSend => ({
    traceId,
    name: 'task',
    attributes: { cost_usd: 1, 'task.cost_usd': 1.02 },
  });
  const newTraces = () => Array.from({ length: TRACES }, () => newTraceId());
  const send = (spans: SpanToSend[]) => sendSpans(gateway.otlpUrl, spans, SENDER);
  const derived = (service: string) => backends.metrics.number(`sum(span_cost_usd_total{job="${service}"})`);
  const counted = (usd: number) =>
    eventually(
      () => derived('fleet'),
      (answer) => expect(answer).toBeCloseTo(usd, 9),
    );
  const whole = (traces: string[]) =>
    eventually(
      () => traces.map((traceId) => backends.sink.namesOf(traceId)),
      (names) => expect(names).toEqual(traces.map(() => ['call', 'call', 'task'])),
    );

  it('keep traces whole whose spans come in many requests, and count each span once', async () => {
    const traces = newTraces();
    await send(traces.map(call));
    await send(traces.map(call));
    await send(traces.map(dear));
    await whole(traces);
    await counted(TRACES * 1.02);
    const series = await backends.metrics.query('span_cost_usd_total{job="fleet"}');
    expect(series.map(({ labels }) => labels.instance).sort()).toEqual(['collector-1', 'collector-2']);
  });

  describe('when one collector is away', () => {
    let away: Collector | undefined;
    let traces: string[];
    beforeEach(async () => {
      away = collectors[0];
      await away?.kill();
      traces = newTraces();
      await send(traces.map(call));
      await send(traces.map(call));
      await send(traces.map(dear));
    });

    it('wait for it, and send nothing twice to the other', async () => {
      await setTimeout(SOME_RETRIES_MILLIS);
      await away?.restart();
      await whole(traces);
      await counted(TRACES * 1.02);
    });

    it('lose nothing when the gateway is killed, too', async () => {
      await gateway.kill();
      await gateway.restart();
      await away?.restart();
      await eventually(
        () => traces.map((traceId) => new Set(backends.sink.namesOf(traceId))),
        (names) => expect(names).toEqual(traces.map(() => new Set(['call', 'task']))),
      );
    });
  });

  it('bring the metrics of every process to Prometheus, as the ledger has them', async () => {
    const runs = await Promise.all([1, 2, 3].map((seed) => runAgents({ endpoint: gateway.otlpUrl, seed })));
    for (const { service, calls } of runs) {
      const expected = nanoUsd(costOf(calls));
      await eventually(
        () => backends.metrics.number(`sum(cost_usd_total{job="${service}"})`),
        (usd) => expect(nanoUsd(usd)).toBe(expected),
      );
      await eventually(
        () => derived(service),
        (usd) => expect(nanoUsd(usd)).toBe(expected),
      );
    }
  });
});
