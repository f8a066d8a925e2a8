/**
 * The words of `cost.status` and `cost.reason`. Both lists are closed: readers rely on them, so a new word is a
 * breaking change.
 */

/** The status of a bill; absent if it simply has a price. A span that another span is billed for is `not_billed`. */
export type BillStatus = 'free' | 'estimated' | 'unpriced';

/** The status of a span with usage that another span is billed for. */
export const NOT_BILLED = 'not_billed';

/** By status, in order of precedence: if several apply, the first one is written. */
export const COST_REASONS = {
  estimated: [
    /** A reported bill is far from the list price of the counts beside it, or cannot be a bill at all. */
    'reported_differs',
    /** Several calls came as one sum: the tiers and fees of each are unknown. */
    'sum_of_calls',
    /** A sum is larger than its own calls and smaller than everything below it. */
    'unexplained_sum',
    /** Only a part of the call's statement is billed here. */
    'partial_statement',
    /** No reading of the counts adds up, or calls that share an id may be one or two. */
    'ambiguous_usage',
    /** A count could not be read, or a side of the call is missing: the amount is a lower bound. */
    'unread_usage',
    /** The recorder never reports cached tokens, and the prompt is long enough to have been cached. */
    'dropped_cache',
    /** Audio, images or video that the counts do not separate from text, or that have no rate of their own. */
    'unsplit_modality',
    /** A stream or body that a wrapper follows was cut off: the amount covers the part before that. */
    'stream_cut',
    /** The price is that of a model whose name is a prefix of this one; the suffix may make it another product. */
    'prefix_match',
    /** The name has stood for several models over time, and their periods are unknown. */
    'moving_alias',
    /** A service tier, or a kind of cache write, without a rate of its own: priced at the nearest one. */
    'other_tier',
    /** The provider of the model is unknown: another vendor's list was used. */
    'guessed_provider',
  ],
  unpriced: [
    /** The model, or something that the call used, has no rate; `cost.anomaly` names it. */
    'unknown_model',
    /** No counts that could be priced. */
    'no_usage',
    /** The call returned no result with its cost. */
    'no_result',
    /** An amount, or an input of its computation, cannot be billed. */
    'bad_amount',
    /** Reserved and not written: an open call has no bill, and makes its scopes incomplete. */
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

/** Of two reasons, the one that is written. */
export function firstReason<R extends BillReason>(a: R | undefined, b: R | undefined): R | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return PRECEDENCE.indexOf(a) <= PRECEDENCE.indexOf(b) ? a : b;
}
