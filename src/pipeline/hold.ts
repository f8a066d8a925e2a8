import type { AttributeValue } from '@opentelemetry/api';
import {
  USAGE_CACHE_READ_TOKENS,
  USAGE_CACHE_WRITE_TOKENS,
  USAGE_INPUT_TOKENS,
  USAGE_OUTPUT_TOKENS,
  USAGE_REASONING_TOKENS,
} from '../attributes.js';
import type { Pico } from '../money.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Cover } from '../spans/cover.js';
import { addToSeen } from '../spans/seen.js';
import type { SpanRecord } from '../spans/span-record.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
  type Usage,
} from '../usage/usage.js';
import { claimLlm, leaveClaim } from './claim.js';
import type { LlmFacts } from './llm-price.js';

const TOKEN_KEYS: readonly (readonly [string, (tokens: TokenCounts) => number])[] = [
  [USAGE_INPUT_TOKENS, inputTokens],
  [USAGE_OUTPUT_TOKENS, outputTokens],
  [USAGE_CACHE_READ_TOKENS, cacheReadTokens],
  [USAGE_CACHE_WRITE_TOKENS, cacheWriteTokens],
  [USAGE_REASONING_TOKENS, (tokens) => tokens.reasoning],
];

/** Keeps a covered span's usage for the open wrapper around it, which bills the call. */
export function holdCall(
  runtime: Runtime,
  record: SpanRecord,
  cover: Cover,
  facts: LlmFacts,
  usage: Usage,
  attributes: Record<string, AttributeValue | undefined>,
): void {
  for (const [key, count] of TOKEN_KEYS) {
    // Under whichever name: backends know the older ones, too.
    if (attributes[key] === undefined && count(usage.tokens) === 0) continue;
    cover.tokenKeys ??= new Set();
    cover.tokenKeys.add(key);
  }
  const claim = claimLlm(runtime, record, facts, usage, record.allBelow(), cover.responses, cover);
  if (typeof claim === 'string') return;
  leaveClaim(record, claim.claimed, 'covered');
  if (claim.paidAbove !== undefined) return;
  const { tokens } = claim.usage;
  cover.hold({
    tokens,
    pico: claim.priced.pico,
    priced: claim.priced,
    isLowerBound: claim.usage.incomplete === true,
    responseId: facts.responseId,
    model: facts.model,
    provider: facts.provider,
  });
  tellHeld(record, cover, tokens, claim.priced.pico ?? 0);
}

/** Tells spans of the same call what is held already; those around the wrapper hear of it when that bills. */
function tellHeld(record: SpanRecord, cover: Cover, tokens: TokenCounts, pico: Pico): void {
  let above = record.openAncestor();
  if (above?.cover === record.cover) tell(above);
  if (record.cover === cover) return;
  while (above !== undefined && above.cover !== cover) above = above.openAncestor();
  tell(above);

  function tell(open: SpanRecord | undefined): void {
    if (open === undefined || open.creditor !== record.creditor) return;
    addToSeen(open.seenHeld(), tokens, pico, pico, 1);
  }
}
