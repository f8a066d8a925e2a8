/** A real SDK provider with our processor for one test, its spans in memory. `clean.ts` stops it after each test. */
import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { type NodeTracerConfig, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, type CostSpanProcessorOptions } from '../../src/index.js';

/** A tracer of another instrumentation's, of the provider there is now. */
export function foreign(): Tracer {
  return trace.getTracer('another-instrumentation');
}

export interface TracingOptions extends Omit<NodeTracerConfig, 'spanProcessors'> {
  cost?: CostSpanProcessorOptions;
  /** The provider's processors, in order. Default: ours, then the exporting one. */
  processors?: (cost: CostSpanProcessor, exporting: SpanProcessor) => SpanProcessor[];
}

export interface Tracing {
  cost: CostSpanProcessor;
  /** The spans that were exported, in the order of their ends. */
  spans(): ReadableSpan[];
  /** The one span of that name. */
  span(name: string): ReadableSpan;
  attributes(name: string): Attributes;
}

const open: (() => Promise<void>)[] = [];

export function startTracing(options: TracingOptions = {}): Tracing {
  const { cost: costOptions, processors, ...config } = options;
  const cost = new CostSpanProcessor(costOptions);
  const exporter = new InMemorySpanExporter();
  const exporting = new SimpleSpanProcessor(exporter);
  const spanProcessors = processors?.(cost, exporting) ?? [cost, exporting];
  const provider = new NodeTracerProvider({ ...config, spanProcessors });
  provider.register();
  open.push(async () => {
    await provider.shutdown();
    await cost.shutdown();
  });
  const span = (name: string): ReadableSpan => {
    const named = exporter.getFinishedSpans().filter((finished) => finished.name === name);
    const [only] = named;
    if (only !== undefined && named.length === 1) return only;
    const names = exporter.getFinishedSpans().map((finished) => finished.name);
    throw new Error(`${named.length} spans are named "${name}"; there are: ${names.join(', ')}`);
  };
  return {
    cost,
    spans: () => exporter.getFinishedSpans(),
    span,
    attributes: (name) => span(name).attributes,
  };
}

/** A processor of a test's own, without an SDK. */
export function startProcessor(options: CostSpanProcessorOptions = {}): CostSpanProcessor {
  const cost = new CostSpanProcessor(options);
  open.push(() => cost.shutdown());
  return cost;
}

/** Leaves a provider that the file set up for all of its tests. */
export async function stopTracing(): Promise<void> {
  if (open.length === 0) return;
  for (const stop of open.splice(0)) await stop();
  trace.disable();
  context.disable();
  propagation.disable();
}

/** What a chat span of another instrumentation carries; gpt-4o is $2.50 in and $10 out per million tokens. */
export function chatAttributes(inputTokens: number, outputTokens: number, more: Attributes = {}): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...more,
  };
}

/** Runs some work inside a span of another instrumentation's. */
export function inSpan<R>(name: string, attributes: Attributes, work: (span: Span) => R): R {
  return foreign().startActiveSpan(name, { attributes }, (span) => {
    const result = work(span);
    if (result instanceof Promise) return result.finally(() => span.end()) as R;
    span.end();
    return result;
  });
}

/** A chat span of another instrumentation's, begun and ended. */
export function chat(
  inputTokens: number,
  outputTokens: number,
  more: Attributes = {},
  name = 'chat gpt-4o',
): void {
  const options = { kind: SpanKind.CLIENT, attributes: chatAttributes(inputTokens, outputTokens, more) };
  foreign().startSpan(name, options).end();
}

let responses = 0;

/** OpenAI's chat response, figures only; each has an id of its own. */
export function completion(inputTokens: number, outputTokens: number, more: object = {}): object {
  return {
    id: `chatcmpl-${++responses}`,
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
    ...more,
  };
}

/** Every key of ours: own cost, roll-ups, attribution and the dialects' names for cost. */
export function ownKeys(attributes: Attributes): string[] {
  return Object.keys(attributes).filter(
    (key) => /^(cost[._]|task\.|agent\.|step\.|session\.)/.test(key) || key.includes('usage.cost'),
  );
}

export function wait(millis = 1): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
