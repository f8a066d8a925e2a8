/** A fee for a period, independent of use, spread over the calls or tokens that it serves. */

import { InvalidOptionError } from '../errors.js';
import { isPostableUsd, MAX_POST_USD, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { ModelRate } from '../pricing/model-rate.js';
import { expectKnownKeys, expectNumber, expectRecord } from '../validate.js';

/** A fee for a period, and the calls or the tokens that it serves, not both. */
export interface ProvisionedThroughput {
  /** USD for the period: an hour, a month. From 0 to 1,000,000. */
  feeUsd: number;
  /** Calls that the period serves: an expected number, or that of the last period. From 1. */
  calls?: number | undefined;
  /** Alternatively the tokens that it serves, input and output together. From 1. */
  tokens?: number | undefined;
}

const TOKENS_PER_MTOK = 1e6;
/** More than a period can serve. */
const MAX_SERVED = 1e15;

/**
 * The rate at which calls carry the fee, for the option `overrides`: `{ 'our-deployment': provisionedRate({ … })
 * }`. The part of the fee that no call carried is idle throughput: add it with `recordCost` where it belongs.
 * Throws `InvalidOptionError`.
 */
export function provisionedRate(options: ProvisionedThroughput): ModelRate {
  const given = expectRecord('provisionedRate options', options);
  expectKnownKeys('provisionedRate options', given, ['feeUsd', 'calls', 'tokens']);
  const { calls, tokens } = given;
  const feeUsd = expectNumber('provisionedRate options.feeUsd', given.feeUsd, 0, MAX_POST_USD);
  if ((calls === undefined) === (tokens === undefined))
    throw new InvalidOptionError('provisionedRate options', options, 'given either calls or tokens');
  if (calls !== undefined) {
    const perRequestUsd = feeUsd / expectServed('calls', calls);
    return { perRequestUsd, totalUsdPerMtok: 0 };
  }
  return { totalUsdPerMtok: (feeUsd / expectServed('tokens', tokens)) * TOKENS_PER_MTOK };
}

function expectServed(key: string, value: unknown): number {
  const option = `provisionedRate options.${key}`;
  return expectNumber(option, value, 1, MAX_SERVED);
}

/**
 * Divides a fee by weight (the tokens of each call, or 1 for each), in USD. The shares are whole pico-dollars that
 * add up to the fee exactly, as long as no share is above $2,251. Undefined when the fee cannot be posted, or the
 * weights are negative, not numbers, all 0 or more than a million. Never throws.
 */
export function spreadFee(feeUsd: number, weights: readonly number[]): number[] | undefined {
  const total = totalOf(weights);
  if (!isPostableUsd(feeUsd) || total === undefined) return undefined;
  const fee = picoFromUsd(feeUsd);
  let weightSoFar = 0;
  let shared: Pico = 0;
  return weights.map((weight, index) => {
    weightSoFar += weight;
    // Each share is the amount due so far minus the amount assigned so far, so no rounding error remains at the end.
    const due = index === weights.length - 1 ? fee : Math.round((fee * weightSoFar) / total);
    const share = due - shared;
    shared = due;
    return usdFromPico(share);
  });
}

/** The most shares of one fee: the calls of a busy month. */
const MAX_SHARES = 1_000_000;

/** Undefined when the weights are not a list of numbers from 0, or add up to nothing. */
function totalOf(weights: unknown): number | undefined {
  try {
    if (!Array.isArray(weights) || weights.length > MAX_SHARES) return undefined;
    if (!weights.every((weight) => typeof weight === 'number' && weight >= 0)) return undefined;
    const total = weights.reduce((sum: number, weight: number) => sum + weight, 0);
    return total > 0 && Number.isFinite(total) ? total : undefined;
  } catch {
    // A getter or proxy of the app threw.
    return undefined;
  }
}
