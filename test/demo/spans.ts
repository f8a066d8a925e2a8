import type { ReceivedSpan } from '../../examples/demo/receiver.js';

/** Makes spans as a receiver has them, each below the one that is named. */
export function spanFactory() {
  const spans: ReceivedSpan[] = [];
  return {
    spans,
    add(name: string, parentSpanId: string | undefined, attributes: object, failed = false): string {
      const number = spans.length + 1;
      spans.push({
        traceId: '1',
        spanId: String(number),
        parentSpanId,
        name,
        startTimeMillis: number,
        endTimeMillis: number,
        attributes: { ...attributes },
        failed,
        statusMessage: '',
      });
      return String(number);
    },
  };
}

/** The keys of a scope's roll-up that the demo shows. */
export function rollUp(scope: string, costUsd: number, inputTokens: number, outputTokens: number) {
  return {
    [`${scope}.cost_usd`]: costUsd,
    [`${scope}.input_tokens`]: inputTokens,
    [`${scope}.output_tokens`]: outputTokens,
  };
}
