/** Figures of docs/reliability.md beside those that the test of the disk collector prints. */
import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/ask.js';
import { startDiskCollector } from '../support/disk-collector.js';
import { FaultyBackend } from '../support/faulty-backend.js';
import { newTraceId, sendSpans } from '../support/otlp-send.js';

const SENDER = { service: 'measured' };
const SPANS_A_REQUEST = 100;

const say = (what: string, value: number | string) => console.log(`${what.padEnd(70)} ${value}`);

describe('the collector beside the app', () => {
  const running: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of running.splice(0).reverse()) await stop();
  });

  async function stand(settings: string[] = []) {
    const backend = await FaultyBackend.start();
    running.push(() => backend.stop());
    await backend.conduct('refuses');
    const { collector } = await startDiskCollector(backend.url, {}, settings);
    running.push(() => collector.stop());
    const sendOne = () => {
      const spans = Array.from({ length: SPANS_A_REQUEST }, () => ({
        traceId: newTraceId(),
        name: 'chat gpt-4o',
        attributes: { cost_usd: 0.01, 'cost.kind': 'llm', 'gen_ai.response.model': 'gpt-4o' },
      }));
      return sendSpans(collector.otlpUrl, spans, SENDER);
    };
    return { backend, collector, sendOne };
  }

  it.each([true, false])('requests taken a second with fsync: %s', async (fsync) => {
    const { sendOne } = await stand([`extensions::file_storage::fsync: ${fsync}`]);
    for (let request = 0; request < 20; request++) await sendOne();
    const [requests, started] = [500, performance.now()];
    for (let request = 0; request < requests; request++) await sendOne();
    const seconds = (performance.now() - started) / 1000;
    say(
      `requests of ${SPANS_A_REQUEST} spans taken a second, one after the other, fsync: ${fsync}`,
      (requests / seconds).toFixed(0),
    );
  });

  it.each([1, 10])('killed again and again while it starts, num_consumers: %s', async (consumers) => {
    const { backend, collector, sendOne } = await stand([
      `exporters::otlp_http/traces::sending_queue::num_consumers: ${consumers}`,
    ]);
    const [requests, kills] = [500, 100];
    for (let request = 0; request < requests; request++) await sendOne();
    await setTimeout(2000);
    await collector.kill();
    for (let kill = 0; kill < kills; kill++) {
      const started = collector.restart().catch(() => {});
      await setTimeout(randomInt(20, 500));
      await collector.kill();
      await started;
    }
    await backend.conduct(200);
    await collector.restart();
    await eventually(
      () => backend.taken.spans,
      (spans) => expect(spans).toBe(requests * SPANS_A_REQUEST),
      { timeoutMillis: 60_000 },
    ).catch(() => {});
    const lost = requests - backend.taken.spans / SPANS_A_REQUEST;
    say(
      `requests lost of ${requests}, ${kills} kills within half a second of a start, ${consumers} consumers`,
      lost,
    );
  });
});
