import type { Window, WindowName } from '../api.js';
import { CommandError } from './command.js';

const NAMES: readonly WindowName[] = ['auto', '15m', '1h', '6h', '24h', '7d', '30d', 'all'];
const MILLIS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A window of the page by name, or any other number of minutes, hours or days up to now. */
export function parseWindow(text: string, nowMillis = Date.now()): Window {
  const name = NAMES.find((known) => known === text);
  if (name !== undefined) return name;
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const length = Number(count) * (MILLIS[unit] ?? 0);
  if (length > 0) return { fromMillis: nowMillis - length, toMillis: nowMillis };
  throw new CommandError(
    `the window "${text}" is not one of ${NAMES.join(', ')}, or a time such as 90m, 36h or 14d`,
  );
}

export function windowInWords(window: Window): string {
  if (window === 'all') return 'all spans';
  if (window === 'auto') return 'the window of the last spans';
  if (typeof window === 'string') return `the last ${window}`;
  return `the time from ${new Date(window.fromMillis).toISOString()} to ${new Date(window.toMillis).toISOString()}`;
}
