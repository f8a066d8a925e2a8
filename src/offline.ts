/** The entry `otel-agent-cost/offline`: prices of recorded spans, and hints over them, without OpenTelemetry. */

export type { OfflineOptions, OfflineSpan, PricedAttributes, PricedSpan } from './offline/offline-span.js';
export { priceSpans } from './offline/price-spans.js';
export { costHintsOf, type SpanHint } from './offline/span-hints.js';
export type { CostHint, CostHintKind } from './optimize/hint.js';
