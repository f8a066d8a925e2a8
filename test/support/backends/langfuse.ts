/**
 * Langfuse. Export filter: `isDefaultExportSpan` of @langfuse/otel 5.10.1. Ingestion and sums, server 4.16.0:
 * `OtelIngestionProcessor` (which key wins; agents and steps carry no cost), `IngestionService.calculateUsageCosts` (any
 * cost that is given, 0 included, keeps it from pricing; a given total is taken as it stands), `sum(total_cost)`.
 */
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { attribute, modelOf, operation, sumOf, type TraceTotal } from './backend.js';

const KNOWN_SCOPES = ['langfuse-sdk', 'openinference', 'opentelemetry.instrumentation.openai'];
const AGGREGATES: readonly unknown[] = ['invoke_agent', 'agent_step'];

export function isExported(span: ReadableSpan): boolean {
  const scope = span.instrumentationScope.name;
  return (
    Object.keys(span.attributes).some((key) => key.startsWith('gen_ai.')) ||
    scope === 'ai' ||
    KNOWN_SCOPES.some((known) => scope === known || scope.startsWith(`${known}.`))
  );
}

function givenCost(span: ReadableSpan): Record<string, unknown> {
  const details = attribute(span, 'langfuse.observation.cost_details');
  if (typeof details === 'string') return JSON.parse(details);
  const total = attribute(span, 'gen_ai.usage.cost') ?? attribute(span, 'llm.cost.total');
  return total === undefined || total === '' ? {} : { total };
}

/** What was given, without what its schema refuses. */
export function costDetails(span: ReadableSpan): Record<string, number> {
  const details: Record<string, number> = {};
  if (AGGREGATES.includes(operation(span))) return details;
  for (const [key, value] of Object.entries(givenCost(span)))
    if (typeof value === 'number' && value >= 0) details[key] = value;
  return details;
}

export const langfuse: TraceTotal = (spans, ownPrices) =>
  sumOf(spans.filter(isExported), (span) => {
    const { total, ...parts } = costDetails(span);
    if (total !== undefined) return total;
    if (Object.keys(parts).length > 0) return (parts.input ?? 0) + (parts.output ?? 0);
    const isAggregate = AGGREGATES.includes(operation(span));
    return isAggregate || modelOf(span) === undefined ? undefined : ownPrices(span);
  });
