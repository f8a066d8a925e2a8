/** Strings of the app on spans of SDK 3, whose class keeps its limits and cuts its values in other places than that of 2.x. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { CostSpanProcessor, withSession, withTask, withTool } from 'otel-agent-cost';
import { afterEach, beforeAll, expect, it } from 'vitest';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterEach(() => trace.disable());

const TEXT = 'a name of the app that is longer than its limit';

function strings(provider: (processors: SpanProcessor[]) => TracerProvider): unknown[] {
  const exporter = new InMemorySpanExporter();
  const cost: SpanProcessor = new CostSpanProcessor();
  const processors = [cost, new SimpleSpanProcessor({ exporter })];
  trace.setGlobalTracerProvider(provider(processors));
  withSession(TEXT, () => withTask(TEXT, () => withTool({ name: 'search', costUsd: 0.01 }, () => 1)));
  void cost.shutdown();
  return exporter
    .getFinishedSpans()
    .flatMap(({ attributes }) => [attributes['session.id'], attributes['task.name']])
    .filter((value) => value !== undefined);
}

it('stay whole without a limit', () => {
  const values = strings((spanProcessors) => new TracerProvider({ spanProcessors }));
  expect(values.length).toBeGreaterThanOrEqual(4);
  expect(new Set(values)).toEqual(new Set([TEXT]));
});

it('are cut by a limit on the length of values', () => {
  const spanLimits = { attributeValueLengthLimit: 10 };
  const values = strings((spanProcessors) => new TracerProvider({ spanProcessors, spanLimits }));
  expect(new Set(values)).toEqual(new Set([TEXT.slice(0, 10)]));
});

it('are redacted by a setAttribute that the app has replaced', () => {
  const redacting: SpanProcessor = {
    onStart(span) {
      const { setAttribute } = span;
      span.setAttribute = (key, value) => setAttribute.call(span, key, value === TEXT ? 'redacted' : value);
    },
    onEnd() {},
    async forceFlush() {},
    async shutdown() {},
  };
  const values = strings((processors) => new TracerProvider({ spanProcessors: [redacting, ...processors] }));
  expect(new Set(values)).toEqual(new Set(['redacted']));
});
