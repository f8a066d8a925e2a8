/** Significant digits of a rate. Rates have fewer; what a double has beyond is an error of its computation. */
const DIGITS = 15;

/** A rate from 0 in digits, without an exponent: `decimalText(2.5, 6)` is `0.0000025`. `places`: divided by 10 to the power of it. */
export function decimalText(value: number, places = 0): string {
  const [mantissa = '0', exponent = '0'] = Number(value.toPrecision(DIGITS)).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = 1 + Number(exponent) - places;
  if (/^0+$/.test(digits)) return '0';
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, '0');
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
