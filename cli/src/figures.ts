/** Amounts and totals in answers. */

/** Whole pico-dollars (1e-12 USD) in decimal digits, for `BigInt`. An unknown amount is null, never "0". */
export type Pico = string;

/** A total over calls. */
export interface Total {
  pico: Pico;
  /** The part of it that is estimated. */
  estimatedPico: Pico;
  /** Calls below without a known cost. */
  unpricedCalls: number;
  /** True when something is missing, such as an unpriced or open call: the page shows "+". */
  isLowerBound: boolean;
}
