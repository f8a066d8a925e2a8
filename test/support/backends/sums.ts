/** Backends that add up one attribute over the spans they have. */
import { amount, attribute, modelOf, operation, sumOf, type TraceTotal } from './backend.js';

/** SigNoz, August 2026 (commit 9997c3d), LLM overview dashboard: `sum(gen_ai.usage.cost)`, no filter. */
export const signoz: TraceTotal = (spans) => sumOf(spans, (span) => amount(span, 'gen_ai.usage.cost'));

/** Logfire: `operation.cost` of a span is its cost, and is queried as `sum(attributes->>'operation.cost')`. */
export const logfire: TraceTotal = (spans) => sumOf(spans, (span) => amount(span, 'operation.cost'));

/**
 * Arize AX, "How cost tracking works": a span that carries any of `llm.cost.*` keeps them, other LLM spans with an
 * OpenInference model name are priced by its list; a trace is the sum of its spans.
 */
export const arize: TraceTotal = (spans, ownPrices) =>
  sumOf(spans, (span) => {
    const total = amount(span, 'llm.cost.total');
    if (total !== undefined) return total;
    return attribute(span, 'llm.model_name') === undefined ? undefined : ownPrices(span);
  });

/** The convention's draft (semantic-conventions-genai, pull request 443): an amount in a currency. */
export const otelDraft: TraceTotal = (spans) =>
  sumOf(spans, (span) =>
    attribute(span, 'gen_ai.usage.cost.currency') === 'USD'
      ? amount(span, 'gen_ai.usage.cost.amount')
      : undefined,
  );

/** A query of your own, in Tempo, Jaeger, Honeycomb, ClickHouse and others. */
export const ownQuery: TraceTotal = (spans) => sumOf(spans, (span) => amount(span, 'cost_usd'));

/**
 * Phoenix 20.26.1: `should_calculate_span_cost` and `SpanCostCalculator`: LLM spans with a model, by its own list alone.
 * Costs on the span are shown, not added up.
 */
export const phoenix: TraceTotal = (spans, ownPrices) =>
  sumOf(
    spans.filter((span) => operation(span) === 'chat' && modelOf(span) !== undefined),
    ownPrices,
  );
