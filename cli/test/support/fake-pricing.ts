import type { OfflineSpan, PricedAttributes, PricedSpan } from 'otel-agent-cost/offline';
import type { PriceSpans } from '../../src/store/price-spans.js';

const USD_PER_TOKEN = 1e-6;

/**
 * Pricing that is easy to check: $0.000001 a token, and the root of a trace is its task. The real one is tested in the
 * package that it comes from.
 */
export const fakePricing: PriceSpans = (spans) => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const rootOf = (span: OfflineSpan): OfflineSpan => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent === undefined ? span : rootOf(parent);
  };
  const priced: PricedSpan[] = [];
  const totals = new Map<OfflineSpan, number>();
  for (const span of spans) {
    const tokens = span.attributes['gen_ai.usage.input_tokens'];
    if (typeof tokens !== 'number' || span.endTimeUnixNano === undefined) continue;
    const root = rootOf(span);
    totals.set(root, (totals.get(root) ?? 0) + tokens);
    priced.push(
      result(span, {
        cost_usd: tokens * USD_PER_TOKEN,
        'cost.kind': 'llm',
        'cost.source': 'genai-prices/openai/gpt-4o@0.1.8',
        'task.id': root.spanId,
        'task.name': root.name,
      }),
    );
  }
  for (const [root, tokens] of totals) {
    if (root.endTimeUnixNano === undefined) continue;
    const kept = priced.find(({ spanId }) => spanId === root.spanId)?.attributes;
    priced.push(
      result(root, {
        ...kept,
        'task.id': root.spanId,
        'task.name': root.name,
        'task.cost_usd': tokens * USD_PER_TOKEN,
        'task.llm_cost_usd': tokens * USD_PER_TOKEN,
        'task.cost_complete': true,
      }),
    );
  }
  return [...new Map(priced.map((span) => [span.spanId, span])).values()];
};

function result(span: OfflineSpan, attributes: PricedAttributes): PricedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    startTimeUnixNano: span.startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano,
    added: false,
    attributes,
  };
}
