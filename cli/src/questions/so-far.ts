/** Sums over the spans that have arrived, for scopes whose roll-up has not. */

import type { Row } from '../store/database.js';
import { countOf, sumOf } from '../store/row-values.js';
import type { RollUp } from '../task-answers.js';
import type { Source } from './source.js';
import { LEAF_TOTAL, totalOf } from './totals.js';
import { rollUpOf, type TraceSpan } from './trace-spans.js';

export function sumOfOwnCosts(spans: readonly TraceSpan[]): Omit<RollUp, 'scope' | 'isSoFar'> {
  const sums = { total: 0n, estimated: 0n, llm: 0n, tool: 0n, wasted: 0n, saved: 0n };
  const counts = { unpriced: 0, input: 0, output: 0 };
  let isLowerBound = false;
  for (const { own, isFailed, isLlmCall } of spans) {
    if (own === null) continue;
    const pico = BigInt(own.pico ?? 0);
    sums.total += pico;
    if (own.status === 'estimated') sums.estimated += pico;
    if (own.kind === 'llm') sums.llm += pico;
    if (own.kind === 'tool') sums.tool += pico;
    if (isFailed) sums.wasted += pico;
    sums.saved += BigInt(own.savedPico ?? 0);
    const isUnknown = own.pico === null && own.status !== 'not_billed';
    isLowerBound ||= isUnknown;
    if (isUnknown && own.status !== 'estimated') counts.unpriced += 1;
    if (isLlmCall) counts.input += own.tokens?.input ?? 0;
    if (isLlmCall) counts.output += own.tokens?.output ?? 0;
  }
  return {
    total: {
      pico: String(sums.total),
      estimatedPico: String(sums.estimated),
      unpricedCalls: counts.unpriced,
      isLowerBound,
    },
    llmPico: String(sums.llm),
    toolPico: String(sums.tool),
    wastedPico: String(sums.wasted),
    savedPico: String(sums.saved),
    inputTokens: counts.input,
    outputTokens: counts.output,
  };
}

/**
 * The session over all its traces: as it was stated last, or so far. Each process of a session states its own part, so
 * what the calls add up to counts where that is more.
 */
export async function sessionRollUp(database: Source, sessionId: string): Promise<RollUp> {
  const [stated] = await database.all(
    `SELECT * FROM rollups WHERE scope = 'session' AND scope_id = $session ORDER BY end_ns DESC, seq DESC LIMIT 1`,
    { session: sessionId },
  );
  const [row = {}] = await database.all(
    `SELECT ${LEAF_TOTAL}, sum(pico) FILTER (kind = 'llm') AS llm, sum(pico) FILTER (kind = 'tool') AS tool,
       sum(pico) FILTER (is_failed) AS wasted, sum(saved_pico) AS saved,
       sum(input_tokens) FILTER (is_llm_call) AS input_tokens, sum(output_tokens) FILTER (is_llm_call) AS output_tokens
     FROM costs WHERE session_id = $session`,
    { session: sessionId },
  );
  if (stated !== undefined && sumOf(stated, 'total_pico') >= sumOf(row, 'total')) {
    return rollUpOf('session', stated);
  }
  return soFar(row);
}

function soFar(row: Row): RollUp {
  return {
    scope: 'session',
    isSoFar: true,
    total: totalOf(row),
    llmPico: String(sumOf(row, 'llm')),
    toolPico: String(sumOf(row, 'tool')),
    wastedPico: String(sumOf(row, 'wasted')),
    savedPico: String(sumOf(row, 'saved')),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
  };
}
