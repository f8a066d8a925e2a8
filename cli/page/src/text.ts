/** Counts, times and lengths of time as text. Counts are shown with all digits. */

const NO_BREAK_SPACE = '\u00a0';

export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** `1 call`, `2 calls`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)}${NO_BREAK_SPACE}${value === 1 ? one : many}`;
}

/** `340 ms`, `2.4 s`, `3 m 05 s`, `2 h 10 m`. Cut, not rounded up. */
export function duration(millis: number): string {
  if (millis < 1_000) return `${Math.max(0, Math.floor(millis))}${NO_BREAK_SPACE}ms`;
  const seconds = Math.floor(millis / 1_000);
  if (seconds < 60) return `${(Math.floor(millis / 100) / 10).toFixed(1)}${NO_BREAK_SPACE}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'm', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'm');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = String(small).padStart(2, '0');
  return [large, largeUnit, rest, smallUnit].join(NO_BREAK_SPACE);
}

/** Local time of day; with the date when it is not today. */
export function timeOfDay(millis: number, nowMillis = Date.now()): string {
  const date = new Date(millis);
  const time = date.toLocaleTimeString('en-GB');
  if (date.toDateString() === new Date(nowMillis).toDateString()) return time;
  const day = date.toLocaleDateString('en-US', { month: 'short', day: 'numeric' });
  return `${day}${NO_BREAK_SPACE}${time.slice(0, 5)}`;
}

/** `23:25 – 00:25`; with dates where they are not today. */
export function timeSpan(fromMillis: number, toMillis: number, nowMillis = Date.now()): string {
  const today = new Date(nowMillis).toDateString();
  const hasDates =
    new Date(fromMillis).toDateString() !== today || new Date(toMillis).toDateString() !== today;
  const text = (millis: number) => {
    const date = new Date(millis);
    const time = date.toLocaleTimeString('en-GB').slice(0, 5);
    return hasDates
      ? `${date.toLocaleDateString('en-US', { month: 'short', day: 'numeric' })} ${time}`
      : time;
  };
  return `${text(fromMillis)} – ${text(toMillis)}`;
}

/** For hovering: date, time, milliseconds, in UTC. */
export function exactTime(millis: number): string {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString();
}

/** `2.1 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)}${NO_BREAK_SPACE}${units[unit]}`;
}

/** Words of the API as words of the page: `over_budget` → `over budget`. */
export function words(value: string): string {
  return value.replaceAll('_', ' ');
}

/** How a figure changed, in per cent with sign: `+12 %`. Undefined when there is nothing to compare with. */
export function drift(nowPico: string, beforePico: string): string | undefined {
  const before = BigInt(beforePico);
  if (before <= 0n) return undefined;
  const perMille = ((BigInt(nowPico) - before) * 1_000n) / before;
  const percent = Number(perMille) / 10;
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  if (percent === 0) return `±0${NO_BREAK_SPACE}%`;
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(digits)}${NO_BREAK_SPACE}%`;
}
