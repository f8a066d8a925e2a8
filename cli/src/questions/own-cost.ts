/** The own cost of one span. */

import type { Row } from '../store/database.js';
import { countOf, textOf, wholeOf } from '../store/row-values.js';
import type { OwnCost } from '../task-answers.js';

/** The columns of `costs` that {@link ownCostOf} reads. */
export const OWN_COST = `pico, saved_pico, kind, source, status, reason, rate_match, anomaly, model, provider,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens`;

export function ownCostOf(row: Row): OwnCost {
  const pico = wholeOf(row, 'pico');
  const saved = wholeOf(row, 'saved_pico');
  return {
    pico: pico === null ? null : String(pico),
    kind: textOf(row, 'kind'),
    source: textOf(row, 'source'),
    status: statusOf(row),
    reason: textOf(row, 'reason'),
    rateMatch: textOf(row, 'rate_match'),
    anomaly: textOf(row, 'anomaly'),
    savedPico: saved === null ? null : String(saved),
    model: textOf(row, 'model'),
    provider: textOf(row, 'provider'),
    tokens: tokensOf(row),
  };
}

function statusOf(row: Row): OwnCost['status'] {
  const status = textOf(row, 'status');
  return status === 'free' || status === 'estimated' || status === 'unpriced' || status === 'not_billed'
    ? status
    : null;
}

function tokensOf(row: Row): OwnCost['tokens'] {
  if (wholeOf(row, 'input_tokens') === null && wholeOf(row, 'output_tokens') === null) return null;
  return {
    input: countOf(row, 'input_tokens'),
    output: countOf(row, 'output_tokens'),
    cacheRead: countOf(row, 'cache_read_tokens'),
    cacheWrite: countOf(row, 'cache_write_tokens'),
    reasoning: countOf(row, 'reasoning_tokens'),
  };
}
