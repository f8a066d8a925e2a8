/**
 * Money. Every posted amount is a whole number of pico-dollars (1e-12 USD) in a double. Their sums are exact and do
 * not depend on the order of the posts.
 */

/** Whole pico-dollars: an integer-valued double from 0 to {@link MAX_POST_PICO}. */
export type Pico = number;

const PICO_PER_USD = 1e12;
const PICO_PER_NANO = 1000;

/** The largest single post, in USD. A larger amount is refused as an input error. */
export const MAX_POST_USD = 1_000_000;
export const MAX_POST_PICO: Pico = MAX_POST_USD * PICO_PER_USD;

/** True for a number of dollars that can be posted: finite, from 0 to {@link MAX_POST_USD}. */
export function isPostableUsd(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_POST_USD;
}

/** Up to this amount (about $2,251) every whole pico-dollar survives the conversion to dollars and back. */
export const MAX_EXACT_PICO: Pico = 2 ** 51;

/** Dollars to the nearest whole pico-dollar. The caller must have checked {@link isPostableUsd}. */
export function picoFromUsd(usd: number): Pico {
  // Adding 0 turns -0 into 0.
  return survivingPico(Math.round(usd * PICO_PER_USD) + 0);
}

/**
 * The amount itself up to {@link MAX_EXACT_PICO}. Above it, a double of dollars cannot hold every pico-dollar, so
 * the result is a nearby amount that survives the conversion to dollars and back, however halves are rounded: at
 * most 3 pico-dollars off up to $9,007, and at most 16 beyond.
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
 * An exact running sum. Up to 2^53 pico-dollars (about $9,007) it is one double. Beyond that, the overflow moves to
 * a bigint, so the common post costs one addition and allocates nothing.
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

  /** Adds whole pico-dollars of any size, from 0. */
  addBig(pico: bigint): void {
    if (pico <= BigInt(MAX_POST_PICO)) this.add(Number(pico));
    else this.large += pico;
  }

  /** This sum minus another one that is known to be part of it. */
  minus(part: UsdSum): UsdSum {
    const rest = new UsdSum();
    rest.large = this.toBigInt() - part.toBigInt();
    return rest;
  }

  get isZero(): boolean {
    return this.small === 0 && this.large === 0n;
  }

  /** Whole pico-dollars: a number up to about $9,007, else a bigint. */
  toUnits(): number | bigint {
    return this.large === 0n ? this.small : this.toBigInt();
  }

  toBigInt(): bigint {
    return this.large + BigInt(this.small);
  }

  /** Dollars: the double nearest to the exact sum. */
  toUsd(): number {
    return this.large === 0n ? this.small / PICO_PER_USD : bigToUsd(this.toBigInt());
  }

  /**
   * Dollars for each of `count` units. The sum of five times $0.0035 gives exactly $0.0035 each; dividing the
   * double of dollars would not.
   */
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
