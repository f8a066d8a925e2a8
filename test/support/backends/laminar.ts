/**
 * Laminar, app-server of June 2026 (commit 39a1e59): `get_llm_usage_for_span` in `traces/utils.rs`. Every span counts; a
 * cost above 0 is kept, anything else is priced by its own list wherever there is a model.
 */
import { amount, modelOf, sumOf, type TraceTotal } from './backend.js';

export const laminar: TraceTotal = (spans, ownPrices) =>
  sumOf(spans, (span) => {
    const input = amount(span, 'gen_ai.usage.input_cost') ?? 0;
    const output = amount(span, 'gen_ai.usage.output_cost') ?? 0;
    const total = amount(span, 'gen_ai.usage.cost') ?? input + output;
    if (input > 0 || output > 0 || total > 0 || modelOf(span) === undefined) return total;
    return ownPrices(span) ?? total;
  });
