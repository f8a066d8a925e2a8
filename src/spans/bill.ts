import type { CostKind, Posting } from '../ledger/account.js';
import { type Pico, survivingPico } from '../money.js';
import type { CostSplit } from '../pricing/split.js';
import type { TokenCounts } from '../usage/usage.js';

export type CostStatus = 'free' | 'unpriced' | 'estimated';

/** What is said of an amount: where it is from, and what is to be known about it. */
export interface Amount {
  /** Undefined when the cost is not known. */
  pico: Pico | undefined;
  source: string;
  status?: CostStatus | undefined;
  rateMatch?: 'alias' | 'prefix' | undefined;
  anomaly?: string | undefined;
  /** It is part of what a span around was billed: nothing is left of it. */
  isPaid?: boolean;
  /** Of its sides, where a dialect tells them. */
  split?: CostSplit | undefined;
}

/** What a bill is for, as far as it is known. */
export interface BillSubject {
  readonly provider?: string | undefined;
  /** The model that answered. */
  readonly model?: string | undefined;
  readonly serviceTier?: string | undefined;
  /** When the call started, ms since 1970. */
  readonly timeMillis?: number;
  readonly toolName?: string | undefined;
  readonly args?: readonly unknown[] | undefined;
  /** Answered from a cache or not; absent for a tool that has none. */
  readonly isCacheHit?: boolean | undefined;
  readonly cacheTtlSeconds?: number | undefined;
}

/**
 * What one span is billed, in the form the ledger books. A class, for every call makes one: objects that are spread
 * together cost several times as much to make and to read.
 */
export class Bill implements Posting {
  pico: Pico | undefined;
  source: string;
  status: CostStatus | undefined;
  rateMatch: 'alias' | 'prefix' | undefined;
  anomaly: string | undefined;
  split: CostSplit | undefined;
  isPaid: boolean;
  tokens: TokenCounts | undefined = undefined;
  llmCalls = 0;
  toolCalls = 0;
  failed = false;
  /** It is part of a call that was counted as failed already. */
  isOfFailedCall = false;
  /** Which attempt of the same work this is, from 1. */
  attempt: number | undefined = undefined;
  savedPico: Pico = 0;
  toolOverheadTokens = 0;
  computeMicros = 0;
  /** What the call filled of its model's context window. */
  contextUsedRatio: number | undefined = undefined;
  subject: BillSubject | undefined = undefined;
  /** What the app calls a cost that it recorded itself. */
  name: string | undefined = undefined;
  /** Part of the call's usage is unknown: the cost is a lower bound, and the totals are not complete. */
  isLowerBound = false;
  /** It is the late bill of a call that had been counted as unpriced. */
  settlesUnpriced = false;

  constructor(
    readonly kind: CostKind,
    amount: Amount,
  ) {
    // A difference of amounts need not survive.
    this.pico = amount.pico === undefined ? undefined : survivingPico(amount.pico);
    this.source = amount.source;
    this.status = amount.status;
    this.rateMatch = amount.rateMatch;
    this.anomaly = amount.anomaly;
    this.split = amount.split;
    this.isPaid = amount.isPaid === true;
  }

  get failedCalls(): number {
    return this.failed ? 1 : 0;
  }

  get retries(): number {
    return this.attempt !== undefined && this.attempt > 1 ? 1 : 0;
  }

  get unpricedCalls(): number {
    return (this.status === 'unpriced' || this.isLowerBound ? 1 : 0) - (this.settlesUnpriced ? 1 : 0);
  }

  get wastedPico(): Pico {
    return this.failed || this.isOfFailedCall ? (this.pico ?? 0) : 0;
  }
}
