import type { Span } from '@opentelemetry/api';
import { isPostableUsd, picoFromUsd } from '../money.js';
import { chargeOnChild } from '../pipeline/charge.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Amount, Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { ApiFee } from './api-fees.js';

const BYTES_PER_GIB = 2 ** 30;

/**
 * Bills the bodies of one request and its response by size, if that has a rate, as an instant span of kind
 * `network`.
 */
export class Transfer {
  /** Bytes of the response body counted so far. */
  received = 0;
  /** True if the body is counted while the app reads it. */
  isFollowed = false;
  private isSentBilled = false;
  private receivedBilled = 0;
  private isOwed = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly record: SpanRecord,
    private readonly span: Span,
    private readonly host: string,
    private readonly fee: ApiFee | undefined,
    /** Undefined when unknown. */
    private readonly sentBytes: number | undefined,
  ) {}

  /**
   * Bills the bytes not billed yet. `isWhole` is false if the response may have been larger than the counted bytes.
   */
  bill(isWhole: boolean): void {
    const { sentGibUsd, receivedGibUsd } = this.fee ?? {};
    if (sentGibUsd === undefined && receivedGibUsd === undefined) return;
    const sentUsd = this.isSentBilled ? 0 : usdOf(this.sentBytes, sentGibUsd);
    const receivedUsd = usdOf(this.received - this.receivedBilled, receivedGibUsd);
    const usd = sentUsd + receivedUsd;
    const isUnfinished = !isWhole && receivedGibUsd !== undefined;
    const becomesOwed = isUnfinished && !this.isOwed;
    const settlesOwed = isWhole && this.isOwed;
    if (usd === 0 && !becomesOwed && !settlesOwed) return;
    this.receivedBilled = this.received;
    this.isSentBilled = true;
    this.isOwed = isUnfinished;
    const bill = new Bill('network', becomesOwed && usd === 0 ? UNKNOWN : amountOf(usd));
    bill.isLowerBound = becomesOwed;
    bill.settlesUnpriced = settlesOwed;
    if (becomesOwed) bill.estimate('stream_cut');
    chargeOnChild(this.runtime, this.record, this.span, this.host, bill);
  }
}

const UNKNOWN: Amount = { pico: undefined, status: 'unpriced', reason: 'no_usage' };

function amountOf(usd: number): Amount {
  return isPostableUsd(usd) ? { pico: picoFromUsd(usd), source: 'declared' } : UNKNOWN;
}

/** NaN when the size is unknown but has a rate. */
function usdOf(bytes: number | undefined, gibUsd: number | undefined): number {
  return gibUsd === undefined ? 0 : ((bytes ?? Number.NaN) / BYTES_PER_GIB) * gibUsd;
}
