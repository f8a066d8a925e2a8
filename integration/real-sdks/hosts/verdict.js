import { truthOf } from '../frameworks/verdict.js';

/**
 * How the totals of a task came out: `right`, `right, flagged`, `flagged` (another amount, said to be incomplete or estimated),
 * `unseen` (nothing was metered), else `wrong: …`. See ../frameworks/README.md.
 */
export function verdictOf(served, totals) {
  if (served.length === 0) return 'wrong: nothing was served';
  if (totals.llmCalls === 0 && totals.costComplete) return 'unseen';
  const truth = truthOf(served.filter(({ status }) => status === 200));
  const pico = Math.round(totals.costUsd * 1e12);
  const isFlagged = !totals.costComplete || totals.estimatedCostUsd > 0;
  const isRight =
    pico === truth.pico && totals.inputTokens === truth.input && totals.outputTokens === truth.output;
  if (isRight) return isFlagged ? 'right, flagged' : 'right';
  if (isFlagged) return 'flagged';
  return `wrong: ${pico} pico-dollars for ${totals.inputTokens}+${totals.outputTokens} tokens instead of ${truth.pico} for ${truth.input}+${truth.output}`;
}
