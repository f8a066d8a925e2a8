import { isRecord } from '../validate.js';
import { isPresent } from './counts.js';
import { setFacts, setTier } from './response-facts.js';
import type { CallFacts } from './usage.js';

/**
 * The counts after one more event of an Anthropic stream. They are cumulative: what a later event states replaces
 * what an earlier one stated, and what it leaves out stays.
 *
 * @param before the counts after the events so far.
 * @param said where model, id and stop reason are put.
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
  for (const [key, value] of Object.entries(usage)) if (isPresent(value)) merged[key] = value;
  // The lifetimes of the cache writes belong to the count beside them; a new count makes old lifetimes stale.
  const isNewCount = isPresent(usage.cache_creation_input_tokens) && !isPresent(usage.cache_creation);
  if (isNewCount && usage.cache_creation_input_tokens !== before.cache_creation_input_tokens) {
    delete merged.cache_creation;
  }
  setTier(said, usage);
  return merged;
}
