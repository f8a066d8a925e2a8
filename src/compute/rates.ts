/** Prices compute: amounts at the rates that the app declares. */

import { InvalidOptionError } from '../errors.js';
import { isPostableUsd, MAX_POST_USD } from '../money.js';
import { expectKnownKeys, expectNumber, expectRecord } from '../validate.js';

/** USD for one unit of each, from 0 to 1,000,000. At least one is required. */
export interface ComputeRates {
  /** One vCPU for one hour. */
  vcpuHourUsd?: number | undefined;
  /** One GPU for one second. */
  gpuSecondUsd?: number | undefined;
  /** One GiB (2^30 bytes) of memory for one hour. */
  gibHourUsd?: number | undefined;
  /** A unit that the platform bills by the piece: a request, an execution, a credit. */
  platformUnitUsd?: number | undefined;
}

/** The amounts used, or billed as used, each from 0. */
export interface ComputeAmounts {
  vcpuHours?: number | undefined;
  gpuSeconds?: number | undefined;
  gibHours?: number | undefined;
  platformUnits?: number | undefined;
}

const RATE_OF = {
  vcpuHours: 'vcpuHourUsd',
  gpuSeconds: 'gpuSecondUsd',
  gibHours: 'gibHourUsd',
  platformUnits: 'platformUnitUsd',
} as const satisfies Record<keyof ComputeAmounts, keyof ComputeRates>;

const AMOUNTS = Object.keys(RATE_OF).filter(isAmount);
const RATES: readonly (keyof ComputeRates)[] = Object.values(RATE_OF);

function isAmount(key: string): key is keyof ComputeAmounts {
  return key in RATE_OF;
}

/** A checked copy of declared rates. Throws {@link InvalidOptionError}. */
export function checkRates(option: string, value: unknown): ComputeRates {
  const given = expectRecord(option, value);
  expectKnownKeys(option, given, RATES);
  const rates: ComputeRates = {};
  for (const key of RATES) {
    if (given[key] !== undefined) rates[key] = expectNumber(`${option}.${key}`, given[key], 0, MAX_POST_USD);
  }
  if (Object.keys(rates).length === 0) {
    throw new InvalidOptionError(option, value, `an object with at least one of ${RATES.join(', ')}`);
  }
  return rates;
}

/**
 * The cost of these amounts in USD. Undefined when it is unknown: no amounts, an amount above 0 without a rate, a
 * negative or non-numeric amount or rate, or a sum above $1,000,000. Never throws.
 */
export function computeCostUsd(rates: ComputeRates, amounts: ComputeAmounts): number | undefined {
  const usd = priceAmounts(rates, amounts);
  return typeof usd === 'number' ? usd : undefined;
}

/** The cost in USD, or the reason why it is unknown. */
export function priceAmounts(rates: ComputeRates, amounts: ComputeAmounts): number | string {
  try {
    return readAmounts(rates, amounts);
  } catch {
    // A getter or proxy of the app threw.
    return 'unreadable amounts';
  }
}

function readAmounts(rates: ComputeRates, amounts: ComputeAmounts): number | string {
  let sumUsd = 0;
  let isEmpty = true;
  for (const key of AMOUNTS) {
    const amount: unknown = amounts?.[key];
    if (amount === undefined) continue;
    isEmpty = false;
    if (amount === 0) continue;
    const rate = rates?.[RATE_OF[key]];
    if (rate === undefined) return `no rate for ${key}`;
    // Two negative factors must not pass as a bill.
    if (typeof amount !== 'number' || !(amount > 0) || !isPostableUsd(rate)) return `${key} refused`;
    sumUsd += amount * rate;
  }
  if (isEmpty) return 'no amounts';
  return isPostableUsd(sumUsd) ? sumUsd : 'sum refused';
}
