import { createRequire } from 'node:module';

/** The parts of `lru-cache` that this package uses. Structural, so that its types do not require `lru-cache`. */
export interface Lru<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): unknown;
  clear(): void;
}

export interface LruOptions<V> {
  max: number;
  /** The sum of all sizes. */
  maxSize: number;
  sizeCalculation: (value: V) => number;
  /** The lifetime of an entry, in ms. */
  ttl: number;
  dispose: (value: V, key: string, reason: string) => void;
}

interface LruModule {
  LRUCache: new <V>(options: LruOptions<V>) => Lru<V>;
}

const require = createRequire(import.meta.url);

/** Creates a cache with the app's `lru-cache`. Throws at construction if it is not installed or too old. */
export function createLru<V>(options: LruOptions<V>): Lru<V> {
  const needed =
    'otel-agent-cost: cachedTool needs the package lru-cache, 10 or later: npm install lru-cache';
  let loaded: Partial<LruModule>;
  try {
    loaded = require('lru-cache');
  } catch (cause) {
    throw new Error(needed, { cause });
  }
  if (loaded.LRUCache === undefined) throw new Error(needed);
  return new loaded.LRUCache<V>(options);
}
