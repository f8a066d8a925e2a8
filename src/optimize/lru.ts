import { createRequire } from 'node:module';

/** What we use of `lru-cache`. Structural, so that our types do not need it installed. */
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
  /** How long an entry lives, in ms. */
  ttl: number;
  dispose: (value: V, key: string, reason: string) => void;
}

interface LruModule {
  LRUCache: new <V>(options: LruOptions<V>) => Lru<V>;
}

const require = createRequire(import.meta.url);

/** Makes a cache on the app's `lru-cache`. Throws where that is not installed, or is too old: this is construction. */
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
