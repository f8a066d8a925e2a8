/**
 * Money. Every amount that is posted is a whole number of pico-dollars (1e-12 USD), held in a double; sums of
 * them are exact and do not depend on the order of the posts.
 */

/** Whole pico-dollars: an integer-valued double from 0 to {@link MAX_POST_PICO}. */
export type Pico = number;

const PICO_PER_USD = 1e12;
const PICO_PER_NANO = 1000;

/** The most one post may be, in USD. A larger one is refused: it is a mistake in the input, not a bill. */
export const MAX_POST_USD = 1_000_000;
export const MAX_POST_PICO: Pico = MAX_POST_USD * PICO_PER_USD;

/** True for a number of dollars that can be posted: finite, from 0 to {@link MAX_POST_USD}. */
export function isPostableUsd(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_POST_USD;
}

/** Up to here (about $2,251) each whole pico-dollar survives the way out as dollars and back. */
export const MAX_EXACT_PICO: Pico = 2 ** 51;

/** Dollars to the nearest whole pico-dollar. The caller has checked {@link isPostableUsd}. */
export function picoFromUsd(usd: number): Pico {
  // The sum makes 0 of -0.
  return survivingPico(Math.round(usd * PICO_PER_USD) + 0);
}

/**
 * The amount itself, or above {@link MAX_EXACT_PICO}, where doubles of dollars do not hold each pico-dollar, the next
 * one that is the same when it is read back from dollars, whichever way halves are rounded: at most 3 pico-dollars off
 * up to $9,007, and 16 beyond.
 */
export function survivingPico(pico: Pico): Pico {
  let kept = pico;
  while (kept > MAX_EXACT_PICO) {
    const readBack = (kept / PICO_PER_USD) * PICO_PER_USD;
    if (readBack === kept) break;
    kept = readBack > kept ? Math.ceil(readBack) : Math.floor(readBack);
  }
  return kept;
}

/** Whole pico-dollars to the nearest double of dollars. */
export function usdFromPico(pico: Pico): number {
  return pico / PICO_PER_USD;
}

/**
 * An exact running sum. Up to 2^53 pico-dollars (about $9,007) it is one double; beyond, what no longer fits is
 * moved to a bigint, so that the common post costs one addition and allocates nothing.
 */
export class UsdSum {
  private small: Pico = 0;
  private large = 0n;

  add(pico: Pico): void {
    const sum = this.small + pico;
    if (sum <= Number.MAX_SAFE_INTEGER) {
      this.small = sum;
      return;
    }
    this.large += BigInt(this.small) + BigInt(pico);
    this.small = 0;
  }

  addSum(other: UsdSum): void {
    this.add(other.small);
    this.large += other.large;
  }

  /** This sum less another that is known to be part of it. */
  minus(part: UsdSum): UsdSum {
    const rest = new UsdSum();
    rest.large = this.toBigInt() - part.toBigInt();
    return rest;
  }

  get isZero(): boolean {
    return this.small === 0 && this.large === 0n;
  }

  toBigInt(): bigint {
    return this.large + BigInt(this.small);
  }

  /** Dollars, the double nearest to the exact sum as far as doubles go. */
  toUsd(): number {
    return this.large === 0n ? this.small / PICO_PER_USD : bigToUsd(this.toBigInt());
  }

  /** Dollars for each of `count`: five times $0.0035 are $0.0035 each, which dividing doubles of dollars misses. */
  perUnitUsd(count: number): number {
    return this.large === 0n ? this.small / (count * PICO_PER_USD) : this.toUsd() / count;
  }

  /** Whole nano-dollars, rounded to the nearest. */
  toNanoUsd(): number {
    if (this.large === 0n) return Math.round(this.small / PICO_PER_NANO);
    return Number((this.toBigInt() + 500n) / 1000n);
  }
}

function bigToUsd(pico: bigint): number {
  if (pico <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(pico) / PICO_PER_USD;
  const whole = pico / 1_000_000_000_000n;
  return Number(whole) + Number(pico % 1_000_000_000_000n) / PICO_PER_USD;
}
