/**
 * Reads the additions of the Vercel AI SDK's `providerMetadata` to its usage: the provider's own record, a bill, a
 * tier.
 */
import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { holds, richest } from './combine.js';
import { type Notes, readCount, readUsd } from './counts.js';
import { readUsage } from './read-usage.js';
import { setTier } from './response-facts.js';
import { type CallFacts, noTokens, type Usage } from './usage.js';

/**
 * Adds the metadata to the facts. The SDK's own counts lack cache writes up to version 5, and have no cache counts at
 * all in version 4. The provider's record, if present, has both.
 *
 * @param metadata an object by provider name, with whatever that provider reports.
 */
export function withProviderMetadata(facts: CallFacts, metadata: unknown): CallFacts {
  if (!isRecord(metadata)) return facts;
  const merged = { ...facts };
  for (const key of keysOf(metadata)) {
    const entry = metadata[key];
    if (!isRecord(entry)) continue;
    const usage = readEntry(entry, merged.usage);
    if (usage !== undefined) merged.usage = usage;
    if (merged.serviceTier === undefined && isRecord(entry.usage)) setTier(merged, entry.usage);
    if (typeof entry.serviceTier === 'string') merged.serviceTier ??= entry.serviceTier.toLowerCase();
  }
  return merged;
}

function readEntry(entry: Record<string, unknown>, known: Usage | undefined): Usage | undefined {
  const own = readUsage(entry.usage ?? entry.usageMetadata);
  const usage = known !== undefined && own !== undefined ? ofOneCall(known, own) : (known ?? own);
  const notes: Notes = { anomaly: undefined };
  const withWrites =
    own === undefined && usage !== undefined
      ? splitInside(addCacheWrites(usage, entry, notes), entry, notes)
      : usage;
  // Perplexity reports an object with the parts and their total.
  const cost = readUsd(isRecord(entry.cost) ? entry.cost.totalCost : entry.cost, 'cost', notes);
  if (notes.refusesUsd && withWrites !== undefined) return { ...withWrites, refusesBill: true };
  if (cost === undefined || cost === 0) return withWrites;
  return { ...(withWrites ?? { tokens: noTokens() }), reportedCostUsd: cost };
}

/** A bill for fewer tokens than the counts is that of one of several calls. */
function ofOneCall(known: Usage, own: Usage): Usage {
  const { doubt: _doubt, ...both } = richest(known, own);
  // The provider's record contains everything in the SDK's counts, so only its own doubts apply.
  if (holds(own, known)) return own.doubt === undefined ? both : { ...both, doubt: own.doubt };
  if (own.reportedCostUsd === undefined) return richest(known, own);
  const { reportedCostUsd: _bill, ...usage } = both;
  return { ...usage, isSum: true, doubt: 'reported_differs' };
}

/** Names of cached tokens that are part of the SDK's input: OpenAI, xAI, DeepSeek, Google. */
const CACHED_INSIDE = ['cachedPromptTokens', 'promptCacheHitTokens', 'cachedContentTokenCount'] as const;

/** Separates the cached tokens from an input, and the reasoning from an output, that the SDK does not split. */
function splitInside(usage: Usage, entry: Record<string, unknown>, notes: Notes): Usage {
  const { tokens } = usage;
  const cached = CACHED_INSIDE.map((name) => readCount(entry[name], name, notes) ?? 0);
  const read = tokens.cacheRead > 0 ? 0 : Math.min(Math.max(...cached), tokens.input);
  const thought = readCount(entry.reasoningTokens, 'reasoningTokens', notes) ?? 0;
  const reasoning = tokens.reasoning > 0 ? 0 : Math.min(thought, tokens.output);
  if (read + reasoning === 0) return usage;
  return {
    ...usage,
    tokens: {
      ...tokens,
      input: tokens.input - read,
      cacheRead: tokens.cacheRead + read,
      output: tokens.output - reasoning,
      reasoning: tokens.reasoning + reasoning,
    },
  };
}

/** Older versions report only the cache counts, beside an input that excludes them. */
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
