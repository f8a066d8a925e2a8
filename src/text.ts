/** Amounts and counts as people read them. */

/** To the last pico-dollar, cents at least, never in exponents: `$0.142`, `$30.3301977`, `$1,234,567.50`. */
export function usdText(usd: number): string {
  const [whole = '0', fraction = ''] = usd.toFixed(12).split('.');
  return `$${countText(Number(whole))}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** `38,800`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 call`, `2 calls`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Pads to the widest, so that what stands after it is below each other. */
export function alignCells(cells: readonly string[], side: 'left' | 'right' = 'left'): string[] {
  const widest = Math.max(0, ...cells.map((cell) => cell.length));
  return cells.map((cell) => (side === 'left' ? cell.padEnd(widest) : cell.padStart(widest)));
}

/** Pads amounts so that their decimal points are below each other. */
export function alignDecimals(amounts: readonly string[]): string[] {
  const decimals = amounts.map((amount) => amount.length - `${amount}.`.indexOf('.'));
  const most = Math.max(0, ...decimals);
  return alignCells(
    amounts.map((amount, index) => amount + ' '.repeat(most - (decimals[index] ?? 0))),
    'right',
  );
}
