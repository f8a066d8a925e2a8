/**
 * MLflow 3.17.2, its server with a SQL store. On arrival, `translate_span_when_storing` prices each span with usage and a
 * model that carries no `mlflow.llm.cost`. A trace is `aggregate_cost_from_span_nodes`: from the roots down, a span with a
 * cost counts, and everything below it does not. What it really shows: integration/ai-backends/measured.json.
 */
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { attribute, type OwnPrices, type TraceTotal } from './backend.js';

function costOf(span: ReadableSpan, ownPrices: OwnPrices): number | undefined {
  const given = attribute(span, 'mlflow.llm.cost');
  if (typeof given === 'string') return JSON.parse(given).total_cost;
  return ownPrices(span);
}

export const mlflow: TraceTotal = (spans, ownPrices) => {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;
  const total = (span: ReadableSpan): number => {
    const cost = costOf(span, ownPrices);
    if (cost !== undefined) return cost;
    const below = spans.filter((child) => parentOf(child) === span.spanContext().spanId);
    return below.reduce((sum, child) => sum + total(child), 0);
  };
  const roots = spans.filter((span) => !ids.has(parentOf(span) ?? ''));
  return roots.reduce((sum, root) => sum + total(root), 0);
};
