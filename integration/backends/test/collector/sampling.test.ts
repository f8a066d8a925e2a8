/** Which traces the collector keeps, and when they are seen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/ask.js';
import { startOurCollector } from '../../support/collector-stand.js';
import { newSpanId, newTraceId, type SpanToSend, sendSpans } from '../../support/otlp-send.js';
import { isSkipped } from '../../support/programs/binaries.js';
import type { Collector } from '../../support/programs/collector.js';
import { type SpanSink, startSpanSink } from '../../support/span-sink.js';

const SENDER = { service: 'sampling' };

describe.skipIf(isSkipped('collector'))('sampling', () => {
  let sink: SpanSink;
  beforeAll(async () => {
    sink = await startSpanSink();
  });
  afterAll(() => sink?.stop());

  const send = (collector: Collector, ...spans: SpanToSend[]) => sendSpans(collector.otlpUrl, spans, SENDER);
  const arrive = (traceId: string, names: string[]) =>
    eventually(
      () => sink.namesOf(traceId),
      (arrived) => expect(arrived).toEqual(names),
    );
  /** What was sent before it has been judged when this has arrived. */
  const marker = async (collector: Collector) => {
    const traceId = newTraceId();
    await send(collector, { traceId, name: 'marker', isError: true });
    await arrive(traceId, ['marker']);
  };
  const call = (traceId: string, more: Partial<SpanToSend> = {}): SpanToSend => ({
    traceId,
    name: 'call',
    parentSpanId: newSpanId(),
    attributes: { cost_usd: 0.01 },
    ...more,
  });
  const task = (traceId: string, attributes: SpanToSend['attributes'] = {}): SpanToSend => ({
    traceId,
    name: 'task',
    attributes: { 'task.cost_usd': 0.02, 'task.outcome': 'success', ...attributes },
  });

  describe('of tasks that nobody asks for', () => {
    let collector: Collector;
    beforeAll(async () => {
      collector = await startOurCollector({ sink }, { KEEP_TASK_USD: '0.25' });
    });
    afterAll(() => collector?.stop());

    it.each<[string, (traceId: string) => SpanToSend]>([
      ['that cost as much as was set', (id) => task(id, { 'task.cost_usd': 0.25 })],
      ['that cost whole dollars', (id) => task(id, { 'task.cost_usd': 3 })],
      ['in which one call cost that much', (id) => call(id, { attributes: { cost_usd: 1 } })],
      ['over their budget', (id) => task(id, { 'task.over_budget': true })],
      ['that failed', (id) => task(id, { 'task.outcome': 'failure' })],
      ['in which something failed', (id) => call(id, { isError: true })],
      ['whose totals were corrected', (id) => call(id, { name: 'cost correction', attributes: {} })],
    ])('keeps those %s, with what came before and comes later', async (_case, reason) => {
      const traceId = newTraceId();
      await send(collector, call(traceId, { name: 'before' }));
      await send(collector, reason(traceId));
      const kept = ['before', reason(traceId).name].sort();
      await arrive(traceId, kept);
      await send(collector, call(traceId, { name: 'later' }));
      await arrive(traceId, [...kept, 'later'].sort());
    });

    it('lets the others go', async () => {
      const traces = [newTraceId(), newTraceId(), newTraceId()] as const;
      await send(collector, call(traces[0]), task(traces[0], { 'task.cost_usd': 0.249 }));
      await send(
        collector,
        call(traces[1]),
        task(traces[1], { 'task.outcome': 'cancelled', 'task.over_budget': false }),
      );
      await send(collector, { traceId: traces[2], name: 'GET /health' });
      await marker(collector);
      expect(traces.flatMap((traceId) => sink.namesOf(traceId))).toEqual([]);
    });

    it('shows a task over its budget while it goes on', async () => {
      const traceId = newTraceId();
      await send(collector, call(traceId, { name: 'first' }));
      await marker(collector);
      expect(sink.namesOf(traceId)).toEqual([]);
      await send(
        collector,
        call(traceId, { name: 'crossing', attributes: { cost_usd: 0.02, 'task.over_budget': true } }),
      );
      await arrive(traceId, ['crossing', 'first']);
      await send(collector, task(traceId));
      await arrive(traceId, ['crossing', 'first', 'task']);
    });
  });

  /** Until that many traces were let go. */
  const letGo = (collector: Collector, traces: number) =>
    eventually(
      async () => (await fetch(collector.metricsUrl)).text(),
      (text) =>
        expect(text).toMatch(
          new RegExp(`tail_sampling_global_count_traces_sampled\\S*decision="not_sampled"\\S* ${traces}\\n`),
        ),
    );

  it('holds a task no longer than it has to, once its root has ended', async () => {
    const soon = ['processors::tail_sampling::decision_wait_after_root_received: 1s'];
    const collector = await startOurCollector({ sink }, { DECISION_WAIT: '30m' }, soon);
    const [ended, goesOn] = [newTraceId(), newTraceId()];
    await send(collector, call(goesOn), call(ended), task(ended));
    await letGo(collector, 1);
    await send(collector, task(goesOn, { 'task.outcome': 'failure' }));
    await arrive(goesOn, ['call', 'task']);
    expect(sink.namesOf(ended)).toEqual([]);
    await collector.stop();
  });

  it('judges the rest of a task that outlived the wait, and keeps it if it turns out dear', async () => {
    const collector = await startOurCollector({ sink }, { DECISION_WAIT: '1s' });
    const traceId = newTraceId();
    await send(collector, call(traceId, { name: 'early' }));
    await letGo(collector, 1);
    await send(collector, call(traceId, { name: 'late', attributes: { 'task.over_budget': true } }));
    await arrive(traceId, ['late']);
    await send(collector, task(traceId, { 'task.cost_usd': 5 }));
    await arrive(traceId, ['late', 'task']);
    await collector.stop();
  });

  it('keeps a share of the rest, whole traces of it', async () => {
    const collector = await startOurCollector({ sink }, { KEEP_SHARE_PERCENT: '25' });
    const traces = Array.from({ length: 400 }, () => newTraceId());
    await send(collector, ...traces.map((traceId) => call(traceId)));
    await send(collector, ...traces.map((traceId) => task(traceId)));
    await marker(collector);
    const kept = traces.map((traceId) => sink.namesOf(traceId)).filter((names) => names.length > 0);
    // Five standard deviations to either side of 100.
    expect(kept.length).toBeGreaterThan(56);
    expect(kept.length).toBeLessThan(144);
    for (const names of kept) expect(names).toEqual(['call', 'task']);
    await collector.stop();
  });

  it('keeps everything at 100 %', async () => {
    const collector = await startOurCollector({ sink }, { KEEP_SHARE_PERCENT: '100' });
    const traces = Array.from({ length: 50 }, () => newTraceId());
    await send(collector, ...traces.map((traceId) => call(traceId)));
    await marker(collector);
    expect(traces.flatMap((traceId) => sink.namesOf(traceId))).toHaveLength(traces.length);
    await collector.stop();
  });
});
