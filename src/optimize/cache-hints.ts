/** Hints on the provider's prompt cache: tokens that a conversation's calls could have read from it. */

import { type Pico, usdFromPico } from '../money.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  noTokens,
  type TokenCounts,
} from '../usage/usage.js';
import { counted, type FoundHint, formatUsd } from './call-groups.js';
import type { CallRecord } from './call-record.js';
import { conversationsIn, type Turn } from './conversations.js';
import { type PricedCall, type Prices, priceOf, savingOf } from './priced-calls.js';

/** No provider caches a shorter prompt. */
const MIN_CACHED_TOKENS = 1024;
/** OpenAI caches whole blocks of this size; other providers cache more of the same prompt. */
const BLOCK_TOKENS = 128;
/**
 * A call that reads less than this share of the cached tokens found the cache cold. One that reads more has an edit
 * near its end.
 */
const WARM_SHARE = 0.5;

const MILLIS_PER_MINUTE = 60_000;
/**
 * The lifetime of a cache after its last use: Anthropic's two choices. OpenAI's and Google's caches live five
 * minutes or more.
 */
const SHORT_TTL_MINUTES = 5;
const LONG_TTL_MINUTES = 60;

/** Calls of one model with the same remedy. */
interface Finding {
  readonly kind: 'cold_cache' | 'expired_cache' | 'uncached_input';
  readonly subject: string;
  /** The lifetime of the expired cache. */
  readonly ttlMinutes?: number;
  readonly calls: PricedCall[];
  /** Tokens that were sent again and not read from the cache. */
  tokens: number;
  pico: Pico;
}

export function promptCacheHints(calls: readonly CallRecord[], prices: Prices): FoundHint[] {
  const sums = new Map<string, Finding>();
  for (const conversation of conversationsIn(calls)) {
    for (const found of [...coldCalls(conversation, prices), ...uncachedInput(conversation, prices)]) {
      const key = `${found.kind} ${found.ttlMinutes} ${found.subject}`;
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, found);
      else {
        for (const call of found.calls) sum.calls.push(call);
        sum.tokens += found.tokens;
        sum.pico += found.pico;
      }
    }
  }
  return [...sums.values()].map((found) => ({
    kind: found.kind,
    subject: found.subject,
    amountUsd: usdFromPico(found.pico),
    amountIs: 'saving',
    count: found.calls.length,
    of: found.calls,
    message: messageOf(found),
  }));
}

function messageOf({ kind, subject, ttlMinutes, calls, tokens, pico }: Finding): string {
  const these = `${counted(calls.length, 'call')} of ${subject}`;
  const amount = `${tokens.toLocaleString('en-US')} tokens`;
  const usd = formatUsd(usdFromPico(pico));
  if (kind === 'cold_cache')
    return `${these} found the prompt cache cold: ${amount} that the previous call had left there were paid for again, ${usd} more than reading them. Keep the start of the prompt the same from call to call.`;
  if (kind === 'uncached_input')
    return `${these} sent ${amount} again at the full input price. With a prompt cache they would have cost ${usd} less, its writes included. Let the provider cache the prompt, and keep its start the same from call to call.`;
  return `${these} came more than ${ttlMinutes} min after the previous call, too late for its prompt cache: ${amount} were paid for again. A call every ${ttlMinutes} min that reads the cache keeps it warm, which would have saved ${usd} beyond its own cost. A longer-lived cache needs no such calls, but may cost more to write.`;
}

/** Calls that read few of the tokens that the previous call had left in the cache. */
function coldCalls(conversation: readonly Turn[], prices: Prices): Finding[] {
  const heldAfter = cacheOf(conversation);
  if (heldAfter === undefined) return [];
  return conversation.flatMap(({ call, previous }) => {
    const found = previous && coldCall(call, previous, heldAfter(previous.tokens), prices);
    return found ?? [];
  });
}

function coldCall(
  call: PricedCall,
  previous: PricedCall,
  inCache: number,
  prices: Prices,
): Finding | undefined {
  const { tokens, moved } = readInstead(call.tokens, missedBy(call.tokens, inCache));
  const ttlMinutes = ttlMinutesOf(call.tokens);
  const pauseMinutes = (call.timeMillis - previous.timeMillis) / MILLIS_PER_MINUTE;
  // Each use extends the life of the cache by one TTL.
  const keepAlives = Math.max(0, Math.ceil(pauseMinutes / ttlMinutes) - 1);
  const keepAlivePico = priceOf(prices, call, { ...noTokens(), cacheRead: inCache, output: 1 });
  const after = priceOf(prices, call, tokens);
  if (after === undefined || keepAlivePico === undefined) return undefined;
  const pico = savingOf(prices, call, after + keepAlives * keepAlivePico) ?? 0;
  if (pico <= 0) return undefined;
  const found = { subject: call.name, calls: [call], tokens: moved, pico };
  return keepAlives > 0 ? { kind: 'expired_cache', ttlMinutes, ...found } : { kind: 'cold_cache', ...found };
}

