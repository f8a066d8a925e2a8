/** Days in a time zone. */

import { CommandError } from '../commands/command.js';

/** Gives the day of an instant in a zone, such as `2026-11-01`. Throws {@link CommandError} for an unknown zone. */
export function dayIn(timeZone: string): (millis: number) => string {
  let format: Intl.DateTimeFormat;
  try {
    // Sweden writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  } catch {
    throw new CommandError(`--timezone is "${timeZone}"; expected a zone such as UTC or Europe/Berlin`);
  }
  return (millis) => format.format(new Date(millis));
}

/** The days follow each other. */
export function areAdjacent(day: string, next: string): boolean {
  return Date.parse(next) - Date.parse(day) === 86_400_000;
}

/** Noon UTC, at which a price of that day is looked up. */
export function noonOf(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}
