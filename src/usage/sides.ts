/** One call's counts while they are made disjoint. */

/** One call's two sides, and the counts inside them. */
export interface Sides {
  /** Cache included. */
  input: number;
  /** Reasoning included. */
  output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  reasoning: number;
  /** Stated, or derived from the total. */
  knowsInput: boolean;
  knowsOutput: boolean;
  /** The one count that the provider states for both sides. */
  unsplit?: number;
}

/** The stated totals of a call, and all of its cached tokens. */
export interface Totals {
  input: number | undefined;
  output: number | undefined;
  total: number | undefined;
  cache: number;
}
