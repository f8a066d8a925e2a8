import type { Span } from '@opentelemetry/api';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import { instantChild } from '../spans/own-span.js';
import { SpanRecord } from '../spans/span-record.js';
import { charge } from './charge.js';
import { closeRecord } from './close.js';

/** Bills below a span what cannot stand on it: `cost {name}`, an instant leaf. Without a span, it is a root. */
export function chargeOnChild(
  runtime: Runtime,
  parent: SpanRecord | undefined,
  parentSpan: Span | undefined,
  name: string,
  bill: Bill,
): void {
  const record = new SpanRecord(parent);
  record.settled = true;
  instantChild(parentSpan, record, `cost ${name}`, (span) => charge(runtime, record, span, bill));
  closeRecord(runtime, record);
}
