/** Reads one number written by a third party: a count, seconds or dollars. Invalid values are refused and noted. */
import { isPostableUsd, picoFromUsd, usdFromPico } from '../money.js';
import { isRecord } from '../validate.js';

/** More than any call can use: about a thousand times the tokens of the largest known bill. */
export const MAX_COUNT = 1e12;

/** No note is added once the notes have this many characters, because they become a span attribute. */
const MAX_NOTE_LENGTH = 200;

/** The longest number that is read from a string, in characters. */
const MAX_DIGITS = 100;

/** Collects the problems that a reader finds in its input. */
export interface Notes {
  anomaly: string | undefined;
  /** True once an amount in dollars was refused. */
  refusesUsd?: boolean;
}

/** Adds one short note unless it is already there. */
export function note(notes: Notes, text: string): void {
  const before = notes.anomaly;
  if (before === undefined) notes.anomaly = text;
  else if (before.length < MAX_NOTE_LENGTH && !before.split('; ').includes(text))
    notes.anomaly = `${before}; ${text}`;
}

/** False for null and undefined: both mean that a provider left the field out. */
export function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/**
 * A whole count from 0 to {@link MAX_COUNT}. Undefined when it is absent or refused; a refusal is noted. Accepts
 * numbers, numeric strings, bigints and the 64-bit integers of protobuf libraries.
 */
export function readCount(value: unknown, name: string, notes: Notes): number | undefined {
  const count = typeof value === 'number' ? value : toNumber(value);
  if (count === undefined) return undefined;
  if (count >= 0 && count <= MAX_COUNT && Number.isInteger(count)) return count === 0 ? 0 : count;
  note(notes, `${whatIsWrong(count)} ${name}`);
  return undefined;
}

/** Seconds from 0 to {@link MAX_COUNT}, fractions included. */
export function readSeconds(value: unknown, name: string, notes: Notes): number | undefined {
  const seconds = toNumber(value);
  if (seconds === undefined) return undefined;
  if (seconds >= 0 && seconds <= MAX_COUNT) return seconds === 0 ? 0 : seconds;
  note(notes, `${whatIsWrong(seconds)} ${name}`);
  return undefined;
}

/** An amount in dollars that can be posted. Accepts numeric strings too. */
export function readUsd(value: unknown, name: string, notes: Notes): number | undefined {
  const usd = toNumber(value);
  if (usd === undefined) return undefined;
  if (isPostableUsd(usd)) return usd === 0 ? 0 : usd;
  notes.refusesUsd = true;
  note(notes, `${whatIsWrong(usd)} ${name}`);
  return undefined;
}

/** The sum of two bills, exact to the pico-dollar. Undefined when it exceeds the largest amount that can be posted. */
export function addUsd(a: number, b: number): number | undefined {
  const sum = usdFromPico(picoFromUsd(a) + picoFromUsd(b));
  return isPostableUsd(sum) ? sum : undefined;
}

/** The value as a number; NaN if it is not a number, undefined if it is absent. */
function toNumber(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.length > MAX_DIGITS) return Number.NaN;
  if (typeof value === 'string')
    return /^\s*[-+]?[\d.]+(e[-+]?\d+)?\s*$/i.test(value) ? Number(value) : Number.NaN;
  return isRecord(value) ? fromLong(value) : Number.NaN;
}

/** Joins the two 32-bit halves in which protobuf libraries keep a 64-bit integer. */
function fromLong(value: Record<string, unknown>): number {
  const { low, high } = value;
  if (typeof low !== 'number' || typeof high !== 'number') return Number.NaN;
  return high * 2 ** 32 + (low >>> 0);
}

function whatIsWrong(value: number): string {
  if (Number.isNaN(value)) return 'unreadable';
  if (value < 0) return 'negative';
  return value > MAX_COUNT ? 'absurd' : 'unusable';
}
