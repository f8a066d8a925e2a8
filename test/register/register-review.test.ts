import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createApp, SDK_PACKAGES } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
const IMPORT = `import { withTask, withTool } from 'otel-agent-cost';\n`;
const WORK = `${IMPORT}\nwithTask('work', () => withTool({ name: 'search', costUsd: 0.005 }, () => 1));\n`;
const app = createApp({
  packages: [...SDK_PACKAGES, '@opentelemetry/sdk-metrics', '@opentelemetry/exporter-metrics-otlp-http'],
  files: {
    'plain.mjs': `${IMPORT}import { Worker, isMainThread, parentPort } from 'node:worker_threads';
if (!isMainThread) { for (let task = 0; task < 5; task++) withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1)); parentPort.postMessage(1); setInterval(() => {}, 1000); } else { const w = new Worker(new URL(import.meta.url)); await new Promise((r) => w.once('message', r)); await w.terminate(); console.log(Date.now()); }`,
    'exit.mjs': `${WORK} process.exit(3);`,
    'nested.mjs': `
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { withTask, withTool } from 'otel-agent-cost';
const depth = workerData?.depth ?? 0;
if (depth === 2) {
  for (let task = 0; task < 5; task++) withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
  workerData.port.postMessage('done');
  setInterval(() => {}, 1000);
} else if (depth === 1) {
  parentPort.once('message', (port) => { new Worker(new URL(import.meta.url), { workerData: { depth: 2, port }, transferList: [port] }); });
  setInterval(() => {}, 1000);
} else {
  const worker = new Worker(new URL(import.meta.url), { workerData: { depth: 1 } });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  await new Promise((resolve) => port1.once('message', resolve));
  port1.close();
  await worker.terminate();
  console.log(Date.now());
}`,
  },
});
afterAll(() => app.remove());
let receiver: Receiver | undefined;
afterEach(async () => { await receiver?.close(); receiver = undefined; });
const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url ?? '' });

it('network option with a separate value', async () => {
  receiver = await startReceiver();
  const f = await app.run('exit.mjs', { env: { ...env(), NODE_OPTIONS: '--dns-result-order ipv4first' } });
  console.log(f.stderr);
  expect(receiver.spans().length).toBe(2);
});
it('worker in a worker', async () => {
  receiver = await startReceiver();
  const f = await app.run(process.env.PLAIN ? 'plain.mjs' : 'nested.mjs', { env: env() });
  console.log(f.stderr, f.endedAtMillis - Number(f.stdout));
  expect(f.endedAtMillis - Number(f.stdout)).toBeLessThan(3000);
  expect(f.stderr).toContain('worker threads');
}, 30_000);
