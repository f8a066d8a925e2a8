import type { WindowName } from '../../src/api.js';
import { Store } from './store.js';

/** Where one is: kept in the part of the address behind `#`, so that every view is a link. */
export interface Route {
  screen: 'overview' | 'task' | 'explore';
  /** On the screen of a task. */
  taskId: string;
  query: Readonly<Record<string, string>>;
}

export const WINDOWS: readonly WindowName[] = ['auto', '15m', '1h', '6h', '24h', '7d', '30d', 'all'];

/** These go along to another screen. */
const WINDOW_KEYS = ['window', 'from', 'to'];

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = splitOnce(hash.replace(/^#/, ''), '?');
  const [, screen = '', id = ''] = path.split('/');
  const query: Record<string, string> = Object.create(null);
  for (const [key, value] of new URLSearchParams(search)) query[key] = value;
  if (screen === 'task' && id !== '') return { screen, taskId: decoded(id), query };
  return { screen: screen === 'explore' ? 'explore' : 'overview', taskId: '', query };
}

export function formatRoute(route: Route): string {
  const path =
    route.screen === 'task' ? `task/${encodeURIComponent(wellFormed(route.taskId))}` : route.screen;
  const search = new URLSearchParams(route.query).toString();
  return `#/${path === 'overview' ? '' : path}${search === '' ? '' : `?${search}`}`;
}

/** One of the values that the API knows; a link with another one gets the first. */
export function knownValue<T extends string>(value: string | undefined, known: readonly [T, ...T[]]): T {
  return known.find((one) => one === value) ?? known[0];
}

/** The route with some parameters changed; undefined or an empty string removes one. */
export function withQuery(current: Route, changes: Record<string, string | undefined>): Route {
  const query: Record<string, string> = { ...current.query };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') delete query[key];
    else query[key] = value;
  }
  return { ...current, query };
}

/** Another screen in the same window of time. */
export function toScreen(
  current: Route,
  screen: Route['screen'],
  taskId = '',
  query: Record<string, string> = {},
): Route {
  const kept = Object.entries(current.query).filter(([key]) => WINDOW_KEYS.includes(key));
  return { screen, taskId, query: { ...Object.fromEntries(kept), ...query } };
}

/** The window as parameters of the API. What cannot be read is `auto`. */
export function windowQuery(current: Route): Record<string, string> {
  const { from = '', to = '', window = 'auto' } = current.query;
  if (isMillis(from) && isMillis(to) && Number(from) < Number(to)) return { from, to };
  return { window: WINDOWS.find((name) => name === window) ?? 'auto' };
}

export const route = new Store<Route>(parseRoute(globalThis.location?.hash ?? ''));

/** Replacing keeps the way back short while one types or sorts. */
export function go(next: Route, { replace = false } = {}): void {
  const address = formatRoute(next);
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  route.set(next);
}

export function followAddress(): void {
  addEventListener('hashchange', () => route.set(parseRoute(location.hash)));
  addEventListener('popstate', () => route.set(parseRoute(location.hash)));
}

/** Half of a surrogate pair, which a cut text may end with, cannot be in an address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function isMillis(value: string): boolean {
  return /^\d{1,15}$/.test(value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
