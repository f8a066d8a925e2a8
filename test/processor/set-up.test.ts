import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { AlwaysOffSampler, BatchSpanProcessor, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import {
  recordCost,
  type TaskHandle,
  withAgent,
  withLlm,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import type { TaskSummary } from '../../src/runtime/summary.js';
import { completion, startProcessor, startTracing, wait } from '../support/tracing.js';

afterEach(() => {
  delete process.env.OTEL_SDK_DISABLED;
});

/** A task with one of each, and a wait between every two. */
async function work(costUsd = 1): Promise<TaskHandle> {
  return withTask('t', async (task) => {
    await wait(0);
    await withAgent('a', async () => {
      await wait(0);
      await withStep('one', async () => {
        await withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => {
          await wait(0);
          return completion(1000, 100);
        });
        await withTool({ name: 'x', costUsd }, () => wait(0));
      });
      recordCost(1, { kind: 'compute' });
    });
    return task;
  });
}

const TOTALS = {
  costUsd: 2.0035,
  llmCostUsd: 0.0035,
  toolCostUsd: 1,
  computeCostUsd: 1,
  inputTokens: 1000,
  llmCalls: 1,
  toolCalls: 1,
  steps: 1,
  costComplete: true,
};

describe('totals are the same', () => {
  it('sampled', async () => {
    const { attributes } = startTracing();
    const { totals } = await work();
    expect(totals).toMatchObject(TOTALS);
    expect(attributes('task t')['task.cost_usd']).toBe(totals.costUsd);
  });

  it('unsampled, where no span is exported', async () => {
    const { spans } = startTracing({ sampler: new AlwaysOffSampler() });
    expect((await work()).totals).toMatchObject(TOTALS);
    expect(spans()).toEqual([]);
  });

  it('recorded but not exported', async () => {
    const { spans } = startTracing({
      sampler: { shouldSample: () => ({ decision: SamplingDecision.RECORD }), toString: () => 'record' },
    });
    expect((await work()).totals).toMatchObject(TOTALS);
    expect(spans()).toEqual([]);
  });

  it('with an SDK and no processor of ours', async () => {
    const { spans } = startTracing({ processors: (_, exporting) => [exporting] });
    expect((await work()).totals).toMatchObject(TOTALS);
    expect(spans().find(({ name }) => name === 'task t')?.attributes).toMatchObject({
      'task.cost_usd': 2.0035,
    });
  });

  it('with no SDK at all', async () => {
    expect((await work()).totals).toMatchObject(TOTALS);
  });

  it('with a processor and no SDK, and the SDK disabled by the environment', async () => {
    process.env.OTEL_SDK_DISABLED = 'true';
    const told: TaskSummary[] = [];
    startProcessor({ onTaskEnd: (summary) => told.push(summary) });
    expect((await work()).totals).toMatchObject(TOTALS);
    expect(told).toMatchObject([{ taskName: 't', costUsd: 2.0035, outcome: 'success' }]);
  });

  it('with an SDK that registered no context manager', async () => {
    startTracing();
    context.disable();
    expect((await work()).totals).toMatchObject(TOTALS);
  });

  it('with an exporter whose endpoint is dead', async () => {
    const exporter = new OTLPTraceExporter({ url: 'http://127.0.0.1:9/v1/traces', timeoutMillis: 100 });
    const batch = new BatchSpanProcessor(exporter, { exportTimeoutMillis: 200 });
    const { attributes } = startTracing({ processors: (cost, exporting) => [cost, exporting, batch] });
    expect((await work()).totals).toMatchObject(TOTALS);
    await batch.forceFlush().catch(() => {});
    expect(attributes('task t')['task.cost_usd']).toBe(2.0035);
  });

  it('and a task without a span still has an id of its own', async () => {
    const [one, two] = [await work(), await work()];
    expect(one.id).toMatch(/^[0-9a-f]{16}$/);
    expect(one.id).not.toBe(two.id);
    expect(one.id).toBe(one.id);
  });
});

describe('a thousand tasks at once', () => {
  it.each([
    ['with an SDK', () => void startTracing()],
    ['unsampled', () => void startTracing({ sampler: new AlwaysOffSampler() })],
    ['without an SDK', () => {}],
    ['with one span for all of them', () => void trace.setGlobalTracerProvider(sharedSpanProvider())],
  ])('never mix: %s', async (_, setUp) => {
    setUp();
    const tasks = await Promise.all(Array.from({ length: 1000 }, (_value, index) => work(index)));
    expect(tasks.map(({ totals }) => totals.toolCostUsd)).toEqual(tasks.map((_task, index) => index));
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(1000);
  });
});

/** A vendor's provider that returns the same no-op span for everything. */
function sharedSpanProvider(): ReturnType<typeof trace.getTracerProvider> {
  const span = Object.freeze(
    trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }),
  );
  const tracer = {
    startSpan: () => span,
    startActiveSpan: (): never => {
      throw new Error('unused');
    },
  };
  return { getTracer: () => tracer };
}
