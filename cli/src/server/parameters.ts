/** Reads the parameters of a question; a bad one is answered with 400 and what was expected. */
import type { ExploreQuery, TaskQuery, Window, WindowName } from '../api.js';
import { HttpError } from './http-error.js';

interface Parser<T> {
  /** As the message says it after "must be". */
  expected: string;
  parse(value: string): T | undefined;
}

type Parsers = Readonly<Record<string, Parser<unknown>>>;
type Values<P extends Parsers> = { [name in keyof P]?: P[name] extends Parser<infer T> ? T : never };

const MAX_TEXT = 1_000;
const MAX_ROWS = 1_000;
/** The store has nanoseconds in 64 bits, up to the year 2262. */
const MAX_MILLIS = 9_223_372_036_854;

function oneOf<T extends string>(...names: readonly T[]): Parser<T> {
  return { expected: `one of ${names.join(', ')}`, parse: (value) => names.find((name) => name === value) };
}

function whole(min: number, max: number): Parser<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse(value) {
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      return number >= min && number <= max ? number : undefined;
    },
  };
}

const text: Parser<string> = {
  expected: `a string of 1 to ${MAX_TEXT} characters`,
  parse: (value) => (value.length > 0 && value.length <= MAX_TEXT ? value : undefined),
};

const flag: Parser<boolean> = {
  expected: 'true or false',
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
};

function hex(digits: number): Parser<string> {
  return {
    expected: `${digits} hex digits in lower case`,
    parse: (value) => (value.length === digits && /^[\da-f]+$/.test(value) ? value : undefined),
  };
}

const millis = whole(0, MAX_MILLIS);
const WINDOW = {
  window: oneOf<WindowName>('auto', '15m', '1h', '6h', '24h', '7d', '30d', 'all'),
  from: millis,
  to: millis,
};
const PAGE = { descending: flag, filter: text, limit: whole(1, MAX_ROWS), offset: whole(0, 1e9) };
const TASKS = {
  ...WINDOW,
  ...PAGE,
  sort: oneOf('start', 'name', 'outcome', 'steps', 'tokens', 'llm', 'tool', 'total', 'wasted'),
  name: text,
  outcome: oneOf('success', 'failure', 'cancelled', 'running'),
  only: oneOf('outliers', 'over_budget'),
};
const EXPLORE = {
  ...WINDOW,
  ...PAGE,
  by: oneOf('session', 'task', 'model', 'tool', 'agent', 'team', 'feature', 'customer', 'user'),
  sort: oneOf('key', 'total', 'wasted', 'perAction', 'calls', 'tokens'),
};

export function windowIn(search: URLSearchParams): Window {
  return windowOf(read(search, WINDOW)).window;
}

export function taskQueryIn(search: URLSearchParams): TaskQuery {
  return windowOf(read(search, TASKS));
}

export function exploreQueryIn(search: URLSearchParams): ExploreQuery {
  const { by, ...rest } = read(search, EXPLORE);
  return { ...windowOf(rest), by: required(by, 'by', EXPLORE.by) };
}

export function distributionIn(search: URLSearchParams): { window: Window; name?: string } {
  return windowOf(read(search, { ...WINDOW, name: text }));
}

export function taskIdIn(search: URLSearchParams): string {
  return required(read(search, { id: text }).id, 'id', text);
}

export function spanIn(search: URLSearchParams): { traceId: string; spanId: string } {
  const parsers = { trace: hex(32), span: hex(16) };
  const { trace, span } = read(search, parsers);
  return { traceId: required(trace, 'trace', parsers.trace), spanId: required(span, 'span', parsers.span) };
}

/** Spans that ended before this time; null for all. */
export function beforeIn(search: URLSearchParams): number | null {
  return read(search, { before: millis }).before ?? null;
}

export function noParametersIn(search: URLSearchParams): void {
  read(search, {});
}

function read<P extends Parsers>(search: URLSearchParams, parsers: P): Values<P> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of search) {
    const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
    if (parser === undefined) throw new HttpError(400, `unknown parameter ${shown(name)}${listOf(parsers)}`);
    if (Object.hasOwn(values, name)) throw new HttpError(400, `the parameter "${name}" is given twice`);
    const parsed = parser.parse(value);
    if (parsed === undefined) throw refused(name, parser, shown(value));
    values[name] = parsed;
  }
  return values as Values<P>;
}

function windowOf<T extends { window?: WindowName; from?: number; to?: number }>({
  window,
  from,
  to,
  ...rest
}: T): Omit<T, 'window' | 'from' | 'to'> & { window: Window } {
  if (from === undefined && to === undefined) return { ...rest, window: window ?? 'auto' };
  if (window !== undefined) throw new HttpError(400, 'give either "window" or "from" and "to"');
  const fromMillis = required(from, 'from', millis);
  const toMillis = required(to, 'to', millis);
  if (fromMillis < toMillis) return { ...rest, window: { fromMillis, toMillis } };
  throw new HttpError(400, `the parameter "to" must be after "from" (${fromMillis}), not ${toMillis}`);
}

function required<T>(value: T | undefined, name: string, parser: Parser<T>): T {
  if (value !== undefined) return value;
  throw refused(name, parser, 'absent');
}

function refused(name: string, { expected }: Parser<unknown>, found: string): HttpError {
  return new HttpError(400, `the parameter "${name}" must be ${expected}; it is ${found}`);
}

function listOf(parsers: Parsers): string {
  const names = Object.keys(parsers);
  return names.length === 0 ? '; this address has none' : `; there are ${names.join(', ')}`;
}

function shown(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
