/**
 * Amounts as text, for people, on the page and in messages. They are whole pico-dollars from the store to the screen:
 * nothing here is a float, so no digit is lost or invented.
 */

const DECIMALS = 12;
const SIGNIFICANT = 4;
const CENTS = 2;

export interface UsdText {
  /** With sign, dollar sign and separators: `-$1,234.56`. */
  text: string;
  /** Digits behind the point, for columns that are aligned at the point. */
  decimals: number;
}

/** All digits, for hovering: `$0.00225`. At least cents. */
export function fullUsd(pico: string | bigint): string {
  return withDollarSign(plainUsd(pico));
}

/** All digits without dollar sign and separators, for copying: `0.00225`. At least cents. */
export function plainUsd(pico: string | bigint): string {
  const amount = BigInt(pico);
  const digits = absolute(amount)
    .toString()
    .padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '').padEnd(CENTS, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${fraction}`;
}

/**
 * Four significant digits, and never less than cents: `$0.002346`, `$1,234.56`. Rounded half away from zero. An amount
 * with fewer digits is shown as it is; zeros at the end are kept only where something was rounded away.
 */
export function shortUsd(pico: string | bigint): UsdText {
  const amount = BigInt(pico);
  const size = absolute(amount);
  if (size === 0n) return { text: '$0', decimals: 0 };
  const decimals = shownDecimals(size);
  const unit = 10n ** BigInt(DECIMALS - decimals);
  const rounded = ((size + unit / 2n) / unit) * unit;
  const sign = amount < 0n ? -1n : 1n;
  if (rounded === size) return measured(fullUsd(amount));
  // 9.9996 becomes 10.00, not 10.000: the carry has made a digit more.
  const carried = shownDecimals(rounded);
  const text = plainUsd(sign * rounded);
  const point = text.indexOf('.');
  const padded = text.slice(0, point + 1) + text.slice(point + 1).padEnd(carried, '0');
  return measured(withDollarSign(padded));
}

function shownDecimals(size: bigint): number {
  const exponent = size.toString().length - SIGNIFICANT;
  return Math.min(DECIMALS, Math.max(CENTS, DECIMALS - exponent));
}

function measured(text: string): UsdText {
  return { text, decimals: text.length - text.indexOf('.') - 1 };
}

function withDollarSign(plain: string): string {
  const [whole = '', fraction = ''] = plain.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${plain.startsWith('-') ? '-' : ''}$${grouped}.${fraction}`;
}

function absolute(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}
