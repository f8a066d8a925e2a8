/** The call that another one replaces, for the cost that was saved. */

/**
 * The call that this one replaces: with another model, or with more tokens. A value of the wrong type is reported once,
 * and no saving is counted.
 */
export interface Counterfactual {
  /** The model of the replaced call. Default: the requested one. */
  model?: string | undefined;
  /** The provider of the replaced call. Default: the same. */
  provider?: string | undefined;
  /** Additional input tokens of the replaced call, at the input rate. A whole number from 0. Default 0. */
  inputTokens?: number | undefined;
  /**
   * Additional input tokens of the replaced call that the provider would have read from its cache. A whole number from 0.
   * Default 0.
   */
  cacheReadTokens?: number | undefined;
  /** Called with the saving of this call, once it is known. An error that it throws is caught. */
  onSettled?: ((saving: Saving) => void) | undefined;
}

/** The saving of a call against its counterfactual, at list prices and with the same output. */
export interface Saving {
  /** Cost of the call at list price, in USD. */
  costUsd: number;
  /** Saved by tokens that were not sent, in USD; from 0. */
  tokensUsd: number;
  /** Saved by another model, in USD; below 0 when the model that ran is more expensive. */
  modelUsd: number;
}
