/** What the Vercel AI SDK's `providerMetadata` adds to its usage: the provider's own record, a bill, a tier. */
import { isRecord } from '../validate.js';
import { richest } from './combine.js';
import { type Notes, readCount, readUsd } from './counts.js';
import { readUsage } from './read-usage.js';
import { setTier } from './response-facts.js';
import { type CallFacts, noTokens, type Usage } from './usage.js';

/**
 * Facts with what the metadata says on top. Up to version 5 the SDK's own counts have no cache writes, and no cache
 * at all in version 4: the provider's record, when it is there, has both.
 *
 * @param metadata an object by provider name, each holding what that provider wanted to say.
 */
export function withProviderMetadata(facts: CallFacts, metadata: unknown): CallFacts {
  if (!isRecord(metadata)) return facts;
  const merged = { ...facts };
  for (const entry of Object.values(metadata)) {
    if (!isRecord(entry)) continue;
    const usage = readEntry(entry, merged.usage);
    if (usage !== undefined) merged.usage = usage;
    if (merged.serviceTier === undefined && isRecord(entry.usage)) setTier(merged, entry.usage);
    if (typeof entry.serviceTier === 'string') merged.serviceTier ??= entry.serviceTier.toLowerCase();
  }
  return merged;
}

function readEntry(entry: Record<string, unknown>, known: Usage | undefined): Usage | undefined {
  const own = readUsage(entry.usage);
  const usage = known !== undefined && own !== undefined ? richest(known, own) : (known ?? own);
  const notes: Notes = { anomaly: undefined };
  const withWrites = own === undefined && usage !== undefined ? addCacheWrites(usage, entry, notes) : usage;
  // Perplexity's is an object of parts and their total.
  const cost = readUsd(isRecord(entry.cost) ? entry.cost.totalCost : entry.cost, 'cost', notes);
  if (cost === undefined || cost === 0) return withWrites;
  return { ...(withWrites ?? { tokens: noTokens() }), reportedCostUsd: cost };
}

/** Older versions name the cache counts alone, beside an input that does not hold them. */
function addCacheWrites(usage: Usage, entry: Record<string, unknown>, notes: Notes): Usage {
  const written = readCount(entry.cacheCreationInputTokens, 'cacheCreationInputTokens', notes) ?? 0;
  const read = readCount(entry.cacheReadInputTokens, 'cacheReadInputTokens', notes) ?? 0;
  const { tokens } = usage;
  const knowsWrites = tokens.cacheWrite + tokens.cacheWrite1h > 0;
  return {
    ...usage,
    tokens: {
      ...tokens,
      cacheWrite: knowsWrites ? tokens.cacheWrite : written,
      cacheRead: tokens.cacheRead > 0 ? tokens.cacheRead : read,
    },
  };
}
