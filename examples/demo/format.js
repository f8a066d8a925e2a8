/** Text for people: colours, dollars, counts, columns. */

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** @typedef {keyof typeof CODES} Colour */
/** @typedef {(text: string, ...colours: Colour[]) => string} Paint */

/** @param {boolean} enabled @returns {Paint} */
export function painter(enabled) {
  return (text, ...colours) => {
    if (!enabled || colours.length === 0 || text === '') return text;
    return `\u001b[${colours.map((colour) => CODES[colour]).join(';')}m${text}\u001b[0m`;
  };
}

/** Whole pico-dollars: what two amounts are compared as, since doubles may differ in their last bit. @param {number} usd */
export function picoFromUsd(usd) {
  return Math.round(usd * 1e12);
}

/** All digits there are, at least two decimals: `$0.142`, `$30.3301977`. @param {number} usd */
export function formatUsd(usd) {
  const [whole = '0', decimals = ''] = usd.toFixed(12).split('.');
  return `$${formatCount(Number(whole))}.${decimals.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** @param {number} count */
export function formatCount(count) {
  return count.toLocaleString('en-US');
}

/** `1 call`, `2 calls`. @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Pads or cuts to exactly `width` characters. @param {string} text @param {number} width */
export function fitWidth(text, width) {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}

/** Pads to the widest. @param {string[]} cells @param {'left' | 'right'} [side] where the text is */
export function alignCells(cells, side = 'left') {
  const widest = Math.max(0, ...cells.map((cell) => cell.length));
  return cells.map((cell) => (side === 'left' ? cell.padEnd(widest) : cell.padStart(widest)));
}

/** Pads amounts so that their decimal points are below each other. @param {string[]} amounts */
export function alignDecimals(amounts) {
  const decimals = amounts.map((amount) => amount.length - `${amount}.`.indexOf('.'));
  const most = Math.max(0, ...decimals);
  return alignCells(
    amounts.map((amount, i) => amount + ' '.repeat(most - (decimals[i] ?? 0))),
    'right',
  );
}
