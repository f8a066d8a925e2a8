import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLlm } from '../../src/index.js';
import spanCases from '../fixtures/span-attributes.json' with { type: 'json' };
import recorded from '../fixtures/span-traces.json' with { type: 'json' };
import { startTracing, stopTracing } from '../support/tracing.js';

/** When a span's attributes are there: most instrumentations set the usage late, some set everything late. */
type Timing = 'at start' | 'usage late' | 'all late';

interface Play {
  order: number[];
  timing: Timing;
}

const ROOT = 'POST /agent';

function attributesOf(id: string): { name: string; scope: string; attributes: Attributes } {
  const found = spanCases.cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return { name: found.name, scope: found.instrumentation.name, attributes: found.attributes as Attributes };
}

function isUsage(key: string): boolean {
  return /usage|token_count|cost|response/.test(key);
}

/** Starts a trace's spans, parents first, and ends them in the given order, under one root that ends last. */
function play(traceOf: (typeof recorded.traces)[number], { order, timing }: Play): Attributes {
  const tracing = startTracing();
  const root = trace.getTracer('http').startSpan(ROOT);
  const started = new Map<string | null, { span: Span; late: Attributes }>();
  const parentsFirst = [...traceOf.spans].sort((a, b) => depth(traceOf, a.span) - depth(traceOf, b.span));
  for (const one of parentsFirst) {
    const { name, scope, attributes } = attributesOf(one.case);
    const isLate = (key: string) => timing === 'all late' || (timing === 'usage late' && isUsage(key));
    const early = Object.fromEntries(Object.entries(attributes).filter(([key]) => !isLate(key)));
    const late = Object.fromEntries(Object.entries(attributes).filter(([key]) => isLate(key)));
    const parent = started.get(one.parent)?.span ?? root;
    const around = trace.setSpan(context.active(), parent);
    started.set(one.span, {
      span: trace.getTracer(scope).startSpan(name, { attributes: early }, around),
      late,
    });
  }
  for (const index of order) {
    const { span, late } = started.get(traceOf.spans[index]?.span ?? null) ?? {};
    if (late !== undefined) span?.setAttributes(late);
    span?.end();
  }
  root.end();
  return tracing.attributes(ROOT);
}

function depth(traceOf: (typeof recorded.traces)[number], span: string | null): number {
  const one = traceOf.spans.find((other) => other.span === span);
  return one === undefined ? 0 : 1 + depth(traceOf, one.parent);
}

describe('traces recorded from other instrumentations', () => {
  it.each(recorded.traces)('$group: is billed once, whatever order its spans end in', async (traceOf) => {
    const positions = traceOf.spans.map((_, index) => index);
    const plays = fc.record({
      order: fc.shuffledSubarray(positions, { minLength: positions.length, maxLength: positions.length }),
      timing: fc.constantFrom<Timing>('at start', 'usage late', 'all late'),
    });
    await fc.assert(
      fc.asyncProperty(plays, async (chosen) => {
        const task = play(traceOf, chosen);
        expect(task['task.input_tokens'] ?? 0).toBe(traceOf.true_usage.input_total);
        expect(task['task.output_tokens'] ?? 0).toBe(traceOf.true_usage.output_total);
        await stopTracing();
      }),
      { numRuns: 60 },
    );
  });

  it.each(recorded.traces)('$group: is one bill inside withLlm', (traceOf) => {
    const tracing = startTracing();
    withLlm({ provider: 'anthropic' }, () => {
      const started = new Map<string | null, Span>();
      for (const one of [...traceOf.spans].sort((a, b) => depth(traceOf, a.span) - depth(traceOf, b.span))) {
        const { name, scope, attributes } = attributesOf(one.case);
        const parent = started.get(one.parent);
        const around = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
        started.set(one.span, trace.getTracer(scope).startSpan(name, { attributes }, around));
      }
      for (const span of [...started.values()].reverse()) span.end();
    });
    const wrapper = tracing.attributes('chat');
    const billed = tracing.spans().filter((span) => span.attributes.cost_usd !== undefined);
    const hasAgents = traceOf.spans.some(({ case: id }) =>
      /agent|tool|step/i.test(JSON.stringify(attributesOf(id))),
    );
    if (!hasAgents && traceOf.true_usage.input_total > 0) expect(billed).toHaveLength(1);
    expect(wrapper['task.input_tokens']).toBe(traceOf.true_usage.input_total);
    expect(wrapper['task.output_tokens']).toBe(traceOf.true_usage.output_total);
  });
});
