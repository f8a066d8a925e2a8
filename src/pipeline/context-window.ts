import type { Priced } from '../pricing/priced.js';
import { inputTokens, outputTokens, type Usage } from '../usage/usage.js';

/**
 * The share of the model's context window that a call used, input and output together: above 0, up to 1. Undefined when
 * the window is unknown, and when the tokens exceed it: they then belong to several calls, or the known window is
 * wrong.
 */
export function contextUsedRatio(
  { contextWindowTokens }: Pick<Priced, 'contextWindowTokens'>,
  usage: Pick<Usage, 'tokens'> | undefined,
): number | undefined {
  if (contextWindowTokens === undefined || usage === undefined) return undefined;
  const used = inputTokens(usage.tokens) + outputTokens(usage.tokens);
  return used > 0 && used <= contextWindowTokens ? used / contextWindowTokens : undefined;
}
