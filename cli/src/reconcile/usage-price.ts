/** The list price of a row of a usage export. It sums up many calls, so each count is priced by the rate of one. */

import { type ExplainedCall, explainCost } from 'otel-agent-cost/offline';
import { multiplied } from '../export/decimal.js';
import type { PriceOptions } from '../export/split.js';
import { picoFromAmount } from '../money.js';
import type { ExportRow, ExportTokens, Provider } from './export-formats.js';

type CountName = Exclude<keyof ExportTokens, 'requests'>;

/** Above every size at which prices change. */
const LONG_PROMPT = 1_000_001;

/** One call with one of each count, in the form in which its provider tells them apart. */
function sample({ tokens, isLong }: ExportRow, provider: Provider): Pick<ExplainedCall, 'tokens' | 'usage'> {
  const has = (name: CountName): number => ((tokens?.[name] ?? 0) > 0 ? 1 : 0);
  const [input, cacheRead, output] = [has('input'), has('cacheRead'), has('output')];
  if (provider === 'openai') return { tokens: { input: input + cacheRead, cacheRead, output } };
  const usage = {
    input_tokens: isLong ? LONG_PROMPT : input,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: has('cacheWrite') + has('cacheWrite1h'),
    cache_creation: {
      ephemeral_5m_input_tokens: has('cacheWrite'),
      ephemeral_1h_input_tokens: has('cacheWrite1h'),
    },
    ...(has('webSearches') > 0 && { server_tool_use: { web_search_requests: 1 } }),
  };
  return { usage };
}

const COUNT_OF_LABEL: Readonly<Record<string, keyof ExportTokens>> = {
  'input tokens': 'input',
  'cached input tokens': 'cacheRead',
  'cache write tokens': 'cacheWrite',
  'cache write tokens (1 h)': 'cacheWrite1h',
  'output tokens': 'output',
  'web searches': 'webSearches',
  requests: 'requests',
};

/** Null when the model, or a count, has no known rate. */
export function listPrice(
  row: ExportRow,
  provider: Provider,
  timeMillis: number,
  options: PriceOptions | undefined,
): bigint | null {
  const { tokens, model, tier } = row;
  if (tokens === null || model === null) return null;
  if (Object.values(tokens).every((count) => count === 0)) return 0n;
  const call = {
    provider,
    model,
    timeMillis,
    ...sample(row, provider),
    ...(tier !== null && { serviceTier: tier }),
  };
  const { pico, lines } = explainCost(call, options);
  if (pico === undefined) return null;
  let sum = 0n;
  for (const { label, usdPerUnit } of lines) {
    const count = COUNT_OF_LABEL[label];
    if (count === undefined) return null;
    sum += picoFromAmount(multiplied(usdPerUnit, String(tokens[count]))) ?? 0n;
  }
  return sum;
}
