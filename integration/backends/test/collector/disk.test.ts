/**
 * `deploy/collector-config.disk.yaml`: no span is lost that the collector has taken, whatever then happens to app, collector
 * and backend. The figures of docs/reliability.md are what the first test prints.
 */
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ownMetric } from '../../measure/own-metrics.js';
import { nanoUsd, sumUsd } from '../../support/agent-figures.js';
import { eventually } from '../../support/ask.js';
import { startCountingProxy } from '../../support/counting-proxy.js';
import { startDiskCollector } from '../../support/disk-collector.js';
import { type Conduct, FaultyBackend } from '../../support/faulty-backend.js';
import { isSkipped } from '../../support/programs/binaries.js';
import { SPANS_A_TASK, type SteadyAgents, startSteadyAgents } from '../../support/steady-run.js';

/** How long the backend is away. `npm run test:long -- disk` sets ten minutes. */
const AWAY_SECONDS = Number(process.env.DISK_AWAY_SECONDS ?? 60);

const TASKS_PER_SECOND = 100;

/** Before the backend goes, and after it is back. */
const WELL_MILLIS = 5000;

/** Queued requests are tried again after up to 45 s, and then have to go out. */
const DRAIN_MILLIS = 120_000 + AWAY_SECONDS * 200;

/** The environment of docs/reliability.md: spans are handed over every second, and a collector that restarts is waited for. */
const APP_ENV = { OTEL_BSP_SCHEDULE_DELAY: '1000', OTEL_EXPORTER_OTLP_TIMEOUT: '15000' };

const say = (name: string, value: number | string) => console.log(`${name.padEnd(58)} ${value}`);

