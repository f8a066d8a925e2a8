/** Options and statistics of a cached tool. */
import type { ToolOptions } from '../wrappers/options.js';

/** Options of `cachedTool`: those of `wrapTool`, and the limits of its cache. */
export interface CachedToolOptions<Result = unknown, Args extends readonly unknown[] = readonly unknown[]>
  extends ToolOptions<Result, Args, readonly unknown[]> {
  /** How long a result answers equal calls, in seconds. From 0.001 to one year. Default 3,600. */
  ttlSeconds?: number | undefined;
  /** The most results kept, from 1 to 1,000,000. The least recently used one is evicted first. Default 1,000. */
  maxEntries?: number | undefined;
  /**
   * The approximate size of all results together, in bytes, from 1 to 2^32. A larger result is not kept. Default 50
   * MiB.
   */
  maxBytes?: number | undefined;
  /**
   * Returns the part of the arguments that makes two calls equal, so that similar calls share a result. Default:
   * all arguments. If it throws, the call is not cached.
   */
  normalize?: { normalize(args: Args): unknown }['normalize'] | undefined;
}

/** The extra property of a cached tool. */
export interface CachedTool {
  readonly cache: {
    /** Statistics since the tool was created. */
    stats(): ToolCacheStats;
    /** Removes all results. Call it when something that the tool reads has changed. */
    clear(): void;
  };
}

/** Statistics of a cache since its creation, and its current size. */
export interface ToolCacheStats {
  /** Calls answered from the cache, including calls that joined an equal one in progress. */
  hits: number;
  /** Hits that waited for an equal call in progress. */
  joined: number;
  /** Calls that ran although they could have been cached. */
  misses: number;
  /**
   * Calls that ran because their arguments have no key: they are cyclic or too large, or contain functions or class
   * instances.
   */
  refusedArguments: number;
  /** Results that were not kept: streams, class instances, functions, or results larger than the cache. */
  refusedResults: number;
  /** Hits divided by all calls. Absent before the first call. */
  hitRate?: number;
  /** The cost that the hits avoided, in USD. */
  savedUsd: number;
  /** Results in the cache now, including expired ones that were not requested again. */
  entries: number;
  /** Results that were evicted to make room. */
  evictions: number;
}
