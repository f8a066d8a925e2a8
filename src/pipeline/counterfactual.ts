import type { Counterfactual, Saving } from '../counterfactual.js';
import { type Pico, usdFromPico } from '../money.js';
import type { PriceBook } from '../pricing/price-book.js';
import { noTokens, type Usage } from '../usage/usage.js';
import { warnOnce } from '../warnings.js';
import type { LlmFacts } from './llm-facts.js';

type Prices = Pick<PriceBook, 'price'>;

/**
 * Reports the saving of a call, and returns its sum in pico-dollars, at least 0. Without a known price, it reports
 * nothing and returns 0. Never throws: the app's values are checked only here.
 */
export function settleCounterfactual(...call: Parameters<typeof savingOf>): Pico {
  try {
    return savingOf(...call);
  } catch (error) {
    warnOnce('the counterfactual cannot be read', error);
    return 0;
  }
}

function savingOf(prices: Prices, facts: LlmFacts, usage: Usage, other: Counterfactual): Pico {
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
    usage: model === undefined ? usage : asOneModel(usage),
    serviceTier: facts.serviceTier,
  }).pico;
}

/** Keeps the calls that the usage sums up, but not their models: all are priced as the replaced model. */
function asOneModel({ parts, ...usage }: Usage): Usage {
  return parts === undefined ? usage : { ...usage, parts: parts.map((part) => ({ usage: part.usage })) };
}

function withMoreTokens(usage: Usage, { inputTokens, cacheReadTokens }: Counterfactual): Usage {
  const tokens = { ...usage.tokens };
  tokens.input += count(inputTokens);
  tokens.cacheRead += count(cacheReadTokens);
  if (usage.parts === undefined) return { ...usage, tokens };
  const more = { ...noTokens(), input: count(inputTokens), cacheRead: count(cacheReadTokens) };
  return { ...usage, tokens, parts: [...usage.parts, { usage: { tokens: more } }] };
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
