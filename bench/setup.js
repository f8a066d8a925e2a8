/** Tracers to compare: the bare SDK, and the SDK with our processor. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { CostSpanProcessor } from 'otel-agent-cost';

const BATCH_SPANS = 512;

/** Collects batches like the SDK's batch processor, without its timers, and drops each full one. */
class DroppingBatchProcessor {
  batch = [];

  onStart() {}

  onEnd(span) {
    this.batch.push(span);
    if (this.batch.length === BATCH_SPANS) this.batch = [];
  }

  async forceFlush() {}

  async shutdown() {}
}

export const TOOLS = { web_search: { costUsd: 0.005 } };

export function useContextManager() {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

export function providerOf(spanProcessors) {
  return new BasicTracerProvider({ spanProcessors });
}

/** Without our processor. The given processors come before the batches. */
export function bareProvider(before = []) {
  return providerOf([...before, new DroppingBatchProcessor()]);
}

export function bareTracer(before = []) {
  return bareProvider(before).getTracer('bench');
}

export function meteredProvider(options = { tools: TOOLS }) {
  return providerOf([new CostSpanProcessor(options), new DroppingBatchProcessor()]);
}

/** For the wrappers, which use the global provider and set the prices of their tools. */
export function registerMeteredProvider() {
  trace.setGlobalTracerProvider(meteredProvider({}));
}
