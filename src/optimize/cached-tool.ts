import { gated } from '../budgets/gate.js';
import { canonicalHash } from '../canonical.js';
import { CALL_MEASURES } from '../ledger/budget-options.js';
import { type AnyFunction, inPlaceOf } from '../results/in-place-of.js';
import { expectFunction, expectNumber, InvalidOptionError } from '../validate.js';
import { checkBudget, checkToolPrice, checkWrapping } from '../wrappers/call-options.js';
import type { ToolOptions } from '../wrappers/tool-call.js';
import { TOOL_OPTIONS, type Unwrapped } from '../wrappers/wrap.js';
import { CachedToolCall } from './cached-tool-call.js';
import { ToolCache, type ToolCacheLimits, type ToolCacheStats } from './tool-cache.js';

export interface CachedToolOptions extends ToolOptions {
  /** How long a result answers equal calls, in seconds. From 0.001 to one year. Default 3,600. */
  ttlSeconds?: number;
  /** Results kept, from 1 to 1,000,000; the least recently used one goes first. Default 1,000. */
  maxEntries?: number;
  /** About what all results together may take, in bytes, from 1 to 2^32; none that is larger is kept. Default 50 MiB. */
  maxBytes?: number;
  /**
   * What of the arguments makes two calls equal, so that near-identical ones share a result. Default: all of them.
   * A call for which it throws is not cached.
   */
  normalize?: (args: readonly unknown[]) => unknown;
}

/** What a cached tool has beside being called. */
export interface CachedTool {
  readonly cache: {
    /** Counted since the tool was made. */
    stats(): ToolCacheStats;
    /** Forgets all results: after a change of something that the tool reads. */
    clear(): void;
  };
}

const CACHED_TOOL_OPTIONS = [...TOOL_OPTIONS, 'ttlSeconds', 'maxEntries', 'maxBytes', 'normalize'];

/** As long as most search results hold, and a conversation lasts. */
const DEFAULT_TTL_SECONDS = 3600;
const MAX_TTL_SECONDS = 365 * 24 * 3600;
/** With pages of 50 kB this is the 50 MiB below. */
const DEFAULT_MAX_ENTRIES = 1000;
const MAX_ENTRIES = 1_000_000;
/** A small part of the heap that Node.js has by default. */
const DEFAULT_MAX_BYTES = 50 * 1024 * 1024;
const MAX_BYTES = 2 ** 32;

/**
 * Like `wrapTool`, and calls with equal arguments are answered by one run of the tool, under way or done. A hit is a
 * tool call of its own that cost 0 and saved what the run had cost, spans below it included; failures and streams are
 * not kept. For tools that only read: what a call changes is not done again. Each hit gets a copy of its own.
 *
 * Throws `InvalidOptionError` for wrong options, and an `Error` where `lru-cache` is not installed.
 */
export function cachedTool<F extends AnyFunction>(
  options: CachedToolOptions & { unwrap: true },
  fn: F,
): ((...args: Parameters<F>) => Unwrapped<ReturnType<F>>) & CachedTool;
export function cachedTool<F extends AnyFunction>(options: string | CachedToolOptions, fn: F): F & CachedTool;
export function cachedTool<F extends AnyFunction>(
  nameOrOptions: string | CachedToolOptions,
  fn: F,
): F & CachedTool {
  checkWrapping('cachedTool', nameOrOptions, CACHED_TOOL_OPTIONS, fn);
  checkToolPrice(nameOrOptions);
  checkBudget('cachedTool', nameOrOptions, CALL_MEASURES);
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  const cache = new ToolCache(limitsOf(options));
  const keyOf = keyMaker(options);
  const tool = inPlaceOf(fn, function (this: unknown, ...args: unknown[]): unknown {
    const call = new CachedToolCall(options, args, cache, keyOf(this, args));
    const work = () => call.answer(() => Reflect.apply(fn, this, args));
    return gated(call, fn, work);
  });
  return Object.assign(tool, { cache: { stats: () => cache.stats(), clear: () => cache.clear() } });
}

function limitsOf({ ttlSeconds, maxEntries, maxBytes }: CachedToolOptions): ToolCacheLimits {
  return {
    ttlSeconds: expectNumber(
      'cachedTool options.ttlSeconds',
      ttlSeconds ?? DEFAULT_TTL_SECONDS,
      0.001,
      MAX_TTL_SECONDS,
    ),
    maxEntries: wholeNumber('maxEntries', maxEntries ?? DEFAULT_MAX_ENTRIES, MAX_ENTRIES),
    maxBytes: wholeNumber('maxBytes', maxBytes ?? DEFAULT_MAX_BYTES, MAX_BYTES),
  };
}

function wholeNumber(key: string, value: number, most: number): number {
  const option = `cachedTool options.${key}`;
  if (!Number.isInteger(expectNumber(option, value, 1, most))) {
    throw new InvalidOptionError(option, value, 'a whole number');
  }
  return value;
}

type KeyMaker = (self: unknown, args: readonly unknown[]) => string | undefined;

/** Makes keys of a tool's name, of whom it is called on, and of its arguments. */
function keyMaker({ name, normalize }: CachedToolOptions): KeyMaker {
  if (normalize !== undefined) expectFunction('cachedTool options.normalize', normalize);
  const selves = new WeakMap<object, number>();
  let lastSelf = 0;
  return (self, args) => {
    let number = 0;
    if (typeof self === 'object' && self !== null) {
      number = selves.get(self) ?? ++lastSelf;
      selves.set(self, number);
    }
    try {
      return canonicalHash(name, [number, normalize === undefined ? args : normalize(args)]);
    } catch {
      return undefined;
    }
  };
}