/** Returns the tokens of a call that are in the cache after it. Undefined when nothing shows that there is a cache. */
function cacheOf(conversation: readonly Turn[]): ((tokens: TokenCounts) => number) | undefined {
  // A provider that reports no writes caches every prompt automatically.
  if (conversation.some(({ call }) => cacheWriteTokens(call.tokens) > 0))
    return (tokens) => cacheReadTokens(tokens) + cacheWriteTokens(tokens);
  if (conversation.some(({ call }) => cacheReadTokens(call.tokens) > 0))
    return (tokens) => cachedBlocks(inputTokens(tokens));
  return undefined;
}

function cachedBlocks(tokens: number): number {
  return tokens < MIN_CACHED_TOKENS ? 0 : tokens - (tokens % BLOCK_TOKENS);
}

/** The cached tokens that a call sent again without reading them, if it found the cache cold. */
function missedBy(tokens: TokenCounts, inCache: number): number {
  // A shortened history resends at most its whole length.
  const again = Math.min(inCache, inputTokens(tokens));
  const read = cacheReadTokens(tokens);
  return read < WARM_SHARE * again ? again - read : 0;
}

const WRITES = ['cacheWrite1h', 'cacheWrite'] as const;

/** The same tokens, with `missed` more of them read from the cache. Audio and images stay unchanged. */
function readInstead(tokens: TokenCounts, missed: number): { tokens: TokenCounts; moved: number } {
  const after = { ...tokens };
  let left = missed;
  // In a call that writes to the cache, the remaining input is the end of the prompt, which no cache contains.
  for (const kind of cacheWriteTokens(tokens) > 0 ? WRITES : ['input' as const]) {
    const taken = Math.min(left, after[kind]);
    after[kind] -= taken;
    after.cacheRead += taken;
    left -= taken;
  }
  return { tokens: after, moved: missed - left };
}

function ttlMinutesOf({ cacheWrite, cacheWrite1h }: TokenCounts): number {
  return cacheWrite1h > cacheWrite ? LONG_TTL_MINUTES : SHORT_TTL_MINUTES;
}

/** A conversation that neither reads nor writes a cache, although doing both would have cost less. */
function uncachedInput(conversation: readonly Turn[], prices: Prices): Finding[] {
  if (cacheOf(conversation) !== undefined || hidesCache(conversation)) return [];
  const calls: PricedCall[] = [];
  let tokens = 0;
  let pico = 0;
  for (const turn of conversation) {
    const after = withCache(turn);
    const saved = savingOf(prices, turn.call, priceOf(prices, turn.call, after));
    if (saved === undefined) return [];
    pico += saved;
    tokens += after.cacheRead;
    if (after.cacheRead > 0) calls.push(turn.call);
  }
  const subject = conversation[0]?.call.name ?? '';
  return pico > 0 ? [{ kind: 'uncached_input', subject, calls, tokens, pico }] : [];
}

/**
 * True when every call that is long enough for a cache is an estimate: some instrumentations do not report cached
 * tokens.
 */
function hidesCache(conversation: readonly Turn[]): boolean {
  return conversation.every(({ call }) => call.isEstimate || inputTokens(call.tokens) < MIN_CACHED_TOKENS);
}

/** The call's tokens if it had read the previous prompt from a cache and written the rest to it. */
function withCache({ call, previous }: Turn): TokenCounts {
  const { tokens } = call;
  if (inputTokens(tokens) < MIN_CACHED_TOKENS) return tokens;
  const isWarm =
    previous !== undefined && call.timeMillis - previous.timeMillis <= SHORT_TTL_MINUTES * MILLIS_PER_MINUTE;
  const cacheRead = isWarm ? Math.min(cachedBlocks(inputTokens(previous.tokens)), tokens.input) : 0;
  return { ...tokens, cacheRead, input: 0, cacheWrite: tokens.input - cacheRead };
}
