/** Spans that were recorded from real instrumentations: offline, they get what the processor gives them. */
import { readFileSync } from 'node:fs';
import { type Attributes, type TracerProvider, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceSpans } from '../../src/offline.js';
import spanCases from '../fixtures/span-attributes.json' with { type: 'json' };
import otherTraces from '../fixtures/span-traces.json' with { type: 'json' };
import { type Final, finalOfLive, finalOfOffline } from '../support/offline/compare.js';
import { type PlayedSpan, playSpans, recordedBy } from '../support/offline/program.js';
import { startTracing, stopTracing } from '../support/tracing.js';

interface RealTrace {
  pair: string;
  scenario: string;
  api: string;
  /** A span's number twice: at its start and at its end. */
  order: number[];
  spans: PlayedSpan[];
}

const REAL: RealTrace[] = JSON.parse(
  readFileSync(new URL('../fixtures/real-sdk-spans.json', import.meta.url), 'utf8'),
).traces;

function numbered(spans: readonly PlayedSpan[]): PlayedSpan[] {
  return spans.map((span, index) => ({ ...span, name: `${span.name} #${index}` }));
}

type Keep = (key: string) => boolean;

/** Compares the attributes that are kept: by default all. */
async function isSame(
  work: (provider: TracerProvider) => void,
  keep: Keep = () => true,
): Promise<Attributes> {
  const { spans } = startTracing();
  work(trace.getTracerProvider());
  const live = finalOfLive(spans());
  await stopTracing();
  const given = recordedBy(work);
  const priced = priceSpans(given);
  expect(kept(finalOfOffline(given, priced), keep)).toEqual(kept(live, keep));
  return priced.find(({ parentSpanId }) => parentSpanId === undefined)?.attributes ?? {};
}

function kept(final: Final, keep: Keep): Final {
  const entries = Object.entries(final).map(([name, attributes]): [string, Record<string, unknown>] => [
    name,
    Object.fromEntries(Object.entries(attributes).filter(([key]) => keep(key))),
  ]);
  return Object.fromEntries(entries);
}

/** Usage is written at the end, as most instrumentations do. */
function isUsage(key: string): boolean {
  return /usage|token_count|cost|response/.test(key);
}

function eventsOf({ order }: RealTrace): { index: number; isEnd: boolean }[] {
  const started = new Set<number>();
  return order.map((index) => {
    const isEnd = started.has(index);
    started.add(index);
    return { index, isEnd };
  });
}

function withRoleAtStart(span: PlayedSpan): PlayedSpan {
  const late = Object.entries(span.atEnd ?? {});
  const atStart = { ...span.atStart, ...Object.fromEntries(late.filter(([key]) => !isUsage(key))) };
  return { ...span, atStart, atEnd: Object.fromEntries(late.filter(([key]) => isUsage(key))) };
}

/** An agent that shows only at its end that it is one gets no roll-up live. Offline it does. */
const BILLS = /^(cost|task\.(?!id|name|steps))/;

describe('the traces of the real clients and instrumentations', () => {
  it('get the same, where spans show from their start what they are', async () => {
    expect(REAL.length).toBeGreaterThan(50);
    for (const real of REAL)
      await isSame((provider) =>
        playSpans(numbered(real.spans).map(withRoleAtStart), eventsOf(real), provider, 1),
      );
  });

  it('get the same bills and totals as recorded', async () => {
    for (const real of REAL)
      await isSame(
        (provider) => playSpans(numbered(real.spans), eventsOf(real), provider, 1),
        (key) => BILLS.test(key),
      );
  });
});

function spansOf(traceOf: (typeof otherTraces.traces)[number]): PlayedSpan[] {
  const spans = traceOf.spans.map((one): PlayedSpan => {
    const found = spanCases.cases.find(({ id }) => id === one.case);
    const entries = Object.entries((found?.attributes ?? {}) as Attributes);
    const parent = traceOf.spans.findIndex(({ span }) => span === one.parent);
    return {
      name: found?.name ?? '',
      scope: found?.instrumentation.name ?? '',
      parent: parent + 1,
      atStart: Object.fromEntries(entries.filter(([key]) => !isUsage(key))),
      atEnd: Object.fromEntries(entries.filter(([key]) => isUsage(key))),
    };
  });
  return numbered([{ name: 'POST /agent', scope: 'http' }, ...spans]);
}

/** Parents first, whatever the order in the file. */
function startsOf(spans: readonly PlayedSpan[]): number[] {
  const depth = (index: number): number => {
    const { parent } = spans[index] ?? {};
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  return spans.map((_, index) => index).sort((a, b) => depth(a) - depth(b));
}

describe('traces recorded from other instrumentations', () => {
  it.each(otherTraces.traces)(
    '$group: the same, and billed once, whatever order its spans end in',
    async (traceOf) => {
      const spans = spansOf(traceOf);
      const inside = spans.map((_, index) => index).slice(1);
      const orders = fc.shuffledSubarray(inside, { minLength: inside.length, maxLength: inside.length });
      await fc.assert(
        fc.asyncProperty(orders, async (order) => {
          const events = [
            ...startsOf(spans).map((index) => ({ index, isEnd: false })),
            ...[...order, 0].map((index) => ({ index, isEnd: true })),
          ];
          const task = await isSame((provider) => playSpans(spans, events, provider, 1));
          expect(task['task.input_tokens'] ?? 0).toBe(traceOf.true_usage.input_total);
          expect(task['task.output_tokens'] ?? 0).toBe(traceOf.true_usage.output_total);
        }),
        { numRuns: 15 },
      );
    },
  );
});
