/**
 * The counts on a span, under the attribute names of any instrumentation: every number below a usage prefix is read,
 * known to be irrelevant, or noticed.
 */
import { type Meaning, meaningOf } from './count-names.js';
import type { Draft } from './draft.js';
import type { SpanAttributes } from './span-role.js';
import type { UnreadNumbers } from './unread.js';

/** Everything up to `usage.` or `token_count.`: `gen_ai.usage.`, `llm.token_count.`, `anthropic.usage.`. */
const PREFIX = /^(?:.*\.)?(?:usage|token_count|token_usage|tokenUsage)\./;

/** No count has a longer name. */
const MAX_NAME_CHARS = 200;

interface Key {
  readonly meaning: Meaning;
  readonly path: readonly string[];
  /** Without the prefix. */
  readonly name: string;
  /** True for a cache count whose name does not show whether the input contains it. */
  readonly isLooseCache: boolean;
}

/** Keys looked up so far; null for those that are not usage. Spans have tens of names. */
const MAX_KEYS = 2_000;
const keys = new Map<string, Key | null>();

/** Null for the name of something other than usage. */
export function keyOf(name: string): Key | null {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = describe(name);
  if (keys.size < MAX_KEYS) keys.set(name, key);
  return key;
}

function describe(name: string): Key | null {
  const prefix = name.length > MAX_NAME_CHARS ? undefined : PREFIX.exec(name)?.[0];
  if (prefix === undefined) return null;
  const path = name.slice(prefix.length).split('.');
  const meaning = meaningOf(path);
  return {
    meaning,
    path: [name],
    name: path.join('.'),
    isLooseCache: meaning.startsWith('cache') && isLoose(path),
  };
}

/**
 * The conventions, OpenInference, AI SDK and Sentry put cached tokens below or beside the name of the input that
 * contains them. A single name, such as Anthropic's own `cache_read_input_tokens`, is used for both conventions.
 */
function isLoose(path: readonly string[]): boolean {
  return path.length === 1 || path[0] === 'details';
}

/** Reads every count of the span. */
export function readCounts(draft: Draft, numbers: UnreadNumbers, attributes: SpanAttributes): void {
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value !== 'number' && !mayBeCount(value)) continue;
    const key = keyOf(name);
    if (key === null || key.meaning === 'ignored') continue;
    if (key.meaning === 'unknown') {
      numbers.notice(key.path, value);
      continue;
    }
    numbers.read(value);
    if (key.isLooseCache && value !== 0) draft.cacheIsUnsure = true;
    draft.take(key.meaning, value, key.name);
  }
}

const MAX_DIGITS = 20;

/** Some recorders write counts as strings. A string in braces is an object, which is read elsewhere. */
function mayBeCount(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_DIGITS && !value.startsWith('{');
}
