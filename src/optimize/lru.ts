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

/** Makes a cache on the app's `lru-cache`. Throws where that is not installed: this is construction. */
export function createLru<V>(options: LruOptions<V>): Lru<V> {
  let loaded: LruModule;
  try {
    loaded = require('lru-cache');
  } catch (cause) {
    throw new Error(
      'otel-agent-cost: cachedTool needs the package lru-cache 10 or 11: npm install lru-cache',
      {
        cause,
      },
    );
  }
  return new loaded.LRUCache<V>(options);
}
