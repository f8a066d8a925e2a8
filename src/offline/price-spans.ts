import { runAside } from '../aside.js';
import { checked } from '../validate.js';
import { givenTraces } from './given-spans.js';
import { type OfflineOptions, type OfflineSpan, offlineOptions, type PricedSpan } from './offline-span.js';
import { TraceReplay } from './trace-replay.js';

/**
 * Prices recorded spans: returns the attributes that `CostSpanProcessor` would have written on them. Only spans that got
 * something are returned, by trace and in the order of their starts.
 *
 * Each trace is priced by itself, and each call starts from nothing: the process, its metrics and its own processor are
 * not touched, and no warning is reported. The order of the input does not matter. Spans that carry our keys already
 * keep them: nothing is returned for them. Takes about 10 µs a span.
 *
 * Throws `InvalidOptionError` if an option is invalid, or if `spans` is no array of spans. Values inside a span never
 * make it throw.
 *
 * @example
 * for (const { spanId, attributes } of priceSpans(spans)) console.log(spanId, attributes.cost_usd);
 */
export function priceSpans(spans: readonly OfflineSpan[], options: OfflineOptions = {}): PricedSpan[] {
  const path = 'priceSpans options';
  const checkedOptions = checked(path, () => offlineOptions(path, options));
  const traces = givenTraces(spans);
  return runAside(() => {
    const { prices } = new TraceReplay([], checkedOptions).runtime;
    const byId = [...traces].sort(([a], [b]) => (a < b ? -1 : 1));
    return byId.flatMap(([, trace]) => new TraceReplay(trace, checkedOptions, prices).run());
  });
}
