/** Splits a cost into input and output, for backends that show the two separately. */

import { type Pico, picoFromUsd } from '../money.js';
import { addInputTokens, addOutputTokens, noTokens, type TokenCounts, type Usage } from '../usage/usage.js';
import { bandOf, pricesTokens, type Rate, type TokenRates, tokensUsd } from './rate.js';

/**
 * The parts of one call's cost for input and output tokens. Their sum is the cost, or less when the cost includes
 * fees.
 */
export interface CostSplit {
  /** Caches included. */
  inputPico: Pico;
  /** Reasoning included. */
  outputPico: Pico;
}

/**
 * Splits a cost that was computed with `rate` and `factor`. Undefined when the split is unknown: for a total
 * without a split, or a price for other units than tokens.
 */
export function splitOf(rate: Rate, usage: Usage, factor: number, pico: Pico): CostSplit | undefined {
  if (rate.free === 'always') return { inputPico: 0, outputPico: 0 };
  if (!pricesTokens(rate) || (usage.unsplitTokens ?? 0) > 0) return undefined;
  const band = bandOf(rate, usage.tokens);
  const inputPico = Math.min(pico, sidePico(band.tokens, usage.tokens, addInputTokens, factor));
  const rest = pico - inputPico;
  // Without fees, the rest is output to the last pico-dollar, however the two were rounded. Beyond 2^53 the rest is
  // rounded again, so input is computed as the difference to it.
  if (usage.units === undefined && band.perRequestUsd === 0)
    return { inputPico: pico - rest, outputPico: rest };
  return {
    inputPico,
    outputPico: Math.min(rest, sidePico(band.tokens, usage.tokens, addOutputTokens, factor)),
  };
}

function sidePico(
  rates: TokenRates,
  tokens: TokenCounts,
  addSide: (into: TokenCounts, more: TokenCounts) => void,
  factor: number,
): Pico {
  const side = noTokens();
  addSide(side, tokens);
  return picoFromUsd(tokensUsd(rates, side) * factor);
}

/** The sum of several splits. Undefined when one of them is unknown. */
export function addSplits(splits: readonly (CostSplit | undefined)[]): CostSplit | undefined {
  const sum: CostSplit = { inputPico: 0, outputPico: 0 };
  for (const split of splits) {
    if (split === undefined) return undefined;
    sum.inputPico += split.inputPico;
    sum.outputPico += split.outputPico;
  }
  return sum;
}
