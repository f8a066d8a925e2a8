import type { AttributeValue, SpanContext } from '@opentelemetry/api';
import type { SdkSpan } from '../sdk-span.js';
import type { GivenSpan, SpanValues } from './given-spans.js';
import type { PricedAttributes, PricedSpan } from './offline-span.js';

const NANOS_PER_SECOND = 1_000_000_000n;

type Time = readonly [seconds: number, nanos: number];

/** W3C's flag of a sampled trace. */
const SAMPLED = 1;

/**
 * A recorded span in the form of the SDK's, for the pipeline to read and to write on. Its own attributes are frozen, so
 * everything that is written arrives at `setAttribute`.
 */
export class ReplayedSpan implements SdkSpan {
  readonly name: string;
  readonly attributes: SpanValues;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly status: { readonly code: number };
  readonly instrumentationScope: { readonly name: string };
  ended = false;
  private ownCost: PricedAttributes = {};
  private rollUps: PricedAttributes = {};
  private statesRollUps = false;

  constructor(
    readonly given: GivenSpan,
    /** True for a span `cost {name}` of this package. */
    private readonly added = false,
  ) {
    const { name, attributes, start, end, statusCode, scopeName } = given;
    this.name = name;
    this.attributes = attributes;
    this.startTime = timeOf(start);
    this.endTime = timeOf(end ?? start);
    this.status = { code: statusCode };
    this.instrumentationScope = { name: scopeName };
  }

  spanContext(): SpanContext {
    const { traceId, spanId } = this.given;
    return { traceId, spanId, traceFlags: SAMPLED };
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    const into = this.statesRollUps ? this.rollUps : this.ownCost;
    if (typeof value !== 'object') into[key] = value;
    return this;
  }

  /** Runs `write`, and takes what it writes for the roll-ups, instead of those that were stated before. */
  stateRollUps(write: () => void): void {
    const { ended } = this;
    this.rollUps = {};
    this.statesRollUps = true;
    // A correction is written after the end.
    this.ended = false;
    write();
    this.ended = ended;
    this.statesRollUps = false;
  }

  /** Undefined when nothing was written. */
  priced(): PricedSpan | undefined {
    const attributes = { ...this.ownCost, ...this.rollUps };
    if (Object.keys(attributes).length === 0) return undefined;
    const { traceId, spanId, parentSpanId, name, start, end } = this.given;
    return {
      traceId,
      spanId,
      parentSpanId,
      name,
      startTimeUnixNano: start,
      endTimeUnixNano: end,
      added: this.added,
      attributes,
    };
  }

  // The pipeline calls none of these on a span that it was given to read.

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {}

  recordException(): void {}
}

function timeOf(nanos: bigint): Time {
  return [Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND)];
}