describe.skipIf(isSkipped('collector'))('a collector beside the app that keeps what it took on disk', () => {
  const running: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of running.splice(0).reverse()) await stop();
  });

  async function stand(env: Record<string, string> = {}) {
    const backend = await FaultyBackend.start();
    running.push(() => backend.stop());
    const { collector, diskBytes } = await startDiskCollector(backend.url, env);
    running.push(() => collector.stop());
    const proxy = await startCountingProxy(collector.otlpUrl);
    running.push(() => proxy.close());
    const startApp = (appEnv: Record<string, string> = APP_ENV): SteadyAgents => {
      const app = startSteadyAgents({ endpoint: proxy.url, env: appEnv, tasksPerSecond: TASKS_PER_SECOND });
      running.push(() => app.kill());
      return app;
    };
    return { backend, collector, diskBytes, taken: proxy.taken, startApp };
  }

  it(`loses none of them in ${AWAY_SECONDS} s without a backend, with the app and the collector killed`, {
    timeout: WELL_MILLIS * 4 + AWAY_SECONDS * 1000 + DRAIN_MILLIS + 60_000,
  }, async () => {
    const { backend, collector, diskBytes, taken, startApp } = await stand();
    const killed = startApp();
    await setTimeout(WELL_MILLIS);
    const [diskBefore, takenBefore] = [diskBytes(), taken.spans];

    let app = killed;
    const faults: [Conduct, () => Promise<void>][] = [
      [
        'refuses',
        async () => {
          await killed.kill();
          app = startApp();
        },
      ],
      [
        503,
        async () => {
          await collector.kill();
          await collector.restart();
        },
      ],
      // Asked to end, as by an update.
      ['never', () => collector.restart()],
    ];
    const awaySince = performance.now();
    for (const [conduct, fault] of faults) {
      await backend.conduct(conduct);
      await setTimeout((AWAY_SECONDS * 1000) / faults.length / 2);
      await fault();
      await setTimeout((AWAY_SECONDS * 1000) / faults.length / 2);
    }
    const awayMinutes = (performance.now() - awaySince) / 60_000;
    const disk = diskBytes() - diskBefore;
    const queued = await ownMetric(collector, 'otelcol_exporter_queue_size', 'otlp_http/traces');
    const takenMeanwhile = taken.spans - takenBefore;
    const cpuSeconds = await ownMetric(collector, 'otelcol_process_cpu_seconds');

    const arrivedBefore = backend.taken.spans;
    await backend.conduct(200);
    const back = performance.now();
    // The collector is killed while it sends what has waited.
    await eventually(
      () => backend.taken.spans,
      (spans) => expect(spans).toBeGreaterThan(arrivedBefore),
    );
    await collector.kill();
    await collector.restart();
    await setTimeout(WELL_MILLIS);
    const { stderr } = await app.end();
    await eventually(
      () => taken.missingIn(backend.taken).length,
      (missing) => expect(missing).toBe(0),
      { timeoutMillis: DRAIN_MILLIS },
    );
    const drainSeconds = (performance.now() - back) / 1000;
    await eventually(
      () => [killed, app].map(({ service }) => nanoUsd(backend.taken.ledgerUsdOf(service))),
      (usd) => expect(usd).toEqual([killed, app].map(({ service }) => nanoUsd(taken.ledgerUsdOf(service)))),
      { timeoutMillis: DRAIN_MILLIS },
    );

    const made = (one: SteadyAgents) => one.costsUsd.length * SPANS_A_TASK;
    say(
      'made, taken by the collector, delivered (spans)',
      `${made(killed) + made(app)}, ${taken.spans}, ${backend.taken.spans}`,
    );
    say('delivered twice', backend.taken.arrivals - backend.taken.spans);
    say(
      'lost in the killed app, before the collector had them',
      made(killed) - backend.taken.spansOf(killed.service),
    );
    say('queue, MB a minute at 100 tasks/s', (queued / awayMinutes / 1e6).toFixed(1));
    say('disk, MB a minute at 100 tasks/s', (disk / awayMinutes / 1e6).toFixed(1));
    say('bytes a span in the queue', (queued / takenMeanwhile).toFixed(0));
    say('CPU of the collector since it was last started, s', cpuSeconds.toFixed(1));
    say('seconds from the return of the backend to the last span', drainSeconds.toFixed(0));

    expect(backend.taken.ownUsdWithin(taken)).toBe(taken.ownUsdWithin(taken));
    // The app that ended by itself: everything it made was taken, and is there.
    expect(stderr).toBe('');
    expect(backend.taken.spansOf(app.service)).toBe(made(app));
    expect(nanoUsd(backend.taken.ownUsdOf(app.service))).toBe(nanoUsd(sumUsd(app.costsUsd)));
    expect(nanoUsd(backend.taken.ledgerUsdOf(app.service))).toBe(nanoUsd(sumUsd(app.costsUsd)));
  });

  it('refuses what its disk has no room for, and the app counts it: delivered and lost are all that were made', async () => {
    const { backend, startApp } = await stand({ TRACE_QUEUE_BYTES: '200000' });
    await backend.conduct('refuses');
    const app = startApp({ OTEL_BSP_SCHEDULE_DELAY: '200', OTEL_EXPORTER_OTLP_TIMEOUT: '1500' });
    await eventually(
      () => app.costsUsd.length,
      (tasks) => expect(tasks).toBeGreaterThan(500),
    );
    const { stderr } = await app.end();
    const lost = Number(stderr.match(/([\d,]+) of [\d,]+ spans were lost/)?.[1]?.replaceAll(',', ''));
    expect(lost).toBeGreaterThan(0);
    await backend.conduct(200);
    await eventually(
      () => backend.taken.spansOf(app.service),
      (delivered) => expect(delivered).toBe(app.costsUsd.length * SPANS_A_TASK - lost),
    );
  });

  it('drops what a backend answers with 500, which is final by the specification, and counts it', async () => {
    const { backend, collector, taken, startApp } = await stand();
    await backend.conduct(500);
    const app = startApp();
    await eventually(
      () => app.costsUsd.length,
      (tasks) => expect(tasks).toBeGreaterThan(100),
    );
    await app.end();
    expect(taken.spans).toBe(app.costsUsd.length * SPANS_A_TASK);
    await eventually(
      () => ownMetric(collector, 'otelcol_exporter_send_failed_spans', 'otlp_http/traces'),
      (failed) => expect(failed).toBe(taken.spans),
    );
  });
});
