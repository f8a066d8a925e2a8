/** Finds the work of this process, or of its caller, that a context belongs to. */
import type { Context } from '@opentelemetry/api';
import { readBaggage } from '../runtime/baggage.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SdkSpan } from '../sdk-span.js';
import { recordIn, recordOfParent } from '../spans/record-lookup.js';
import type { SpanRecord } from '../spans/span-record.js';
import { chargeTo } from './charged-to.js';
import { promoteLate } from './start.js';

/**
 * The record around work that starts in a context. `span` is the context's span, if the caller has it. Never throws,
 * whatever span the app put there.
 */
export function recordAround(runtime: Runtime, ctx: Context, span?: SdkSpan): SpanRecord | undefined {
  try {
    const record = (span === undefined ? undefined : recordOfParent(span)) ?? recordIn(ctx);
    if (record !== undefined) promoteLate(runtime, record);
    return record;
  } catch (error) {
    runtime.caught(error);
    return undefined;
  }
}

/** Sets the attribution of a record with no record above it in this process from the incoming baggage. Never throws. */
export function chargeToCaller(runtime: Runtime, record: SpanRecord, ctx: Context): void {
  try {
    const attribution = readBaggage(runtime.baggageKeys, ctx);
    if (attribution !== undefined) chargeTo(runtime, record, attribution);
  } catch (error) {
    runtime.caught(error);
  }
}
