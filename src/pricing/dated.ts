/** Prices that apply from a date, or at a time of day. */

import type { ConditionalPrice } from '@pydantic/genai-prices';
import type { Rate } from './rate.js';

/** When a rate applies: always, or where all of these hold. */
export interface Times {
  /** Epoch milliseconds from which the rate applies. */
  fromMillis?: number | undefined;
  /** The daily period, in milliseconds after midnight UTC: start inclusive, end exclusive. It may cross midnight. */
  daily?: { fromMillis: number; toMillis: number } | undefined;
  /** Only from Monday to Friday, in UTC. */
  weekdaysOnly?: boolean | undefined;
}

export interface DatedRate extends Times {
  rate: Rate;
}

/** In the order of the price list. While a rate applies, it replaces those before it. */
export type DatedRates = readonly [DatedRate, ...DatedRate[]];

const MILLIS_PER_DAY = 86_400_000;
const TIME_OF_DAY = /^(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Throws when the kind of constraint is unknown. */
export function datedFrom(constraint: ConditionalPrice['constraint'], rate: Rate): DatedRate {
  if (constraint === undefined) return { rate };
  if (constraint.type === 'start_date') return { rate, fromMillis: Date.parse(constraint.start_date) };
  return { rate, daily: dailyFrom(constraint.start_time, constraint.end_time) };
}

/** Throws when one is not a time of day such as `16:30:00Z`. */
export function dailyFrom(start: string, end: string): NonNullable<Times['daily']> {
  return { fromMillis: millisOfDay(start), toMillis: millisOfDay(end) };
}

function millisOfDay(time: string): number {
  const [, hours, minutes, seconds, sign, offsetHours = '0', offsetMinutes = '0'] =
    TIME_OF_DAY.exec(time) ?? [];
  if (seconds === undefined) throw new RangeError(`not a time of day: ${time}`);
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  const millis = ((Number(hours) * 60 + Number(minutes) - offset) * 60 + Number(seconds)) * 1000;
  return wrapDay(millis);
}

/** The last rate that applies at a time, or else the first. The price list's own code picks in the same way. */
export function rateAt(rates: DatedRates, timeMillis: number): Rate {
  return rates.length === 1 ? rates[0].rate : pickAt(rates, timeMillis);
}

function pickAt(rates: DatedRates, timeMillis: number): Rate {
  return datedAt(rates, timeMillis).rate;
}

/** The same rate with the times at which it applies. */
export function datedAt(rates: DatedRates, timeMillis: number): DatedRate {
  const millis = Number.isFinite(timeMillis) ? timeMillis : Date.now();
  return rates.findLast((dated) => holdsAt(dated, millis)) ?? rates[0];
}

function holdsAt({ fromMillis, daily, weekdaysOnly }: Times, millis: number): boolean {
  if (fromMillis !== undefined && millis < fromMillis) return false;
  if (weekdaysOnly === true && !isWeekday(millis)) return false;
  if (daily === undefined) return true;
  const time = wrapDay(millis);
  return daily.toMillis < daily.fromMillis
    ? time >= daily.fromMillis || time < daily.toMillis
    : time >= daily.fromMillis && time < daily.toMillis;
}

function isWeekday(millis: number): boolean {
  const day = new Date(millis).getUTCDay();
  return day !== 0 && day !== 6;
}

function wrapDay(millis: number): number {
  return ((millis % MILLIS_PER_DAY) + MILLIS_PER_DAY) % MILLIS_PER_DAY;
}
