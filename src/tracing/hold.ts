import type { AttributeValue } from '@opentelemetry/api';
import {
  USAGE_CACHE_READ_TOKENS,
  USAGE_CACHE_WRITE_TOKENS,
  USAGE_INPUT_TOKENS,
  USAGE_OUTPUT_TOKENS,
  USAGE_REASONING_TOKENS,
} from '../attributes.js';
import type { Usage } from '../usage/usage.js';
import { tellAbove } from './charge.js';
import { claimLlm, type LlmFacts, leaveClaim } from './claim.js';
import type { Cover } from './cover.js';
import type { Link } from './link.js';
import type { Meter } from './meter.js';

const TOKEN_KEYS = [
  USAGE_INPUT_TOKENS,
  USAGE_OUTPUT_TOKENS,
  USAGE_CACHE_READ_TOKENS,
  USAGE_CACHE_WRITE_TOKENS,
  USAGE_REASONING_TOKENS,
];

/** Keeps a covered span's usage for the open wrapper around it, which bills the call. */
export function holdCall(
  meter: Meter,
  link: Link,
  cover: Cover,
  facts: LlmFacts,
  usage: Usage,
  attributes: Record<string, AttributeValue | undefined>,
): void {
  for (const key of TOKEN_KEYS) if (attributes[key] !== undefined) cover.tokenKeys.add(key);
  const claim = claimLlm(meter, link, facts, usage, link.allBelow(), cover.responses);
  if (typeof claim === 'string') return;
  const { tokens } = claim.usage;
  cover.hold({
    tokens,
    pico: claim.priced.pico,
    priced: claim.priced,
    responseId: facts.responseId,
    model: facts.model,
    provider: facts.provider,
  });
  tellAbove(link, 'llm', tokens, claim.priced.pico ?? 0, 1);
  leaveClaim(link, claim, true);
}
