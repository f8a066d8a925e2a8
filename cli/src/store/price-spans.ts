/** The part of `otel-agent-cost/offline` that the store needs, so that tests can stand in for it. */

export interface UnpricedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string | undefined;
  name: string;
  startTimeUnixNano: bigint;
  /** Absent while the span is open. */
  endTimeUnixNano?: bigint | undefined;
  attributes: Readonly<Record<string, unknown>>;
  /** As in OTLP: 2 is an error. */
  statusCode?: number | undefined;
  scopeName?: string | undefined;
}

export interface PricedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint | undefined;
  /** A span `cost {name}` that is not among the input. */
  added: boolean;
  /** Own cost and roll-ups. */
  attributes: Readonly<Record<string, unknown>>;
}

export type PriceSpans = (spans: readonly UnpricedSpan[]) => PricedSpan[];
