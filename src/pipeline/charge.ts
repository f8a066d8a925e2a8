/** The last steps of a bill: post it to the ledger, notify listeners and write it on a span. */
import type { Span } from '@opentelemetry/api';
import { writeThresholds } from '../budgets/around.js';
import { survivingPico } from '../money.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import { SpanRecord } from '../spans/span-record.js';
import { closeRecord } from './close.js';
import { writeOwnCost } from './own-cost-attributes.js';
import { postBill } from './post.js';

/** Charges a settled bill. */
export function charge(runtime: Runtime, record: SpanRecord, span: Span, bill: Bill): void {
  const news = bill.isEmpty ? undefined : postBill(record, bill);
  try {
    writeOwnCost(runtime, span, record, bill, news?.crossedTask === true);
    if (news !== undefined) writeThresholds(span, news);
  } catch (error) {
    // A span that the app made throw. Everything that follows is not about the span.
    runtime.caught(error);
  }
}

/**
 * Settles and charges a cost that is not for an LLM call: of a tool, of compute, or recorded by the app. The cost is
 * added to everything below, unless it `includesBelow`.
 */
export function chargeMoney(
  runtime: Runtime,
  record: SpanRecord,
  span: Span,
  bill: Bill,
  includesBelow = false,
): void {
  settleMoney(record, bill, includesBelow);
  charge(runtime, record, span, bill);
}

/** Subtracts from a bill the money that was billed below, or above by a tool whose cost includes it. */
export function settleMoney(record: SpanRecord, bill: Bill, includesBelow: boolean): void {
  if (bill.pico === undefined || (bill.pico === 0 && !includesBelow)) return;
  const left = record.settleMoney(bill.pico, includesBelow);
  if (left === 0 && bill.pico > 0 && !includesBelow) bill.notBilled = 'covered';
  bill.pico = survivingPico(left);
}

/**
 * Charges a bill on a new zero-length span `cost {name}` below `parentSpan`, for bills that the parent cannot carry.
 * Without a parent span, the new span is a root.
 */
export function chargeOnChild(
  runtime: Runtime,
  parent: SpanRecord | undefined,
  parentSpan: Span | undefined,
  name: string,
  bill: Bill,
  isSettled = false,
): void {
  const record = new SpanRecord(parent);
  record.settled = true;
  const write = isSettled ? charge : chargeMoney;
  runtime.instantChild(parentSpan, record, `cost ${name}`, runtime.dialects.addKind({}), (span) =>
    write(runtime, record, span, bill),
  );
  closeRecord(runtime, record);
}
