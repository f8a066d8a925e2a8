import { gated } from '../budgets/admission.js';
import { canonicalHash } from '../canonical.js';
import { InvalidOptionError } from '../errors.js';
import { CALL_MEASURES } from '../ledger/budget-terms.js';
import { type AnyFunction, inPlaceOf } from '../results/in-place-of.js';
import { expectFunction, expectNumber } from '../validate.js';
import { checkBudget, checkToolPrice, checkWrapping, TOOL_OPTIONS } from '../wrappers/call-options.js';
import type { ToolResult, Unwrapped } from '../wrappers/wrap.js';
import { CachedToolCall } from './cached-tool-call.js';
import type { CachedTool, CachedToolOptions } from './cached-tool-options.js';
import { ToolCache, type ToolCacheLimits } from './tool-cache.js';

const CACHED_TOOL_OPTIONS = [...TOOL_OPTIONS, 'ttlSeconds', 'maxEntries', 'maxBytes', 'normalize'];

/** About as long as most search results stay valid and a conversation lasts. */
const DEFAULT_TTL_SECONDS = 3600;
const MAX_TTL_SECONDS = 365 * 24 * 3600;
/** With pages of 50 kB, this matches the 50 MiB below. */
const DEFAULT_MAX_ENTRIES = 1000;
const MAX_ENTRIES = 1_000_000;
/** A small part of Node.js's default heap. */
const DEFAULT_MAX_BYTES = 50 * 1024 * 1024;
const MAX_BYTES = 2 ** 32;

/**
 * Like `wrapTool`, but calls with equal arguments share one run of the tool, in progress or finished. A hit is a
 * separate tool call with cost 0 that saved the cost of the run, including the spans below it. Failures and streams
 * are not kept. Use it only for tools that read: the side effects of a call are not repeated. Each hit gets its own
 * copy.
 *
 * Throws `InvalidOptionError` for invalid options, and an `Error` if `lru-cache` is not installed.
 *
 * @example
 * const search = cachedTool({ name: 'web_search', costUsd: 0.005, ttlSeconds: 600 }, searchWeb);
 */
export function cachedTool<F extends AnyFunction>(
  options: CachedToolOptions<ToolResult<ReturnType<F>>, Parameters<F>> & { unwrap: true },
  fn: F,
): ((...args: Parameters<F>) => Unwrapped<ReturnType<F>>) & CachedTool;
export function cachedTool<F extends AnyFunction>(
  nameOrOptions:
    | string
    | (CachedToolOptions<ToolResult<ReturnType<F>>, Parameters<F>> & { unwrap?: false | undefined }),
  fn: F,
): F & CachedTool;
export function cachedTool<F extends AnyFunction>(
  nameOrOptions: string | CachedToolOptions<ToolResult<ReturnType<F>>, Parameters<F>>,
  fn: F,
): ((...args: Parameters<F>) => ReturnType<F> | Unwrapped<ReturnType<F>>) & CachedTool;
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

/** Creates keys from the tool's name, its `this` value and its arguments. */
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
