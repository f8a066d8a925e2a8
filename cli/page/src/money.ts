/** Figures of the page: whole pico-dollars in strings. */
import { shortUsd } from '../../src/usd-text.js';

const CENTS = 2;

/** The largest number of decimals among amounts in short form, for a column. At most six: smaller amounts stand out to the left. */
export function columnDecimals(picos: Iterable<string | null>): number {
  let most = CENTS;
  for (const pico of picos) {
    if (pico !== null) most = Math.max(most, shortUsd(pico).decimals);
  }
  return Math.min(most, 6);
}

/** Characters of the longest amount in short form, aligned at the point. At least eight. */
export function longestUsd(picos: Iterable<string | null>, align: number): number {
  let most = 8;
  for (const pico of picos) {
    if (pico === null) continue;
    const { text, decimals } = shortUsd(pico);
    most = Math.max(most, text.length + Math.max(0, align - decimals));
  }
  return most;
}

export function sumPico(picos: Iterable<string>): string {
  let sum = 0n;
  for (const pico of picos) sum += BigInt(pico);
  return sum.toString();
}

/** A ratio of two amounts for drawing, 0 to 1. Not for sums. */
export function shareOf(part: string, whole: string): number {
  const total = BigInt(whole);
  if (total <= 0n) return 0;
  const millionths = (BigInt(part) * 1_000_000n) / total;
  return Math.min(1, Math.max(0, Number(millionths) / 1_000_000));
}

/** A decimal number times a million, exactly: `0.0000025` → `2.5`. Undefined when it is not one. */
export function timesMillion(decimal: string): string | undefined {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === undefined) return undefined;
  const digits = fraction.padEnd(6, '0');
  const shifted = BigInt(whole + digits.slice(0, 6)).toString();
  const rest = digits.slice(6).replace(/0+$/, '');
  return rest === '' ? shifted : `${shifted}.${rest}`;
}

export function isZero(pico: string): boolean {
  return BigInt(pico) === 0n;
}
