import type { Priced } from '../pricing/price-book.js';
import { inputTokens, outputTokens, type Usage } from '../usage/usage.js';

/**
 * What a call filled of its model's context window: input and output together, from 0 to 1. Undefined where the window
 * is not known, and where it was more than filled: then the tokens are those of several calls, or the window is another.
 */
export function contextUsedRatio(
  { contextWindowTokens }: Pick<Priced, 'contextWindowTokens'>,
  usage: Pick<Usage, 'tokens'> | undefined,
): number | undefined {
  if (contextWindowTokens === undefined || usage === undefined) return undefined;
  const used = inputTokens(usage.tokens) + outputTokens(usage.tokens);
  return used > 0 && used <= contextWindowTokens ? used / contextWindowTokens : undefined;
}
