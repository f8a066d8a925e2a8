import type { OfflineSpan, PricedSpan } from 'otel-agent-cost/offline';

/** `priceSpans` of the library, with the options of this store, or a stand-in of the tests. */
export type PriceSpans = (spans: readonly OfflineSpan[]) => PricedSpan[];
