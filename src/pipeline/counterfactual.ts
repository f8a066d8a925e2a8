import { type Pico, usdFromPico } from '../money.js';
import type { PriceBook } from '../pricing/price-book.js';
import type { Usage } from '../usage/usage.js';
import { warnOnce } from '../warnings.js';
import type { LlmFacts } from './llm-price.js';

/** The call that this one stands in for: another model's, or one with more tokens. */
export interface Counterfactual {
  /** The model it would have been. Default: the one that was asked for. */
  model?: string;
  /** Who would have served it. Default: the same. */
  provider?: string;
  /** Input tokens that it would have sent on top, at the input rate. Default 0. */
  inputTokens?: number;
  /** Input tokens that it would have sent on top and read from the provider's cache. Default 0. */
  cacheReadTokens?: number;
  /** Told what this call saved, once it is known. What it throws is caught. */
  onSettled?: (saving: Saving) => void;
}

/** What a call saved against its counterfactual, at list prices and with the same output. */
export interface Saving {
  /** What the call costs at list price, in USD. */
  costUsd: number;
  /** For tokens that were not sent, in USD; from 0. */
  tokensUsd: number;
  /** For another model, in USD; below 0 where the one that ran is the dearer one. */
  modelUsd: number;
}

type Prices = Pick<PriceBook, 'price'>;

/** Tells what was saved, and gives what is booked: the sum, and never less than 0. Without a known price, nothing. */
export function settleCounterfactual(
  prices: Prices,
  facts: LlmFacts,
  usage: Usage,
  other: Counterfactual,
): Pico {
  const more = withMoreTokens(usage, other);
  const actual = priceOf(prices, facts, usage, {});
  const unshortened = priceOf(prices, facts, more, {});
  const whole = priceOf(prices, facts, more, other);
  if (actual === undefined || unshortened === undefined || whole === undefined) return 0;
  tell(other, {
    costUsd: usdFromPico(actual),
    tokensUsd: usdFromPico(Math.max(0, unshortened - actual)),
    modelUsd: usdFromPico(whole - unshortened),
  });
  return Math.max(0, whole - actual);
}

function priceOf(
  prices: Prices,
  facts: LlmFacts,
  usage: Usage,
  { model, provider }: Counterfactual,
): Pico | undefined {
  return prices.price({
    provider: provider ?? facts.provider,
    model: model ?? facts.model,
    requestModel: model === undefined ? facts.requestModel : undefined,
    timeMillis: facts.timeMillis,
    usage,
    serviceTier: facts.serviceTier,
  }).pico;
}

function withMoreTokens(usage: Usage, { inputTokens, cacheReadTokens }: Counterfactual): Usage {
  const tokens = { ...usage.tokens };
  tokens.input += count(inputTokens);
  tokens.cacheRead += count(cacheReadTokens);
  return { ...usage, tokens };
}

function count(tokens: number | undefined): number {
  return tokens !== undefined && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : 0;
}

function tell({ onSettled }: Counterfactual, saving: Saving): void {
  try {
    onSettled?.(saving);
  } catch (error) {
    warnOnce('counterfactual.onSettled threw', error);
  }
}
