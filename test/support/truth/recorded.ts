/** Everything that was recorded from real calls, as cases: what the app gave us and what the call cost or counted. */
import { readFileSync } from 'node:fs';
import type { Attributes } from '@opentelemetry/api';
import spanCases from '../../fixtures/span-attributes.json' with { type: 'json' };
import spanTraces from '../../fixtures/span-traces.json' with { type: 'json' };
import trajectories from '../../fixtures/trajectories.json' with { type: 'json' };
import usageShapes from '../../fixtures/usage-shapes.json' with { type: 'json' };
import type { Statement } from './replay.js';
import type { Report, ReportedSpan } from './report.js';

export interface Recorded {
  id: string;
  /** LLM calls that were made. */
  calls: number;
  input: Report['input'];
  isRight(statement: Statement): boolean;
}

const REAL_SDKS = new URL('../../fixtures/real-sdk-spans.json', import.meta.url);
/** Where no dated price changes between the recordings. */
const TIME = '2026-06-01T12:00:00Z';

/**
 * Recorders that never tell cached tokens apart: their spans of a call with a cache and of one without look the same, so
 * none of their amounts is known to be right.
 */
const LOSSY_RECORDERS = ['opentelemetry-openai', 'openllmetry-openai', 'openllmetry-langchain'];

/** Audio that the price list has no rate for: counted right, and not priced right. */
const UNPRICED_AUDIO = 'u005';

interface RealSpan {
  name: string;
  scope: string;
  parent?: number;
  atStart?: Attributes;
  atEnd?: Attributes;
  failed?: boolean;
}

interface RealTrace {
  pair: string;
  scenario: string;
  served: { model: string; input: number; cacheRead: number; cacheWrite: number; output: number }[];
  spans: RealSpan[];
}

/** What the calls of the recorded instrumentations were answered with, in USD for a million tokens. */
const SERVED_RATES: Readonly<
  Record<string, { input: number; cacheRead: number; cacheWrite: number; output: number }>
