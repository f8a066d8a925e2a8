/**
 * The price of a call, and of several calls that came as one usage: each separately, with its own model, tier and bill.
 */

import { type BillReason, type BillStatus, firstReason, type UnpricedReason } from '../cost-reason.js';
import { isPostableUsd, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { Usage, UsagePart } from '../usage/usage.js';
import { joinSources } from './cost-source.js';
import { addSplits, type CostSplit } from './split.js';

export interface PriceQuery {
  provider: string | undefined;
  /** The model that answered. */
  model: string | undefined;
  /** The requested model. Used when the model that answered is unknown, or when only the requested one has a rate. */
  requestModel?: string | undefined;
  /** The time of the call, in epoch milliseconds. Prices depend on the date. */
  timeMillis: number;
  usage: Usage | undefined;
  /** The tier that was served, in lower case. */
  serviceTier?: string | undefined;
}

export interface Priced {
  /** Undefined when the cost is unknown. */
  pico: Pico | undefined;
  /** The value of `cost.source`; undefined when the cost is not known. */
  source: string | undefined;
  status?: BillStatus | undefined;
  /** Beside `estimated` and `unpriced`. */
  reason?: BillReason | undefined;
  rateMatch?: 'alias' | 'prefix' | undefined;
  /**
   * A sum of calls with these tokens may cost a different amount, because the tier depends on the size or because each
   * request has a fee.
   */
  isPerCall?: boolean | undefined;
  /** Names the tokens or units that have no rate, if the model is known. */
  anomaly?: string | undefined;
  /** The cost by its sides, if the book computes it and it is known. */
  split?: CostSplit | undefined;
  /** The most tokens in one call of this model, input and output together. Undefined when unknown. */
  contextWindowTokens?: number | undefined;
}

/**
 * The query of one part. Example: a run asked for `gpt-4o`, and its two steps were answered by `gpt-4o-2024-08-06` and
 * `gpt-4o-mini`: each is priced as the model that answered. The requested model is the fallback where the part names
 * none, or where all parts name the same.
 */
export function queryOfPart(query: PriceQuery, part: UsagePart, parts: readonly UsagePart[]): PriceQuery {
  const { provider = query.provider, model = query.model } = part;
  const isOneModel = part.model === undefined || parts.every((other) => other.model === part.model);
  const statesTier = parts.some(({ serviceTier }) => serviceTier !== undefined);
  return {
    provider,
    model,
    requestModel: isOneModel ? query.requestModel : undefined,
    timeMillis: query.timeMillis,
    usage: part.usage,
    serviceTier: statesTier ? part.serviceTier : query.serviceTier,
  };
}

/** The sum of the prices of all parts of a usage. If one of them is unknown, so is the sum. */
export function sumOfPrices(usage: Usage, prices: readonly Priced[]): Priced {
  const missing = prices.find(({ pico }) => pico === undefined);
  if (missing !== undefined) return missing;
  const usd = prices.reduce((sum, { pico = 0 }) => sum + usdFromPico(pico), 0);
  if (!isPostableUsd(usd)) return unpriced('bad_amount');
  const splits = prices.map(({ split }) => split);
  const split = splits.every((part) => part === undefined) ? undefined : addSplits(splits);
  return {
    pico: picoFromUsd(usd),
    source: joinSources(prices.map(({ source }) => source)),
    ...withDoubt(combinedStatus(prices), usage),
    rateMatch: prices.find(({ rateMatch }) => rateMatch !== undefined)?.rateMatch,
    anomaly: prices.find(({ anomaly }) => anomaly !== undefined)?.anomaly,
    ...(split !== undefined && { split }),
  };
}

function withDoubt(sum: Pick<Priced, 'status' | 'reason'>, usage: Usage): Pick<Priced, 'status' | 'reason'> {
  const doubt = firstReason<BillReason>(usage.doubt, usage.incomplete ? 'unread_usage' : undefined);
  if (doubt === undefined || sum.status === 'free') return sum;
  return { status: 'estimated', reason: firstReason(sum.reason, doubt) };
}

/** The status of a sum of amounts, all of them known. */
export function combinedStatus(parts: readonly Priced[]): Pick<Priced, 'status' | 'reason'> {
  const guesses = parts.filter((part) => part.status === 'estimated');
  if (guesses.length > 0) {
    const reason = guesses.map((part) => part.reason).reduce(firstReason);
    return { status: 'estimated', reason };
  }
  return { status: parts.every((part) => part.status === 'free') ? 'free' : undefined };
}

export function unpriced(reason: UnpricedReason, anomaly?: string): Priced {
  const priced = price(undefined, undefined);
  priced.status = 'unpriced';
  priced.reason = reason;
  priced.anomaly = anomaly;
  return priced;
}

/** With every field from the start, so that all prices have one hidden class in V8: three times as fast to read. */
export function price(pico: Pico | undefined, source: string | undefined): Priced {
  return {
    pico,
    source,
    status: undefined,
    reason: undefined,
    rateMatch: undefined,
    isPerCall: undefined,
    anomaly: undefined,
    split: undefined,
    contextWindowTokens: undefined,
  };
}
