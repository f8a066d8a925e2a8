/** Prices that the app sets itself, in place of the price list. */

/**
 * The price of one model. `…UsdPerMtok` is USD per million tokens; the other amounts are USD apiece. Each is from 0
 * to 1,000,000. A token kind without a rate is billed like the kind that contains it: cached, audio and image input
 * like input, reasoning like output. If that kind has no rate either, the call is unpriced, never free.
 */
export interface ModelRate {
  inputUsdPerMtok?: number | undefined;
  outputUsdPerMtok?: number | undefined;
  cacheReadUsdPerMtok?: number | undefined;
  /** Cache writes that live five minutes, or for an unspecified time. */
  cacheWriteUsdPerMtok?: number | undefined;
  cacheWrite1hUsdPerMtok?: number | undefined;
  reasoningUsdPerMtok?: number | undefined;
  inputAudioUsdPerMtok?: number | undefined;
  outputAudioUsdPerMtok?: number | undefined;
  cacheReadAudioUsdPerMtok?: number | undefined;
  cacheReadImageUsdPerMtok?: number | undefined;
  inputImageUsdPerMtok?: number | undefined;
  inputVideoUsdPerMtok?: number | undefined;
  outputImageUsdPerMtok?: number | undefined;
  outputVideoUsdPerMtok?: number | undefined;
  citationUsdPerMtok?: number | undefined;
  /** One rate for every token. Used for totals without a split, and when there is no input or output rate. */
  totalUsdPerMtok?: number | undefined;
  perRequestUsd?: number | undefined;
  webSearchUsd?: number | undefined;
  otherToolCallUsd?: number | undefined;
  rerankSearchUsd?: number | undefined;
  fileSearchUsd?: number | undefined;
  codeExecutionUsd?: number | undefined;
  audioSecondUsd?: number | undefined;
  outputAudioSecondUsd?: number | undefined;
  imageUsd?: number | undefined;
  socialSearchUsd?: number | undefined;
  inputTextMessageUsd?: number | undefined;
  documentPageUsd?: number | undefined;
  annotatedDocumentPageUsd?: number | undefined;
  /** The model is known to cost nothing, whatever it is used for. */
  free?: boolean | undefined;
  /**
   * `compute`: the model runs on machines that are billed separately, so its tokens cost nothing: each call is
   * known to be free, with or without usage. No prices may be set beside it.
   */
  pricedBy?: 'compute' | undefined;
  /** The most tokens in one call, input and output together, from 1. Default: the price list's value. */
  contextWindowTokens?: number | undefined;
  /** Rates by the service tier that was served (`batch`, `flex`, `priority`, …). They replace the rates above. */
  tiers?: Record<string, Omit<ModelRate, 'tiers' | 'pricedBy' | 'contextWindowTokens'>> | undefined;
}

/**
 * Prices set by the app. Names are compared case-insensitively. A key of the form `provider/model` applies only to
 * that provider.
 */
export interface PriceOptions {
  /** Rates by model, used before the price list. A dated snapshot of the model (`gpt-4o-2024-08-06`) uses them too. */
  overrides?: Record<string, ModelRate> | undefined;
  /**
   * The model behind a deployment, an inference profile or another name of your own: `{ 'my-deployment': 'gpt-4o'
   * }`.
   */
  aliases?: Record<string, string> | undefined;
  /** The provider behind a provider name of your own: `{ 'our-gateway': 'openai' }`. */
  providerAliases?: Record<string, string> | undefined;
  /**
   * The fraction of the price that you pay, by provider or model: 0.9 is 10 % off, 1.05 a gateway's fee of 5 %.
   * From 0 to 2. A model's factor replaces its provider's. Factors apply to overrides too; `1` for a model exempts
   * it.
   */
  priceFactors?: Record<string, number> | undefined;
}
