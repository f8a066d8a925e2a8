/**
 * Opik, backend of 2026: `GenAIMappingRules` (`gen_ai.usage.cost` is the cost of the span, and makes it one of type
 * llm), `SpanDAO.bindCost` (a cost that is given, 0 included, is not worked out anew), trace cost = sum of its spans.
 */
import { amount, modelOf, sumOf, type TraceTotal } from './backend.js';

export const opik: TraceTotal = (spans, ownPrices) =>
  sumOf(
    spans,
    (span) =>
      amount(span, 'gen_ai.usage.cost') ?? (modelOf(span) === undefined ? undefined : ownPrices(span)),
  );
