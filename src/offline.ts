/**
 * The entry `otel-agent-cost/offline`: prices of recorded spans, their arithmetic, and hints over them, without
 * OpenTelemetry.
 */

export type { OfflineOptions, OfflineSpan, PricedAttributes, PricedSpan } from './offline/offline-span.js';
export { priceSpans } from './offline/price-spans.js';
export { costHintsOf, type SpanHint } from './offline/span-hints.js';
export type { CostHint, CostHintKind } from './optimize/hint.js';
export { type ExplainedCost, explainCost } from './pricing/explain.js';
export type { ExplainedCall, ExplainedTokens } from './pricing/explained-call.js';
export type { ExplainedLine } from './pricing/explained-lines.js';
