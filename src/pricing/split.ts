/** A bill by its sides, for backends that show what went in and what came out apart. */

import { type Pico, picoFromUsd } from '../money.js';
import { addInputTokens, addOutputTokens, noTokens, type TokenCounts, type Usage } from '../usage/usage.js';
import { bandOf, pricesTokens, type Rate, type TokenRates, tokensUsd } from './rate.js';

/** What of one call's cost was for tokens of each side; together at most the cost, less where fees are part of it. */
export interface CostSplit {
  /** Caches included. */
  inputPico: Pico;
  /** Reasoning included. */
  outputPico: Pico;
}

/**
 * The sides of a cost that was computed by `rate` and `factor`. Undefined when it is not known what of it was for which
 * side: a total without a split, or a price for other units than tokens.
 */
export function splitOf(rate: Rate, usage: Usage, factor: number, pico: Pico): CostSplit | undefined {
  if (rate.free === 'always') return { inputPico: 0, outputPico: 0 };
  if (!pricesTokens(rate) || (usage.unsplitTokens ?? 0) > 0) return undefined;
  const band = bandOf(rate, usage.tokens);
  const inputPico = Math.min(pico, sidePico(band.tokens, usage.tokens, addInputTokens, factor));
  const rest = pico - inputPico;
  // Without fees the rest is output to the last pico-dollar, however the two were rounded. Beyond 2^53 the rest is rounded
  // once more, so that the other side is what is left beside it.
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

/** Undefined as soon as one part's sides are not known. */
export function addSplits(splits: readonly (CostSplit | undefined)[]): CostSplit | undefined {
  const sum: CostSplit = { inputPico: 0, outputPico: 0 };
  for (const split of splits) {
    if (split === undefined) return undefined;
    sum.inputPico += split.inputPico;
    sum.outputPico += split.outputPico;
  }
  return sum;
}
