/** The destination of a request, without anything that identifies a record, a person or a secret. */
import { isRecord } from '../validate.js';

export interface Endpoint {
  /** In upper case; `_OTHER` for methods that HTTP does not define. */
  readonly method: string;
  /** With the port unless it is the scheme's default. Undefined when the address is unreadable. */
  readonly host: string | undefined;
  /** The segments of the path, not decoded and without the leading slash. */
  readonly segments: readonly string[];
  /** Names of the query's parameters; never their values. */
  readonly parameterNames: readonly string[];
}

const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
]);

/** Replaces every segment that may be an id. */
const ID = '{id}';
/** Deeper paths and longer queries are cut, because they become an attribute of every request. */
const MAX_SEGMENTS = 16;
const MAX_PARAMETERS = 32;
/** Words are shorter; random letters are often not. */
const MAX_WORD_CHARS = 20;
const WORDS = /^\.?[a-z]+\d?(?:[._-][a-z]+\d?)*$/;
const CAMEL_CASE = /^[A-Za-z][a-z]+(?:[A-Z][a-z]+)*$/;
/** In names that people write, capitals are further apart than in random letters. */
const MIN_CHARS_PER_CAPITAL = 2.3;
const VERSION = /^v\d{1,3}(?:(?:alpha|beta|p)\d{0,2})?$/;
const HEX_LETTERS = /^[a-f]{8,}$/;
const METHOD_OF_RECORD = /^(.+):([a-z][A-Za-z]*)$/;

/** Reads the arguments of `fetch`. Never throws. */
export function readEndpoint(input: unknown, init: unknown): Endpoint {
  try {
    const request = isRecord(input) && !(input instanceof URL) ? input : undefined;
    const method = String(
      (isRecord(init) ? init.method : undefined) ?? request?.method ?? 'GET',
    ).toUpperCase();
    const url = new URL(String(request?.url ?? input));
    const names = new Set([...url.searchParams.keys()].slice(0, MAX_PARAMETERS).map(withoutId));
    return {
      method: METHODS.has(method) ? method : '_OTHER',
      host: url.host,
      segments: url.pathname.split('/').slice(1),
      parameterNames: [...names].sort(),
    };
  } catch {
    // The address is not absolute, or an object of the app throws. The request itself will report the error.
    return { method: '_OTHER', host: undefined, segments: [], parameterNames: [] };
  }
}

/** A low-cardinality path: segments that do not look like a word or a version become `{id}`. */
export function templatePath(segments: readonly string[]): string {
  const kept = segments.slice(0, MAX_SEGMENTS).map(withoutId);
  if (segments.length > MAX_SEGMENTS) kept.push('…');
  return `/${kept.join('/')}`;
}

function withoutId(text: string): string {
  if (text === '' || VERSION.test(text) || isWords(text)) return text;
  // Google's `models/gemini-pro:generateContent`.
  const [, record, verb] = METHOD_OF_RECORD.exec(text) ?? [];
  return record !== undefined && verb !== undefined && isWords(verb) ? `${withoutId(record)}:${verb}` : ID;
}

function isWords(text: string): boolean {
  if (HEX_LETTERS.test(text)) return false;
  if (WORDS.test(text)) return text.split(/[._-]/).every((word) => word.length <= MAX_WORD_CHARS);
  if (!CAMEL_CASE.test(text)) return false;
  const words = text.split(/(?=[A-Z])/);
  return (
    text.length / words.length >= MIN_CHARS_PER_CAPITAL &&
    words.every((word) => word.length <= MAX_WORD_CHARS)
  );
}
