/** Times of spans. */
import type { DecodedSpan } from '../otlp/span.js';

const NANOS_PER_MILLI = 1_000_000n;
const DAY_MILLIS = 86_400_000;
/** No span is older than OpenTelemetry's parents. Older times, such as 0, are faults. */
const EARLIEST_MILLIS = Date.UTC(2010, 0, 1);

export function nanosOf(millis: number): bigint {
  return BigInt(Math.floor(millis)) * NANOS_PER_MILLI;
}

/** With a fraction: nanoseconds survive to about a quarter of a microsecond. */
export function millisOf(nanos: bigint): number {
  return Number(nanos / NANOS_PER_MILLI) + Number(nanos % NANOS_PER_MILLI) / 1e6;
}

/**
 * The times by which the span is found. A start before 2010 or more than a day after the arrival is replaced by the
 * time of arrival, and an end before the start, or as late, by the start; what the span said is kept.
 */
export function effectiveTimes({ startNanos, endNanos }: DecodedSpan, arrivedMillis: number) {
  const earliest = nanosOf(EARLIEST_MILLIS);
  const latest = nanosOf(arrivedMillis + DAY_MILLIS);
  const isStartFine = startNanos >= earliest && startNanos <= latest;
  const isEndFine = endNanos >= startNanos && endNanos <= latest;
  const start = isStartFine ? startNanos : nanosOf(arrivedMillis);
  return {
    startNanos: start,
    endNanos: isEndFine && endNanos >= start ? endNanos : start,
    original: isStartFine && isEndFine ? null : `{"start":"${startNanos}","end":"${endNanos}"}`,
  };
}
