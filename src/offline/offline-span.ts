/** The public types of `otel-agent-cost/offline`. They need no OpenTelemetry package. */
import type { CostSpanProcessorOptions } from '../runtime/processor-options.js';
import { expectKnownKeys, expectRecord } from '../validate.js';

/** A recorded span that has ended, or one that is still open. The form is close to OTLP. */
export interface OfflineSpan {
  /** In hexadecimal. */
  traceId: string;
  /** In hexadecimal. A span with an empty or all-zero id is left out. */
  spanId: string;
  /** In hexadecimal. Absent, empty or all zero for a root span. */
  parentSpanId?: string | undefined;
  name: string;
  /** Nanoseconds since 1970. Prices are those of this time. */
  startTimeUnixNano: bigint;
  /** Nanoseconds since 1970. Absent while the span is open: it then gets no cost and no roll-up yet. */
  endTimeUnixNano?: bigint | undefined;
  /** Strings, numbers, booleans and arrays of them. A bigint counts as a number; other values are ignored. */
  attributes: Readonly<Record<string, unknown>>;
  /** As in OTLP: 0 unset, 1 ok, 2 error. Default 0. */
  statusCode?: number | undefined;
  /** The name of the instrumentation scope. Some instrumentations are read differently. */
  scopeName?: string | undefined;
}

/** Attribute values as the processor writes them. Money is in USD. */
export type PricedAttributes = Record<string, string | number | boolean | string[]>;

/** A span with the attributes that it was given. */
export interface PricedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  /** Nanoseconds since 1970. */
  startTimeUnixNano: bigint;
  /** Nanoseconds since 1970. Undefined while the span is open. */
  endTimeUnixNano: bigint | undefined;
  /**
   * True for a span `cost {name}` that is not among the input. It states what an aggregate states above its calls. Its
   * id is the same in every run.
   */
  added: boolean;
  /**
   * The attributes that `CostSpanProcessor` would have written on this span: own cost and roll-ups, in their final
   * form. A correction replaces what it corrects.
   */
  attributes: PricedAttributes;
}

/** Options of `priceSpans`: those of `CostSpanProcessor` that decide a price or how it is written. */
export interface OfflineOptions
  extends Pick<
    CostSpanProcessorOptions,
    | 'tools'
    | 'overrides'
    | 'aliases'
    | 'providerAliases'
    | 'priceFactors'
    | 'sessionIdKeys'
    | 'knownUsage'
    | 'attributionKeys'
    | 'dialects'
  > {}

const OPTIONS = [
  'tools',
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
  'sessionIdKeys',
  'knownUsage',
  'attributionKeys',
  'dialects',
] as const satisfies readonly (keyof OfflineOptions)[];

/** Throws `InvalidOptionError` for an option that only makes sense in a running process. */
export function offlineOptions(path: string, options: unknown): OfflineOptions {
  const given = expectRecord(path, options);
  expectKnownKeys(path, given, OPTIONS);
  return { ...given };
}
