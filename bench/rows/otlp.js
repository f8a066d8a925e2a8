/** End to end: the SDK's batch processor and an OTLP exporter to a receiver in a separate process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CostSpanProcessor } from 'otel-agent-cost';
import { KeysAlone } from '../keys-alone.js';
import { compareCpu } from '../measure.js';
import { TOOLS, useContextManager } from '../setup.js';
import { foreignTask, TASK_SPANS, wrappedTask } from '../workload.js';

/** Tasks per flush. Their spans are one batch, which only the flush sends. */
const TASKS = 40;
const BATCH_SPANS = 2048;
/** With 25, the bare app relative to itself was up to 1.22. */
const ROUNDS = 100;

async function startReceiver() {
  const child = fork(new URL('../receiver.js', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}` };
}

function providerTo(url, before, Exporter) {
  const exporter = new Exporter({ url });
  const batch = new BatchSpanProcessor(exporter, {
    maxExportBatchSize: BATCH_SPANS,
    maxQueueSize: BATCH_SPANS,
  });
  return new BasicTracerProvider({ spanProcessors: [...before, batch] });
}

function exporting(provider, task) {
  return async () => {
    for (let done = 0; done < TASKS; done++) task();
    await provider.forceFlush();
  };
}

async function bytesOf(url, work) {
  await fetch(`${url}/reset`);
  await work();
  return Number(await (await fetch(`${url}/bytes`)).text());
}

const foreign = (provider) => exporting(provider, foreignTask(provider.getTracer('bench')));

/** The apps compared with the bare one: the processors before their batches, and their work. */
const APPS = {
  keys: { before: () => new KeysAlone(), app: foreign },
  processor: { before: () => new CostSpanProcessor({ tools: TOOLS }), app: foreign },
  wrappers: {
    before: () => new CostSpanProcessor({ tools: TOOLS }),
    app: (provider) => {
      trace.setGlobalTracerProvider(provider);
      return exporting(provider, wrappedTask);
    },
  },
};

/** Lets `measure` compare an app that exports with the bare one. */
async function withApps({ before, app, exporter = JsonExporter }, measure) {
  const { child, url } = await startReceiver();
  const bare = providerTo(url, [], exporter);
  const control = providerTo(url, [], exporter);
  const metered = providerTo(url, [before()], exporter);
  const apps = { a: foreign(bare), b: app(metered), control: foreign(control) };
  try {
    return await measure(apps, url);
  } finally {
    for (const provider of [bare, control, metered]) await provider.shutdown();
    child.disconnect();
  }
}

function cpuRow(compared, target) {
  return withApps(compared, async (apps) => {
    const cpu = await compareCpu(apps, { rounds: ROUNDS });
    const micros = (millis) => ((millis * 1000) / (TASKS * TASK_SPANS)).toFixed(1);
    return { ...cpu, target, detail: `${micros(cpu.millisA)} -> ${micros(cpu.millisB)} us/span` };
  });
}

function bytesRow(compared) {
  return withApps(compared, async ({ a, b, control }, url) => {
    const bytes = [];
    for (const app of [a, b, control]) bytes.push((await bytesOf(url, app)) / (TASKS * TASK_SPANS));
    const [bytesOfA, bytesOfB, bytesOfControl] = bytes;
    return {
      ratio: bytesOfB / bytesOfA,
      nullRatio: bytesOfControl / bytesOfA,
      target: 1.7,
      detail: `${Math.round(bytesOfA)} -> ${Math.round(bytesOfB)} JSON bytes/span`,
    };
  });
}

export const rows = {
  'the keys alone, over OTLP, JSON, CPU': () => cpuRow(APPS.keys),
  'over OTLP, JSON, CPU': () => cpuRow(APPS.processor, 1.55),
  'over OTLP, JSON bytes': () => bytesRow(APPS.processor),
  'over OTLP, protobuf, CPU': () => cpuRow({ ...APPS.processor, exporter: ProtobufExporter }, 1.45),
  'over OTLP with wrappers, JSON, CPU': () => cpuRow(APPS.wrappers, 1.55),
  'over OTLP with wrappers, JSON bytes': () => bytesRow(APPS.wrappers),
};

export const prepare = useContextManager;
