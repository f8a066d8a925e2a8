/** Answers in a form in which two that say the same are equal. */
import { type Answer, rounded, roundedNumber } from './answers.js';
import type { Rows } from './panels/figures.js';

/** What is 0 is left out of sums: it may be said or not. Rows are in no order. */
export function comparable(answer: Answer | Rows): unknown {
  if (answer instanceof Map) return rounded(new Map([...answer].filter(([, value]) => value !== 0)));
  return [...(answer as Rows)].map(inWords).sort();
}

function inWords(row: Rows[number]): string {
  return Object.entries(row)
    .map(([key, value]) => `${key}=${typeof value === 'number' ? roundedNumber(value) : value}`)
    .sort()
    .join(' ');
}
