/** Text in columns. */

/** How a column is aligned: at the left, at the right, or at the decimal point. */
export type Column = 'text' | 'number' | 'amount';

const GAP = '  ';

/** Rows as lines whose columns are below each other. A column without a kind is text. */
export function alignedTable(rows: readonly (readonly string[])[], kinds: readonly Column[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, at) =>
    alignedCells(
      rows.map((row) => row[at] ?? ''),
      kinds[at] ?? 'text',
    ),
  );
  return rows.map((_, line) =>
    columns
      .map((cells) => cells[line] ?? '')
      .join(GAP)
      .trimEnd(),
  );
}

/** The cells of a column, of one width. */
export function alignedCells(cells: readonly string[], kind: Column): string[] {
  const shown = kind === 'amount' ? pointsAligned(cells) : cells;
  const width = Math.max(0, ...shown.map((cell) => cell.length));
  return shown.map((cell) => (kind === 'text' ? cell.padEnd(width) : cell.padStart(width)));
}

/** Amounts get their decimal points below each other; words, such as a header, end where the longest amount ends. */
function pointsAligned(cells: readonly string[]): string[] {
  const decimals = cells.map((cell) => (cell.includes('.') ? cell.length - cell.indexOf('.') : 0));
  const most = Math.max(0, ...decimals);
  return cells.map((cell, at) => (/\d/.test(cell) ? cell + ' '.repeat(most - (decimals[at] ?? 0)) : cell));
}
