/** The words of `cost.status` and `cost.reason`. Both lists are closed: a new word is a change of what readers rely on. */

/** How a bill stands; nothing where it is plainly priced. A span that another one is billed for is `not_billed`. */
export type BillStatus = 'free' | 'estimated' | 'unpriced';

/** The status of a span with usage that another span is billed for. */
export const NOT_BILLED = 'not_billed';

/** By status, in order of precedence: where several apply, the first is written. */
export const COST_REASONS = {
  estimated: [
    /** A bill that was reported is far from the list price of the counts beside it. */
    'reported_differs',
    /** Several calls came as one sum: tiers and fees of each are not known. */
    'sum_of_calls',
    /** A sum says more than its own calls and less than everything below it. */
    'unexplained_sum',
    /** Only a part of what the call stated is billed here. */
    'partial_statement',
    /** No reading of the counts adds up, or one id stands for calls that may be one or two. */
    'ambiguous_usage',
    /** A count was there that could not be read, or a side of the call is missing: the amount is a lower bound. */
    'unread_usage',
    /** The recorder never tells cached tokens apart, and the prompt is long enough to have been cached. */
    'dropped_cache',
    /** Audio, images or video that the counts do not tell from text, or that have no rate of their own. */
    'unsplit_modality',
    /** A stream or body that a wrapper follows was broken off: what had come by then. */
    'stream_cut',
    /** The price is of the model with which this one's name begins; its suffix may make it another product. */
    'prefix_match',
    /** The name has stood for several models over time, and nothing says when for which. */
    'moving_alias',
    /** A service tier, or a kind of cache write, without a rate of its own: priced at the nearest one. */
    'other_tier',
    /** Who serves the model is not known: another vendor's list was used. */
    'guessed_provider',
  ],
  unpriced: [
    /** No rate for the model, or for something that the call used; `cost.anomaly` says which. */
    'unknown_model',
    /** No counts that could be priced. */
    'no_usage',
    /** The call gave no result that says what it cost. */
    'no_result',
    /** An amount, or what it is worked out from, is no amount that can be billed. */
    'bad_amount',
    /** Kept for the contract; not written: an open call has no bill, and makes its scopes incomplete. */
    'still_open',
  ],
  not_billed: [
    /** It repeats the calls below it. */
    'aggregate',
    /** A wrapper around it is billed, or a tool whose cost includes it. */
    'covered',
    /** Another span of the same call is billed, or was billed for it in advance. */
    'duplicate',
    /** Kept for readers of earlier versions; not written: a response that was billed before is a `duplicate`. */
    'replay',
  ],
} as const;

export type EstimateReason = (typeof COST_REASONS.estimated)[number];
export type UnpricedReason = (typeof COST_REASONS.unpriced)[number];
export type NotBilledReason = (typeof COST_REASONS.not_billed)[number];
/** Why a bill is estimated or unpriced. */
export type BillReason = EstimateReason | UnpricedReason;

const PRECEDENCE: readonly (BillReason | NotBilledReason)[] = Object.values(COST_REASONS).flat();

/** Of two reasons the one that is written. */
export function firstReason<R extends BillReason>(a: R | undefined, b: R | undefined): R | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return PRECEDENCE.indexOf(a) <= PRECEDENCE.indexOf(b) ? a : b;
}
