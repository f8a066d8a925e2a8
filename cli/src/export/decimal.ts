/** Products of decimal numbers in digits, exactly. */

interface Decimal {
  digits: bigint;
  places: number;
}

/** `multiplied('0.0000025', '700')` is `0.00175`. Both are numbers from 0 in digits. */
export function multiplied(a: string, b: string): string {
  const [left, right] = [read(a), read(b)];
  return write({ digits: left.digits * right.digits, places: left.places + right.places });
}

function read(text: string): Decimal {
  const [whole = '0', decimals = ''] = text.split('.');
  return { digits: BigInt(whole + decimals), places: decimals.length };
}

function write({ digits, places }: Decimal): string {
  const text = digits.toString().padStart(places + 1, '0');
  const decimals = text.slice(text.length - places).replace(/0+$/, '');
  const whole = text.slice(0, text.length - places);
  return places === 0 ? text : `${whole}${decimals === '' ? '' : `.${decimals}`}`;
}
