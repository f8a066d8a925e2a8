/** End to end: the SDK's batch processor and JSON exporter to a receiver in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CostSpanProcessor } from 'otel-agent-cost';
import { compareCpu } from '../measure.js';
import { TOOLS, useContextManager } from '../setup.js';
import { foreignTask, TASK_SPANS, wrappedTask } from '../workload.js';

/** Tasks to one flush; their spans are one batch, that only the flush sends. */
const TASKS = 40;
const BATCH_SPANS = 2048;

async function startReceiver() {
  const child = fork(new URL('../receiver.js', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}` };
}

function providerTo(url, before) {
  const exporter = new OTLPTraceExporter({ url });
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

/** Both figures from one run of a metered app against a bare one. */
async function endToEnd(wrapped) {
  const { child, url } = await startReceiver();
  const providers = [
    providerTo(url, []),
    providerTo(url, [new CostSpanProcessor({ tools: TOOLS })]),
    providerTo(url, []),
  ];
  const [bare, metered, control] = providers;
  if (wrapped) trace.setGlobalTracerProvider(metered);
  const bareTask = (provider) => exporting(provider, foreignTask(provider.getTracer('bench')));
  const variants = {
    a: bareTask(bare),
    b: wrapped
      ? exporting(metered, wrappedTask)
      : exporting(metered, foreignTask(metered.getTracer('bench'))),
    control: bareTask(control),
  };
  try {
    const cpu = await compareCpu(variants);
    const bytes = [];
    for (const work of Object.values(variants)) bytes.push(await bytesOf(url, work));
    return { cpu, bytes };
  } finally {
    for (const provider of providers) await provider.shutdown();
    child.disconnect();
  }
}

async function cpuRow(wrapped) {
  const { cpu } = await endToEnd(wrapped);
  const micros = (millis) => ((millis * 1000) / (TASKS * TASK_SPANS)).toFixed(1);
  return { ...cpu, target: 1.2, detail: `${micros(cpu.millisA)} -> ${micros(cpu.millisB)} us/span` };
}

async function bytesRow(wrapped) {
  const { bytes } = await endToEnd(wrapped);
  const [a, b, control] = bytes.map((total) => total / (TASKS * TASK_SPANS));
  return {
    ratio: b / a,
    nullRatio: control / a,
    target: 1.5,
    detail: `${Math.round(a)} -> ${Math.round(b)} JSON bytes/span`,
  };
}

export const rows = {
  'over OTLP, CPU': () => cpuRow(false),
  'over OTLP, JSON bytes': () => bytesRow(false),
  'over OTLP with wrappers, CPU': () => cpuRow(true),
  'over OTLP with wrappers, JSON bytes': () => bytesRow(true),
};

export const prepare = useContextManager;
