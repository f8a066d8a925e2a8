/**
 * OpenLIT, client 1.24.2. Sum: `getTotalCost` with `getFilterWhereCondition`: spans with the cost attribute whose status
 * is not ERROR, no vector databases. Auto Pricing, off unless set up: `autoUpdatePricing` fills in chat spans whose cost
 * is absent or 0.
 */
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { amount, hasError, operation, sumOf, type TraceTotal } from './backend.js';

function isCounted(span: ReadableSpan): boolean {
  return !hasError(span) && operation(span) !== 'vectordb';
}

const written = (span: ReadableSpan) => amount(span, 'gen_ai.usage.cost');

export const openlit: TraceTotal = (spans) => sumOf(spans.filter(isCounted), written);

export const openlitAutoPricing: TraceTotal = (spans, ownPrices) =>
  sumOf(spans.filter(isCounted), (span) => {
    const cost = written(span) ?? 0;
    return cost === 0 && operation(span) === 'chat' ? ownPrices(span) : cost;
  });
