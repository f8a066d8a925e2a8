/** Answers in a form in which two that say the same are equal. */
import type { Answer } from './answers.js';
import type { Rows } from './panels/figures.js';

/** A sum of doubles depends on its order from about the fifteenth digit on. */
const DIGITS = 10;

/** Dollars have few digits, so many end in a 5 to be rounded; a little more than that noise decides all of them alike. */
const OFF_THE_TIE = 1 + 1e-13;

/** What is 0 is left out of sums: it may be said or not. Rows are in no order. */
export function comparable(answer: Answer | Rows): unknown {
  if (answer instanceof Map) {
    const entries = [...answer]
      .filter(([, value]) => value !== 0)
      .map(([group, value]) => [group, rounded(value)]);
    return Object.fromEntries(entries.sort());
  }
  return [...(answer as Rows)].map(inWords).sort();
}

function inWords(row: Rows[number]): string {
  return Object.entries(row)
    .map(([key, value]) => `${key}=${rounded(value)}`)
    .sort()
    .join(' ');
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Number((value * OFF_THE_TIE).toPrecision(DIGITS)) : value;
}
