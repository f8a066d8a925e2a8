import { ROOT_CONTEXT } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { ExportTally, TalliedExporter } from '../../src/register/export-tally.js';
import { Rejections } from '../../src/register/rejections.js';

type Done = Parameters<SpanExporter['export']>[1];

/** An exporter whose answers the test gives. */
function setUp(maxQueueSize = 100) {
  const requests: Done[] = [];
  const inner: SpanExporter = Object.assign(new InMemorySpanExporter(), {
    export: (_spans: ReadableSpan[], done: Done) => requests.push(done),
  });
  const tally = new ExportTally();
  const exporter = new TalliedExporter(inner, tally, new Rejections(), maxQueueSize);
  const send = (spans: number) => {
    const batch = Array.from({ length: spans }, () => span());
    const admitted = batch.filter(() => exporter.admit());
    exporter.export(admitted, () => {});
  };
  return { exporter, tally, requests, send };
}

function span(): ReadableSpan {
  const ended = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => ended.export([span], () => {}),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  provider.getTracer('test').startSpan('span', {}, ROOT_CONTEXT).end();
  const [first] = ended.getFinishedSpans();
  if (first === undefined) throw new Error('no span ended');
  return first;
}

const SUCCESS = { code: 0 };

describe('an exporter', () => {
  it('has one request in flight, and all of them during a flush', async () => {
    const { exporter, requests, send, tally } = setUp();
    for (let batch = 0; batch < 3; batch++) send(2);
    expect(requests).toHaveLength(1);
    const flushed = exporter.forceFlush();
    expect(requests).toHaveLength(3);
    for (const done of requests) done(SUCCESS);
    await flushed;
    expect(tally.counts.get('delivered')).toBe(6);
  });

  it('flushes what there was, not what comes after it', async () => {
    const { exporter, requests, send } = setUp();
    send(2);
    const flushed = exporter.forceFlush();
    send(2);
    requests[0]?.(SUCCESS);
    await flushed;
    expect(requests).toHaveLength(2);
  });

  it('drops and counts at once what a full queue has no room for', () => {
    const { exporter, requests, send, tally } = setUp(5);
    send(4);
    send(5);
    expect(tally.lost).toBe(0);
    expect(exporter.admit()).toBe(false);
    expect(tally).toMatchObject({ lost: 1, lastError: 'the queue was full' });
    requests[0]?.(SUCCESS);
    // The second batch is in flight now.
    expect(exporter.admit()).toBe(true);
  });

  it('hands over at exit what is in flight and what waits', () => {
    const { exporter, requests, send, tally } = setUp();
    send(1);
    send(2);
    exporter.holdBack();
    send(3);
    expect(exporter.undelivered().map((batch) => batch.length)).toEqual([1, 2, 3]);
    requests[0]?.(SUCCESS);
    expect(tally.counts.get('delivered')).toBe(0);
  });
});
