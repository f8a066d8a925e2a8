/** Amounts on spans, as whole pico-dollars. */

const PICO_PER_USD = 1e12;

/** The largest own cost and the largest roll-up that are believed, in USD. */
export const MAX_OWN_USD = 1_000_000;
export const MAX_ROLL_UP_USD = 9_000_000;

/** Whole pico-dollars of an amount in USD. Null for anything that is no amount: text, NaN, below 0 or above `maxUsd`. */
export function picoOf(value: unknown, maxUsd: number): bigint | null {
  const usd = typeof value === 'bigint' ? Number(value) : value;
  if (typeof usd !== 'number' || !(usd >= 0 && usd <= maxUsd)) return null;
  return BigInt(Math.round(usd * PICO_PER_USD));
}

/**
 * True when a sum in pico-dollars is the amount that a span states as a double of dollars. Up to about $2,251 such a
 * double holds every pico-dollar; above, equal means that the sum becomes the same double.
 */
export function isSameAmount(sum: bigint, stated: bigint): boolean {
  return sum === stated || picoOf(Number(sum) / PICO_PER_USD, Number.MAX_VALUE) === stated;
}

/** Pico-dollars of a computed amount in USD, such as a saving. 0 for what is no amount. */
export function picoOfComputed(usd: number): bigint {
  const pico = Math.round(usd * PICO_PER_USD);
  return Number.isFinite(pico) ? BigInt(pico) : 0n;
}
