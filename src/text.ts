/** Formats amounts and counts for people. */

/** Exact to the pico-dollar, at least two decimals, never an exponent: `$0.142`, `$30.3301977`, `$1,234,567.50`. */
export function usdText(usd: number): string {
  // A double has 15 reliable decimal digits; further ones come from its binary form.
  const digits = usd >= 1 && usd < 1e15 ? usd.toPrecision(15) : usd.toFixed(12);
  const [whole = '0', fraction = ''] = digits.split('.');
  return `$${countText(Number(whole))}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

let format: Intl.NumberFormat | undefined;

/** `38,800`. */
export function countText(count: number): string {
  // Created on first use: creating it takes longer than everything else at start-up.
  format ??= new Intl.NumberFormat('en-US');
  return format.format(count);
}

/** `1 call`, `2 calls`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Pads every cell to the widest one, so that the next column is aligned. */
export function alignCells(cells: readonly string[], side: 'left' | 'right' = 'left'): string[] {
  const widest = cells.reduce((most, cell) => Math.max(most, cell.length), 0);
  return cells.map((cell) => (side === 'left' ? cell.padEnd(widest) : cell.padStart(widest)));
}

/** Pads amounts so that their decimal points are aligned. */
export function alignDecimals(amounts: readonly string[]): string[] {
  const decimals = amounts.map((amount) => amount.length - `${amount}.`.indexOf('.'));
  const most = decimals.reduce((longest, length) => Math.max(longest, length), 0);
  return alignCells(
    amounts.map((amount, index) => amount + ' '.repeat(most - (decimals[index] ?? 0))),
    'right',
  );
}
