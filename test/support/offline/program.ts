/** Random programs of other instrumentations' spans, played on a real SDK. */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import fc from 'fast-check';
import type { OfflineSpan } from '../../../src/offline.js';
import { type Facts, SHAPES, type Shape } from './shapes.js';

export interface Step {
  kind: string;
  /** Which of the spans before it is its parent; those that have ended included. */
  parent: number;
  facts: Omit<Facts, 'id' | 'trace'>;
  /** Starts of other spans that it stays open for; it also waits for its children with `waits`. */
  lasts: number;
  waits: boolean;
  usageAtStart: boolean;
}

export type Program = readonly Step[];

/** Gaps are larger than what is taken for one synchronous step. */
const STEP_MILLIS = 10;
const BEGIN_MILLIS = Date.UTC(2026, 5, 1);

const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...Object.keys(SHAPES)),
  parent: fc.nat(30),
  facts: fc.record({
    input: fc.oneof(fc.constantFrom(0, 1000), fc.nat(200_000)),
    output: fc.oneof(fc.constantFrom(0, 100), fc.nat(5_000)),
    choice: fc.nat(7),
    failed: fc.boolean(),
  }),
  lasts: fc.nat(6),
  waits: fc.boolean(),
  usageAtStart: fc.boolean(),
});

export const programs: fc.Arbitrary<Program> = fc
  .array(fc.tuple(steps, fc.nat(3)), { minLength: 1, maxLength: 14 })
  .map((each) => each.flatMap(([step, again]) => (again === 0 ? withRetry(step) : [step])));

/** A call that fails at once, and the same call again. */
function withRetry(step: Step): Step[] {
  const first = { ...step, lasts: 0, waits: false, facts: { ...step.facts, failed: true } };
  return [first, { ...step, facts: { ...step.facts, failed: false } }];
}

interface Event {
  at: number;
  index: number;
  isEnd: boolean;
}

function shapeOf({ kind, facts }: Step, index: number, traceName: string): Shape {
  const shape = SHAPES[kind];
  if (shape === undefined) throw new Error(`no shape ${kind}`);
  return shape({ ...facts, id: `#${index}`, trace: traceName });
}

/** The parent of each step; -1 for the root. An attempt has the parent of the one before it. */
function parentsOf(program: Program): number[] {
  const parents: number[] = [];
  for (const [index, { parent, facts }] of program.entries()) {
    const before = program[index - 1];
    const isAgain = index > 1 && before?.facts.choice === facts.choice && before.parent === parent;
    parents.push(index === 0 ? -1 : isAgain ? (parents[index - 1] ?? 0) : parent % index);
  }
  return parents;
}

/** Every start and end at a time of its own. */
function eventsOf(program: Program): Event[] {
  const parents = parentsOf(program);
  const ends = program.map(({ lasts }, index) => index + lasts + 0.5 - index / 1000);
  for (let index = program.length - 1; index > 0; index--) {
    const parent = parents[index] ?? 0;
    if (program[parent]?.waits) ends[parent] = Math.max(ends[parent] ?? 0, (ends[index] ?? 0) + 0.0001);
  }
  const events = program.flatMap((_, index): Event[] => [
    { at: index, index, isEnd: false },
    { at: ends[index] ?? index, index, isEnd: true },
  ]);
  return events.sort((a, b) => a.at - b.at);
}

/** Plays a program. The name of each span is unique in it. */
export function play(program: Program, provider: TracerProvider, traceName: string): void {
  const parents = parentsOf(program);
  const spans = program.map((step, index): PlayedSpan => {
    const { name, scope, start, end } = shapeOf(step, index, traceName);
    const atStart = step.usageAtStart ? { ...start, ...end } : start;
    return { name, scope, parent: parents[index], atStart, atEnd: end, failed: step.facts.failed };
  });
  playSpans(spans, eventsOf(program), provider, STEP_MILLIS);
}

export interface PlayedSpan {
  name: string;
  scope: string;
  parent?: number | undefined;
  atStart?: Attributes | undefined;
  atEnd?: Attributes | undefined;
  failed?: boolean | undefined;
}

/** Starts and ends spans in an order, each event some milliseconds after the one before it. */
export function playSpans(
  all: readonly PlayedSpan[],
  events: readonly { index: number; isEnd: boolean }[],
  provider: TracerProvider,
  stepMillis: number,
): void {
  const spans: Span[] = [];
  let now = BEGIN_MILLIS;
  for (const { index, isEnd } of events) {
    now += stepMillis;
    const { name = '', scope = '', parent = -1, atStart = {}, atEnd = {}, failed } = all[index] ?? {};
    if (isEnd) {
      const span = spans[index];
      span?.setAttributes(atEnd);
      if (failed) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end(now);
      continue;
    }
    const around = spans[parent];
    const ctx: Context = around === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, around);
    spans[index] = provider.getTracer(scope).startSpan(name, { attributes: atStart, startTime: now }, ctx);
  }
}

const NANOS = 1_000_000_000n;

/** A span in the form that `priceSpans` takes. */
export function offlineSpan(span: ReadableSpan): OfflineSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    startTimeUnixNano: BigInt(span.startTime[0]) * NANOS + BigInt(span.startTime[1]),
    endTimeUnixNano: span.ended ? BigInt(span.endTime[0]) * NANOS + BigInt(span.endTime[1]) : undefined,
    attributes: span.attributes,
    statusCode: span.status.code,
    scopeName: span.instrumentationScope.name,
  };
}

/** The spans of a program as an SDK without this package records them. */
export function recorded(program: Program, traceName: string): OfflineSpan[] {
  return recordedBy((provider) => play(program, provider, traceName));
}

/** The spans that some work leaves in an SDK without this package. Some may be open still. */
export function recordedBy(work: (provider: TracerProvider) => void): OfflineSpan[] {
  const all: ReadableSpan[] = [];
  const recorder: SpanProcessor = {
    onStart: (span) => all.push(span),
    onEnd: () => {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  work(new NodeTracerProvider({ spanProcessors: [recorder] }));
  return all.map(offlineSpan);
}
