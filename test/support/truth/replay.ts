/** Replays a report inside one `withTask` with a real SDK, and compares what the task says with what is billed. */
import { context, propagation, SpanStatusCode, type TimeInput, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { LlmOptions, Totals } from '../../../src/index.js';
import type { Report, ReportedCall, ReportedSpan } from './report.js';

/** The package under test: the sources or a build. */
export type Package = Pick<
  typeof import('../../../src/index.js'),
  'CostSpanProcessor' | 'withLlm' | 'withTask'
>;

/** What the task and its spans said. */
export interface Statement {
  costUsd: number;
  complete: boolean;
  /** `cost.status` with `cost.reason`, of all spans that have one. */
  flags: string[];
  totals: Totals;
  spans: ReadableSpan[];
}

export interface Verdict extends Statement {
  id: string;
  rightUsd: number;
  /** The amount is the provider's bill, and nothing is missing. */
  isRight: boolean;
  isFlagged: boolean;
}

const FLAGS: readonly unknown[] = ['estimated', 'unpriced'];
const TOLERANCE_USD = 1e-6;

export async function replay(report: Report, sdk: Package): Promise<Verdict> {
  const statement = await state(report.input, sdk);
  return { id: report.id, ...judge(statement, report.right_usd) };
}

/** What is said of an amount whose truth is known. */
export function judge(statement: Statement, rightUsd: number): Omit<Verdict, 'id'> {
  // A tenth of a percent for bills of less than a tenth of a cent, so that no small bill is right by being small.
  const tolerance = Math.min(TOLERANCE_USD, rightUsd * 1e-3 + 1e-12);
  const isAmountRight = Math.abs(statement.costUsd - rightUsd) <= tolerance;
  return {
    ...statement,
    rightUsd,
    isRight: isAmountRight && statement.complete,
    isFlagged: !statement.complete || statement.flags.length > 0,
  };
}

/** Runs calls and spans inside one task. One at a time: OpenTelemetry has one provider. */
export async function state(input: Report['input'], sdk: Package): Promise<Statement> {
  const exporter = new InMemorySpanExporter();
  const cost = new sdk.CostSpanProcessor(input.options);
  const provider = new NodeTracerProvider({ spanProcessors: [cost, new SimpleSpanProcessor(exporter)] });
  provider.register();
  try {
    const task = await sdk.withTask('replay', async (handle) => {
      for (const call of input.calls ?? []) await runCall(call, sdk);
      for (const span of input.spans ?? []) runSpan(span);
      return handle;
    });
    const spans = exporter.getFinishedSpans();
    const { totals } = task;
    return {
      costUsd: totals.costUsd,
      complete: totals.costComplete && spans.every(isComplete),
      flags: spans.filter(isFlag).map(shownFlag),
      totals,
      spans,
    };
  } finally {
    await provider.shutdown();
    await cost.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  }
}

async function runCall(call: ReportedCall, { withLlm }: Package): Promise<void> {
  const options = optionsOf(call);
  if (call.throws !== undefined) {
    const thrown = Object.assign(new Error('replayed'), call.throws);
    await withLlm(options, () => Promise.reject(thrown)).catch(() => undefined);
  } else if (call.stream !== undefined) {
    const { stream } = call;
    for await (const chunk of await withLlm(options, async () => chunksOf(stream))) void chunk;
  } else {
    await withLlm(options, async () => call.response);
  }
}

function optionsOf({ provider, model, operation, request, time }: ReportedCall): LlmOptions {
  return {
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    ...(operation !== undefined && { operation }),
    ...(request !== undefined && { request }),
    ...(time !== undefined && { startTimeMillis: Date.parse(time) }),
  };
}

async function* chunksOf(chunks: readonly unknown[]): AsyncGenerator<unknown> {
  for (const chunk of chunks) yield chunk;
}

function runSpan({ name, scope, start, attributes, time, error, children }: ReportedSpan): void {
  const tracer = trace.getTracer(scope ?? 'another-instrumentation');
  const startTime: TimeInput | undefined = time === undefined ? undefined : Date.parse(time);
  const options = {
    ...(start !== undefined && { attributes: start }),
    ...(startTime !== undefined && { startTime }),
  };
  tracer.startActiveSpan(name, options, (span) => {
    for (const child of children ?? []) runSpan(child);
    if (attributes !== undefined) span.setAttributes(attributes);
    if (error !== undefined && error !== false) {
      span.setStatus({ code: SpanStatusCode.ERROR, ...(typeof error === 'string' && { message: error }) });
    }
    span.end(startTime === undefined ? undefined : startTime + 1000);
  });
}

function isComplete({ attributes }: ReadableSpan): boolean {
  return attributes['task.cost_complete'] !== false && attributes['session.cost_complete'] !== false;
}

function isFlag({ attributes }: ReadableSpan): boolean {
  return FLAGS.includes(attributes['cost.status']);
}

function shownFlag({ attributes }: ReadableSpan): string {
  return `${attributes['cost.status']}:${attributes['cost.reason']}`;
}
