import {
  type BillReason,
  type BillStatus,
  type EstimateReason,
  firstReason,
  type NotBilledReason,
} from '../cost-reason.js';
import type { Posting } from '../ledger/account.js';
import type { Place } from '../ledger/scope.js';
import { type Pico, survivingPico } from '../money.js';
import type { CostSplit } from '../pricing/split.js';
import type { CostKind } from '../totals.js';
import { inputTokens, outputTokens, type TokenCounts } from '../usage/usage.js';

/** An amount, with its source and its status. */
export interface Amount {
  /** Undefined when the cost is not known. */
  pico: Pico | undefined;
  /** Undefined when the cost is not known. */
  source?: string | undefined;
  status?: BillStatus | undefined;
  /** Set with the status `estimated` or `unpriced`. */
  reason?: BillReason | undefined;
  rateMatch?: 'alias' | 'prefix' | undefined;
  anomaly?: string | undefined;
  /** The cost of input and output, if a dialect reports them separately. */
  split?: CostSplit | undefined;
}

/** The call that a bill is for, as far as it is known. */
export interface BillSubject {
  readonly provider?: string | undefined;
  /** The model that answered. */
  readonly model?: string | undefined;
  readonly serviceTier?: string | undefined;
  /** When the call started, ms since 1970. */
  readonly timeMillis?: number;
  readonly requestModel?: string | undefined;
  readonly toolName?: string | undefined;
  readonly args?: readonly unknown[] | undefined;
  /** The ids that the provider gave the response, or the responses that it sums up. */
  readonly responseIds?: readonly string[];
  /** Whether a tool call was answered from the cache. Absent for a tool without a cache. */
  readonly isCacheHit?: boolean | undefined;
  readonly cacheTtlSeconds?: number | undefined;
}

/** Fields that only few bills have. */
interface RareParts {
  rateMatch: 'alias' | 'prefix' | undefined;
  anomaly: string | undefined;
  split: CostSplit | undefined;
  /** True for a part of a call that is already counted as failed. */
  isOfFailedCall: boolean;
  /** The attempt number of the same work, from 1. */
  attempt: number | undefined;
  savedPico: Pico;
  /** Posted when the task ended, before the span did. Written on the span, and not posted again. */
  postedPico: Pico;
  /** The uncertain part of an estimated amount. Undefined: all of it. */
  estimatedPico: Pico | undefined;
  toolOverheadTokens: number;
  computeMicros: number;
  /** The share of the model's context window that the call used, from 0 to 1. */
  contextUsedRatio: number | undefined;
  /** The name of a cost that the app recorded itself. */
  name: string | undefined;
  /** Part of the usage is unknown, so the cost is a lower bound and the totals are incomplete. */
  isLowerBound: boolean;
  /** The reason why nothing is billed here. The tokens and the call may still count. */
  notBilled: NotBilledReason | undefined;
  /** True for the rest of a statement whose parts were billed below. */
  isRest: boolean;
  /** True for the late bill of a call that was counted as unpriced. */
  settlesUnpriced: boolean;
  /**
   * The place where that call was counted: scopes further inside know only this bill. Undefined: the place where this
   * bill is posted.
   */
  unpricedIn: Place | undefined;
  /** The row of that call in the totals by model, if it is known. */
  unpricedRow: string | undefined;
}

const NO_RARE_PARTS: RareParts = {
  rateMatch: undefined,
  anomaly: undefined,
  split: undefined,
  isOfFailedCall: false,
  attempt: undefined,
  savedPico: 0,
  postedPico: 0,
  estimatedPico: undefined,
  toolOverheadTokens: 0,
  computeMicros: 0,
  contextUsedRatio: undefined,
  name: undefined,
  isLowerBound: false,
  notBilled: undefined,
  isRest: false,
  settlesUnpriced: false,
  unpricedIn: undefined,
  unpricedRow: undefined,
};

/**
 * Rare fields are on the prototype until they are set. Every call creates a bill, and this reduces it to a third of the
 * size.
 */
const WithRareParts = class {} as new () => RareParts;
Object.assign(WithRareParts.prototype, NO_RARE_PARTS);

/**
 * The bill of one span, in the form that the ledger books. A class, because every call creates one: an object built by
 * spreading takes several times as long to create and to read.
 */
export class Bill extends WithRareParts implements Posting {
  pico: Pico | undefined;
  source: string | undefined;
  status: BillStatus | undefined;
  reason: BillReason | undefined;
  tokens: TokenCounts | undefined = undefined;
  llmCalls = 0;
  toolCalls = 0;
  failed = false;
  subject: BillSubject | undefined = undefined;

  constructor(
    readonly kind: CostKind,
    amount: Amount,
  ) {
    super();
    // A difference of two amounts may not survive the conversion to dollars and back.
    this.pico = amount.pico === undefined ? undefined : survivingPico(amount.pico);
    this.source = amount.source;
    this.status = amount.status;
    this.reason = amount.reason;
    if (amount.rateMatch !== undefined) this.rateMatch = amount.rateMatch;
    if (amount.anomaly !== undefined) this.anomaly = amount.anomaly;
    if (amount.split !== undefined) this.split = amount.split;
  }

  /** Marks the amount as estimated. A free or unknown amount stays as it is. */
  estimate(reason: EstimateReason): void {
    this.status ??= 'estimated';
    if (this.status !== 'estimated') return;
    // The whole amount, unless the caller has set the uncertain part.
    if ((this.estimatedPico ?? 0) <= (this.pico ?? 0)) this.estimatedPico = undefined;
    this.reason = firstReason<BillReason>(this.reason, reason);
  }

  /** True when the bill changes no total. */
  get isEmpty(): boolean {
    return (
      (this.pico ?? 0) === 0 &&
      this.inputAndOutput + this.llmCalls + this.toolCalls + this.savedPico + this.estimated === 0 &&
      this.unpricedCalls === 0
    );
  }

  get estimated(): Pico {
    return this.status === 'estimated' ? (this.estimatedPico ?? this.pico ?? 0) : 0;
  }

  get inputAndOutput(): number {
    return this.tokens === undefined ? 0 : inputTokens(this.tokens) + outputTokens(this.tokens);
  }

  get failedCalls(): number {
    return this.failed && this.llmCalls + this.toolCalls > 0 ? 1 : 0;
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
