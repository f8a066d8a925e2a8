/** Values of result rows, with their types checked. */
import type { Row } from './database.js';

export function textOf(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

/** A column that is never null. */
export function wordOf(row: Row, column: string): string {
  return textOf(row, column) ?? '';
}

/** A whole number; null for NULL. */
export function wholeOf(row: Row, column: string): bigint | null {
  const value = row[column];
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' ? BigInt(Math.round(value)) : null;
}

/** A sum: 0 for NULL, which is the sum of nothing. */
export function sumOf(row: Row, column: string): bigint {
  return wholeOf(row, column) ?? 0n;
}

export function countOf(row: Row, column: string): number {
  return Number(sumOf(row, column));
}

export function numberOf(row: Row, column: string): number | null {
  const value = row[column];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : null;
}

export function isTrue(row: Row, column: string): boolean {
  return row[column] === true;
}
