/** What holds for `priceSpans` whatever it is given. */
import { trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OfflineSpan, type PricedSpan, priceSpans } from '../../src/offline.js';
import { FOREIGN_TOOL, FOREIGN_TOOL_USD } from '../support/laws/foreign-work.js';
import { holds } from '../support/laws/law.js';
import { Run } from '../support/laws/run-work.js';
import { FOREIGN_KINDS, forests, OWN_KINDS, type Work } from '../support/laws/work.js';
import { offlineSpan, type Program, play, programs, recorded } from '../support/offline/program.js';
import { TOOLS } from '../support/offline/shapes.js';
import { startTracing, stopTracing } from '../support/tracing.js';

const OPTIONS = { tools: TOOLS };

function pico(usd: unknown): number {
  return Math.round(Number(usd ?? 0) * 1e12);
}

/** The spans with what they were given, and those that were added. */
function merged(spans: readonly OfflineSpan[], priced: readonly PricedSpan[]): OfflineSpan[] {
  const byId = new Map(priced.map((each) => [each.spanId, each]));
  const own = spans.map((span) => ({
    ...span,
    attributes: { ...span.attributes, ...byId.get(span.spanId)?.attributes },
  }));
  return [...own, ...priced.filter(({ added }) => added)];
}

/** Own cost at and below a span. */
function ownBelow(spans: readonly OfflineSpan[], top: OfflineSpan): number {
  const below = new Set([top.spanId]);
  let sum = 0;
  for (let grew = true; grew; ) {
    grew = false;
    for (const { spanId, parentSpanId } of spans) {
      if (below.has(spanId) || parentSpanId === undefined || !below.has(parentSpanId)) continue;
      below.add(spanId);
      grew = true;
    }
  }
  for (const { spanId, attributes } of spans) if (below.has(spanId)) sum += pico(attributes.cost_usd);
  return sum;
}

async function conserves(program: Program): Promise<void> {
  const spans = recorded(program, 'trace');
  const all = merged(spans, priceSpans(spans, OPTIONS));
  for (const span of all) {
    for (const scope of ['task', 'agent', 'step']) {
      const total = span.attributes[`${scope}.cost_usd`];
      if (total !== undefined) expect(pico(total), `${span.name} ${scope}`).toBe(ownBelow(all, span));
    }
  }
}

/** Without spans that show what they are only at their end: the processor took some of them for none of ours. */
function atOnce(work: Work): Work {
  return { ...work, late: false, children: work.children.map(atOnce) };
}

const shuffled = programs.chain((program) =>
  fc.record({
    program: fc.constant(program),
    order: fc.array(fc.double({ noNaN: true }), { minLength: 60, maxLength: 60 }),
  }),
);

describe('priceSpans', () => {
  it('states in each roll-up what it billed at and below it', () =>
    holds('offline, conservation', programs, conserves));

  it('does not depend on the order of the spans, and changes none of them', () =>
    holds('offline, order', shuffled, async ({ program, order }) => {
      const spans = recorded(program, 'trace');
      for (const { attributes } of spans) Object.freeze(attributes);
      const other = spans
        .map((span, at) => ({ span, at }))
        .sort((a, b) => (order[a.at] ?? 0) - (order[b.at] ?? 0));
      const before = structuredClone(spans);
      const priced = priceSpans(spans, OPTIONS);
      expect(
        priceSpans(
          other.map(({ span }) => Object.freeze(span)),
          OPTIONS,
        ),
      ).toEqual(priced);
      expect(priceSpans([...spans, ...spans], OPTIONS)).toEqual(priced);
      expect(spans).toEqual(before);
    }));

  it('gives nothing to spans that it has priced before', () =>
    holds('offline, idempotent', programs, async (program) => {
      const spans = recorded(program, 'trace');
      expect(priceSpans(merged(spans, priceSpans(spans, OPTIONS)), OPTIONS)).toEqual([]);
    }));

  it('gives nothing to spans that the processor has priced', () =>
    holds('offline, priced live', programs, async (program) => {
      const { spans } = startTracing({ cost: OPTIONS });
      play(program, trace.getTracerProvider(), 'trace');
      const sent = spans().map(offlineSpan);
      await stopTracing();
      expect(priceSpans(sent, OPTIONS)).toEqual([]);
    }));

  it('gives nothing to the work of wrappers, nor to the spans of others inside', () =>
    holds(
      'offline, wrappers',
      forests({ kinds: [...OWN_KINDS, ...FOREIGN_KINDS], unknownModels: true }),
      async (forest) => {
        const { spans } = startTracing({
          cost: { tools: { [FOREIGN_TOOL]: { costUsd: FOREIGN_TOOL_USD } } },
        });
        await new Run('session').all(forest.map(atOnce));
        const sent = spans().map(offlineSpan);
        await stopTracing();
        expect(priceSpans(sent, { tools: { [FOREIGN_TOOL]: { costUsd: 1 } } })).toEqual([]);
      },
    ));

  it('prices each trace by itself', () =>
    holds('offline, traces', fc.tuple(programs, programs), async ([one, two]) => {
      const traces = [recorded(one, 'trace'), recorded(two, 'trace')];
      const apart = traces.flatMap((spans) => priceSpans(spans, OPTIONS));
      const together = priceSpans(traces.flat(), OPTIONS);
      expect(together).toHaveLength(apart.length);
      expect(priceSpans(traces.toReversed().flat(), OPTIONS)).toEqual(together);
      expect(together).toEqual(expect.arrayContaining(apart));
    }));
});