> = {
  'gpt-4o-mini': { input: 0.15, cacheRead: 0.075, cacheWrite: 0, output: 0.6 },
  'gpt-5-mini': { input: 0.25, cacheRead: 0.025, cacheWrite: 0, output: 2 },
  'claude-sonnet-4-5': { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
};

export function recorded(): Recorded[] {
  return [...usages(), ...traces(), ...singleSpans(), ...realTraces(), ...runs()];
}

interface Counted {
  input_total: number | null;
  cache_read?: number | null;
  output_total: number | null;
}

function hasCounts({ totals, complete }: Statement, expected: Counted): boolean {
  return (
    complete &&
    totals.inputTokens === (expected.input_total ?? 0) &&
    totals.outputTokens === (expected.output_total ?? 0) &&
    totals.cacheReadTokens === (expected.cache_read ?? 0)
  );
}

function usages(): Recorded[] {
  return usageShapes.cases.map((one) => {
    const { provider, api, usage, expected } = one;
    const model = 'model' in one ? one.model : undefined;
    const response =
      api.includes('generateContent') && !('total_input_tokens' in usage)
        ? { modelVersion: model, candidates: [], usageMetadata: usage }
        : { id: one.id, model, usage };
    const call = { provider, time: TIME, response, ...(model !== undefined && { model }) };
    return {
      id: one.id,
      calls: 1,
      input: { calls: [call] },
      isRight: (statement) => one.id !== UNPRICED_AUDIO && hasCounts(statement, expected),
    };
  });
}

function traces(): Recorded[] {
  return spanTraces.traces.map((trace) => {
    const spanOf = (span: string, id: string): ReportedSpan => ({
      ...plainSpan(id),
      children: trace.spans
        .filter(({ parent }) => parent === span)
        .map((child) => spanOf(child.span, child.case)),
    });
    const ids = new Set(trace.spans.map(({ span }) => span));
    const roots = trace.spans.filter(({ parent }) => parent === null || !ids.has(parent));
    return {
      id: trace.group,
      calls: trace.spans.filter(({ case: id }) => caseOf(id).expected.role === 'llm').length,
      input: { spans: roots.map(({ span, case: id }) => spanOf(span, id)) },
      isRight: (statement) => hasCounts(statement, trace.true_usage),
    };
  });
}

/** Spans that stand alone in their group. */
function singleSpans(): Recorded[] {
  const grouped = new Set(spanTraces.traces.flatMap(({ spans }) => spans.map((span) => span.case)));
  return spanCases.cases.flatMap(({ id, expected, note }) => {
    // The recorder lost a part of the counts: what such a span says is not what was billed.
    const isLossy = /lost|lose|drop|missing|overprice|underprice/i.test(note ?? '');
    if (grouped.has(id) || expected.role !== 'llm' || expected.usage === null || isLossy) return [];
    const { usage } = expected;
    return [
      {
        id,
        calls: 1,
        input: { spans: [plainSpan(id)] },
        isRight: (statement: Statement) => hasCounts(statement, usage),
      },
    ];
  });
}

function caseOf(id: string): (typeof spanCases.cases)[number] {
  const found = spanCases.cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return found;
}

function plainSpan(id: string): ReportedSpan {
  const { name, instrumentation, attributes } = caseOf(id);
  return { name, scope: instrumentation.name, time: TIME, start: attributes as Attributes };
}

function realTraces(): Recorded[] {
  const all: readonly RealTrace[] = JSON.parse(readFileSync(REAL_SDKS, 'utf8')).traces;
  const faithful = all.filter(({ pair }) => !LOSSY_RECORDERS.some((recorder) => pair.endsWith(recorder)));
  return faithful.map((trace) => ({
    id: `${trace.pair} ${trace.scenario}`,
    calls: trace.served.length,
    input: {
      spans: trace.spans.flatMap(({ parent }, at) => (parent === undefined ? [realSpan(trace, at)] : [])),
    },
    isRight: ({ costUsd, complete }) => complete && Math.abs(costUsd - servedUsd(trace.served)) < 1e-9,
  }));
}

function realSpan(trace: RealTrace, at: number): ReportedSpan {
  const span = trace.spans[at];
  if (span === undefined) throw new Error(`no span ${at}`);
  const { name, scope, atStart, atEnd, failed } = span;
  const children = trace.spans.flatMap(({ parent }, child) =>
    parent === at ? [realSpan(trace, child)] : [],
  );
  return {
    name,
    scope,
    time: TIME,
    children,
    ...(atStart !== undefined && { start: atStart }),
    ...(atEnd !== undefined && { attributes: atEnd }),
    ...(failed !== undefined && { error: failed }),
  };
}

function servedUsd(served: RealTrace['served']): number {
  let usd = 0;
  for (const { model, input, output, cacheRead, cacheWrite } of served) {
    const rates = SERVED_RATES[model];
    if (rates === undefined) throw new Error(`no rates of ${model}`);
    const uncached = input - cacheRead - cacheWrite;
    usd += uncached * rates.input + cacheRead * rates.cacheRead + cacheWrite * rates.cacheWrite;
    usd += output * rates.output;
  }
  return usd / 1e6;
}

function runs(): Recorded[] {
  return trajectories.runs.map(({ id, costUsd, calls }) => ({
    id,
    calls: calls.length,
    input: {
      calls: calls.map(({ provider, model, counts }) => ({
        ...(provider !== null && { provider }),
        model,
        time: TIME,
        response: responseOf(provider, model, counts),
      })),
    },
    // Two of the bills were recorded with four decimals only.
    isRight: (statement) =>
      statement.complete && Math.abs(statement.costUsd - costUsd) < (costUsd > 1 ? 1e-4 : 1e-9),
  }));
}

function responseOf(provider: string | null, model: string, counts: readonly number[]): object {
  const [input = 0, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, output = 0] = counts;
  if (provider === 'openai' || cacheWrite + cacheWrite1h === 0) {
    return {
      id: `c-${counts.join('-')}`,
      model,
      usage: {
        prompt_tokens: input + cacheRead,
        completion_tokens: output,
        total_tokens: input + cacheRead + output,
        prompt_tokens_details: { cached_tokens: cacheRead },
      },
    };
  }
  return {
    type: 'message',
    model,
    usage: {
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: cacheWrite + cacheWrite1h,
      cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: cacheWrite1h },
    },
  };
}
