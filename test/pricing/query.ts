import type { PriceQuery } from '../../src/pricing/priced.js';
import { noTokens, type TokenCounts, type Usage } from '../../src/usage/usage.js';

/** Midday UTC, after every dated change of the models used here except where a test says so. */
export const NOON = Date.parse('2026-06-01T12:00:00Z');

export function usageOf(tokens: Partial<TokenCounts>, rest: Omit<Usage, 'tokens'> = {}): Usage {
  return { tokens: { ...noTokens(), ...tokens }, ...rest };
}

/** One call of 1,000 input and 100 output tokens, unless the test says otherwise. */
export function queryOf(
  provider: string | undefined,
  model: string | undefined,
  rest: Partial<PriceQuery> = {},
): PriceQuery {
  return { provider, model, timeMillis: NOON, usage: usageOf({ input: 1000, output: 100 }), ...rest };
}
