import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { isPresent } from './counts.js';
import { setFacts, setTier } from './response-facts.js';
import type { CallFacts } from './usage.js';

/**
 * The counts after one more event of an Anthropic stream. The counts are cumulative: a field in a later event
 * replaces the earlier value, and an omitted field keeps it.
 *
 * @param before the counts after the events so far.
 * @param said receives the model, id and stop reason.
 */
export function readAnthropicEvent(
  before: Record<string, unknown> | undefined,
  said: CallFacts,
  event: Record<string, unknown>,
): Record<string, unknown> | undefined {
  if (isRecord(event.message)) setFacts(said, event.message);
  if (isRecord(event.delta)) setFacts(said, event.delta);
  const usage = isRecord(event.message) ? event.message.usage : event.usage;
  return isRecord(usage) ? replaceCounts(before ?? {}, usage, said) : before;
}

function replaceCounts(
  before: Record<string, unknown>,
  usage: Record<string, unknown>,
  said: CallFacts,
): Record<string, unknown> {
  const merged = { ...before };
  for (const key of keysOf(usage)) if (isPresent(usage[key])) merged[key] = usage[key];
  // The cache-write lifetimes belong to the count beside them, so a new count without lifetimes makes the old ones
  // stale.
  const isNewCount = isPresent(usage.cache_creation_input_tokens) && !isPresent(usage.cache_creation);
  if (isNewCount && usage.cache_creation_input_tokens !== before.cache_creation_input_tokens) {
    delete merged.cache_creation;
  }
  setTier(said, usage);
  return merged;
}
