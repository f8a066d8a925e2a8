/** Rows as CSV that a spreadsheet opens without running anything in it. */

import { stringify } from 'csv-stringify/sync';

/** `number`: digits go out as they are. Text that begins like a formula is marked as text. */
export interface CsvColumn {
  name: string;
  kind: 'text' | 'number';
}

type CsvValue = string | number | bigint | boolean | null | undefined;
export type CsvRow = Readonly<Record<string, CsvValue>>;

/** As many rows as are put together before they are written: a compromise of memory and system calls. */
const ROWS_PER_CHUNK = 500;
/** Characters that spreadsheets take for the start of a formula, also in their full-width forms. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/**
 * The header and the rows, in chunks of text. Unknown and absent values are empty cells. Text that begins with `=`, `+`,
 * `-`, `@`, a tab or a carriage return gets an apostrophe in front; numbers that are negative stay numbers. Amounts are
 * passed as strings of digits, so that none is rounded.
 */
export async function* csvOf(
  columns: readonly CsvColumn[],
  rows: AsyncIterable<CsvRow> | Iterable<CsvRow>,
): AsyncGenerator<string> {
  yield lines([columns.map(({ name }) => name)]);
  let waiting: string[][] = [];
  for await (const row of rows) {
    waiting.push(columns.map((column) => cellOf(column, row[column.name])));
    if (waiting.length < ROWS_PER_CHUNK) continue;
    yield lines(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield lines(waiting);
}

function lines(records: readonly string[][]): string {
  return stringify([...records], { quoted_match: /[\r\n]/ });
}

function cellOf({ kind }: CsvColumn, value: CsvValue): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  if (kind === 'number' && NUMBER.test(text)) return text;
  return FORMULA.test(text) ? `'${text}` : text;
}
