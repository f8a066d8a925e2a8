/** Periods that windows name. */
import type { Overview, Spans, Window, WindowName } from '../api.js';
import { nanosOf } from '../store/span-times.js';

const HOUR_MILLIS = 3_600_000;
const LENGTHS: readonly [Exclude<WindowName, 'auto' | 'all'>, number][] = [
  ['15m', HOUR_MILLIS / 4],
  ['1h', HOUR_MILLIS],
  ['6h', 6 * HOUR_MILLIS],
  ['24h', 24 * HOUR_MILLIS],
  ['7d', 7 * 24 * HOUR_MILLIS],
  ['30d', 30 * 24 * HOUR_MILLIS],
];

export type NamedPeriod = Overview['window'];

/** The bounds of a period as parameters of a query. */
export function boundsOf({ fromMillis, toMillis }: { fromMillis: number; toMillis: number }) {
  return { from: nanosOf(fromMillis), to: nanosOf(toMillis) };
}

/**
 * The period of a window. `auto` and `all` end after the last span, the others now; without spans, `auto` is the last
 * 15 minutes.
 */
export function periodOf(window: Window, spans: Spans, nowMillis: number): NamedPeriod {
  if (typeof window === 'object') return { ...window, name: 'custom' };
  const length = LENGTHS.find(([name]) => name === window)?.[1];
  if (length !== undefined) return { fromMillis: nowMillis - length, toMillis: nowMillis + 1, name: window };
  if (spans.firstMillis === null || spans.lastMillis === null) {
    return { fromMillis: nowMillis - HOUR_MILLIS / 4, toMillis: nowMillis + 1, name: window };
  }
  const toMillis = Math.floor(spans.lastMillis) + 1;
  const all = { fromMillis: Math.floor(spans.firstMillis), toMillis, name: window };
  if (window === 'all') return all;
  const shortest = LENGTHS.find(([, millis]) => toMillis - millis <= all.fromMillis);
  return shortest === undefined ? all : { fromMillis: toMillis - shortest[1], toMillis, name: window };
}

/** The period of the same length before. */
export function periodBefore({ fromMillis, toMillis }: NamedPeriod): NamedPeriod {
  return { fromMillis: fromMillis - (toMillis - fromMillis), toMillis: fromMillis, name: 'custom' };
}
