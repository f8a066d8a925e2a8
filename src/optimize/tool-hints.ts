/** Hints on tool calls. */

import { usdFromPico } from '../money.js';
import { counted, type FoundHint, formatUsd, groupBy, sumPico } from './call-groups.js';
import type { CallRecord } from './call-record.js';

/** A lower hit rate is reported: four of five calls run anyway. */
const LOW_HIT_RATE = 0.2;
/** With fewer calls, a hit rate is meaningless. */
const MIN_CACHED_CALLS = 5;

/** The cost of calls with the arguments of an earlier call, which a cache would have answered. */
export function repeatedToolCallHints(calls: readonly CallRecord[]): FoundHint[] {
  const hints: FoundHint[] = [];
  for (const [subject, group] of groupBy(toolCalls(calls), ({ name = '' }) => name)) {
    const repeats = repeatsOf(group.filter(({ isCacheHit }) => isCacheHit === undefined));
    const amountUsd = usdFromPico(sumPico(repeats));
    if (amountUsd === 0) continue;
    hints.push({
      kind: 'repeated_tool_calls',
      subject,
      amountUsd,
      amountIs: 'saving',
      count: repeats.length,
      of: repeats,
      message: `${counted(repeats.length, 'call')} of ${subject} had the arguments of an earlier one and cost ${formatUsd(amountUsd)}. Where its answers stay valid, wrap it in cachedTool with a TTL as long as they do.`,
    });
  }
  return hints;
}

/** The cost of the calls that a tool's cache did not answer, if it answers few. */
export function lowHitRateHints(calls: readonly CallRecord[]): FoundHint[] {
  const hints: FoundHint[] = [];
  const cached = toolCalls(calls).filter(({ isCacheHit }) => isCacheHit !== undefined);
  for (const [subject, group] of groupBy(cached, ({ name = '' }) => name)) {
    const misses = group.filter(({ isCacheHit }) => isCacheHit === false);
    const hitRate = 1 - misses.length / group.length;
    const amountUsd = usdFromPico(sumPico(misses));
    if (group.length < MIN_CACHED_CALLS || hitRate >= LOW_HIT_RATE || amountUsd === 0) continue;
    const again = repeatsOf(misses);
    const ttl = group.find(({ cacheTtlSeconds }) => cacheTtlSeconds !== undefined)?.cacheTtlSeconds;
    const lifetime = ttl === undefined ? '' : ` (TTL ${ttl} s)`;
    const percent = Math.round(hitRate * 100);
    hints.push({
      kind: 'low_cache_hit_rate',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: misses.length,
      of: misses,
      message: `The cache of ${subject}${lifetime} answered ${percent} % of ${counted(group.length, 'call')}; the others cost ${formatUsd(amountUsd)}. A longer TTL, or room for more entries, saves at most the ${formatUsd(usdFromPico(sumPico(again)))} for arguments seen before; normalize can make more arguments equal.`,
    });
  }
  return hints;
}

function toolCalls(calls: readonly CallRecord[]): CallRecord[] {
  return calls.filter(({ kind, name }) => kind === 'tool' && name !== undefined);
}

/** Calls with the arguments of an earlier call that succeeded. */
function repeatsOf(calls: readonly CallRecord[]): CallRecord[] {
  const seen = new Set<string>();
  return calls.filter(({ argumentsHash, failed }) => {
    if (argumentsHash === undefined) return false;
    const isRepeat = seen.has(argumentsHash);
    if (!failed) seen.add(argumentsHash);
    return isRepeat;
  });
}
