/** Worker threads: each sends for itself, and the main thread counts what they could not send. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ThreadCounts } from '../../src/register/thread-counts.js';
import { ThreadTable } from '../../src/register/thread-table.js';
import { createApp, SDK_PACKAGES } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

describe('the table of threads', () => {
  it('hands the counts of a worker to the main thread once, however the worker ended', () => {
    const table = ThreadTable.create();
    const inWorker = ThreadTable.from(table.memory)?.claim(7);
    inWorker?.add('ended', 5);
    inWorker?.add('delivered', 2);
    expect(table.running().map((counts) => counts.missingSpans)).toEqual([3]);
    expect(table.takeEnded().missingSpans).toBe(0);
    table.markEnded(7);
    expect(table.running()).toEqual([]);
    expect(table.takeEnded().missingSpans).toBe(3);
    expect(table.takeEnded().missingSpans).toBe(0);
  });

  it('gives each worker a row that starts at zero, however many there were', () => {
    const table = ThreadTable.create();
    for (let id = 1; id <= 5_000; id++) {
      const counts = table.claim(id);
      expect(counts?.get('ended')).toBe(0);
      counts?.add('ended', 1);
      table.markEnded(id);
      expect(table.takeEnded().get('ended')).toBe(1);
    }
  });

  it('ends the workers of a worker with it', () => {
    const table = ThreadTable.create();
    for (const [id, parent] of [
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 0],
    ] as const) {
      table.claim(id, parent)?.add('ended', 1);
    }
    table.markEnded(1);
    expect(table.takeEnded().get('ended')).toBe(3);
    expect(table.running()).toHaveLength(1);
    table.markEnded(4);
    expect(table.takeEnded().get('ended')).toBe(1);
  });

  it('has no row for more workers at once than it has room for', () => {
    const table = ThreadTable.create();
    const claimed = Array.from({ length: 1_100 }, (_, index) => table.claim(index + 1));
    expect(claimed.filter((counts) => counts !== undefined)).toHaveLength(1_024);
  });

  it('is not taken from the memory of another version', () => {
    expect(ThreadTable.from(new SharedArrayBuffer(8))).toBeUndefined();
    expect(ThreadTable.from(undefined)).toBeUndefined();
  });

  it('waits no longer than it may, and not at all for what is done', () => {
    const table = ThreadTable.create();
    let asked = 0;
    const isDone = () => ++asked > 5;
    table.wait(() => true, 60_000);
    table.wait(isDone, 20);
    expect(asked).toBeLessThan(5);
  });
});

describe('the counts of a thread', () => {
  it('miss no cost because of the last digits of doubles', () => {
    const counts = new ThreadCounts();
    counts.set('countedPico', 9_007_199_254_740_991);
    counts.set('confirmedPico', 9_007_199_254_740_990);
    expect(counts.missingPico).toBe(0);
    counts.set('confirmedPico', 9_007_199_250_000_000);
    expect(counts.missingPico).toBe(4_740_991);
  });
});

/** A worker of a worker does the work. The main thread ends both, and the one between cannot say so. */
const INSIDE_A_WORKER = `import { Worker, workerData } from 'node:worker_threads';
import { withTask, withTool } from 'otel-agent-cost';
const url = new URL(import.meta.url);
if (workerData?.done) {
  for (let task = 0; task < 5; task++) withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
  workerData.done.postMessage('done');
  setInterval(() => {}, 1000);
} else if (workerData) {
  const { port } = workerData;
  new Worker(url, { workerData: { done: port }, transferList: [port] });
  setInterval(() => {}, 1000);
} else {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(url, { workerData: { port: port2 }, transferList: [port2] });
  await new Promise((resolve) => port1.once('message', resolve));
  port1.close();
  await worker.terminate();
}
`;

const WORK = `import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { withTask, withTool } from 'otel-agent-cost';
const worker = isMainThread ? new Worker(new URL(import.meta.url), { stdout: true }) : undefined;
if (worker) await new Promise((resolve) => worker.once('message', resolve));
else {
  for (let task = 0; task < 5; task++) withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
  parentPort.postMessage('done');
  setInterval(() => {}, 1000);
}
`;
const main = (end: string) => `${WORK} if (worker) { ${end} }`;
const app = createApp({
  packages: [...SDK_PACKAGES, '@opentelemetry/sdk-metrics', '@opentelemetry/exporter-metrics-otlp-http'],
  files: {
    'terminate.mjs': main('await worker.terminate();'),
    'exit.mjs': main('process.exit(0);'),
    'crash.mjs': main(`setTimeout(() => { throw new Error('app broke'); }, 10);`),
    'wait.mjs': main(`console.log('ready');`),
    'inside.mjs': INSIDE_A_WORKER,
    'nested.mjs':
      `${WORK} if (worker) { await worker.terminate(); parentPort?.postMessage('done'); }`.replace(
        'const worker = isMainThread',
        `import { threadId } from 'node:worker_threads';
       const worker = threadId < 2`,
      ),
  },
});
afterAll(() => app.remove());

let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.close();
});

describe('a worker', () => {
  it.each(someRows(['terminate.mjs', 'nested.mjs', 'inside.mjs']))(
    'that is terminated has its losses counted: %s',
    async (file) => {
      receiver = await startReceiver();
      const { stderr } = await app.run(file, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
      expect(stderr).toContain('10 of 10 spans and $0.05 of $0.05 in metrics of worker threads were lost');
      expect(receiver.points().find(({ metric }) => metric === 'cost.lost_spans')?.value).toBe(10);
      expect(receiver.points().find(({ metric }) => metric === 'cost.lost_usd')?.value).toBeCloseTo(0.05, 9);
    },
  );

  it.each(someRows(['exit.mjs', 'crash.mjs']))('sends when the main thread ends: %s', async (file) => {
    receiver = await startReceiver();
    const { stderr } = await app.run(file, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(stderr).not.toContain('lost');
    expect(receiver.spans()).toHaveLength(10);
    expect(receiver.points().find(({ metric }) => metric === 'cost.usd')?.value).toBeCloseTo(0.05, 9);
  });

  it('sends at SIGTERM', async () => {
    receiver = await startReceiver();
    const running = app.start('wait.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    await running.printed('ready');
    running.child.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect(receiver.spans()).toHaveLength(10);
  });
});
