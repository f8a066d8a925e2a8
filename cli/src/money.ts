/** Money as people write it, and whole pico-dollars (1e-12 USD). No float is on the way. */

const DECIMALS = 12;
const PICO_PER_USD = 10n ** BigInt(DECIMALS);
const DECIMAL = /^\+?(\d{1,15})(?:\.(\d*))?$|^\+?\.(\d+)$/;

/** Dollars as digits, such as `0.50`, to whole pico-dollars. Undefined for anything else, and for more than 12 decimals. */
export function picoFromDecimal(text: string): bigint | undefined {
  const [match, whole = '0', given, only] = DECIMAL.exec(text.trim()) ?? [];
  if (match === undefined) return undefined;
  const decimals = (given ?? only ?? '').replace(/0+$/, '');
  if (decimals.length > DECIMALS) return undefined;
  return BigInt(whole) * PICO_PER_USD + BigInt(decimals.padEnd(DECIMALS, '0'));
}

/** Dollars of another program, where digits beyond a pico-dollar are rounded and a sign and an exponent may occur. */
export function picoFromAmount(text: string): bigint | undefined {
  const [match, sign, whole = '0', decimals = '', exponent = '0'] =
    /^([+-]?)(\d{1,15})(?:\.(\d{0,60}))?(?:e([+-]?\d{1,2}))?$/i.exec(text.trim()) ?? [];
  if (match === undefined) return undefined;
  const shift = DECIMALS + Number(exponent);
  const digits = BigInt(whole + decimals);
  const places = shift - decimals.length;
  const pico = places >= 0 ? digits * 10n ** BigInt(places) : rounded(digits, 10n ** BigInt(-places));
  return sign === '-' ? -pico : pico;
}

function rounded(value: bigint, divisor: bigint): bigint {
  return (value + divisor / 2n) / divisor;
}

/** All digits, and `places` decimals at least: `0.142`, `-30.3301977`. */
export function decimalFromPico(pico: bigint, places = 0): string {
  const size = pico < 0n ? -pico : pico;
  const decimals = (size % PICO_PER_USD)
    .toString()
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '')
    .padEnd(places, '0');
  return `${pico < 0n ? '-' : ''}${size / PICO_PER_USD}${decimals === '' ? '' : `.${decimals}`}`;
}

/** For people: `$0.142`, `-$1,030.33`. All digits, two decimals at least. */
export function usdText(pico: bigint): string {
  const [whole = '0', decimals = ''] = decimalFromPico(pico < 0n ? -pico : pico, 2).split('.');
  return `${pico < 0n ? '-' : ''}$${BigInt(whole).toLocaleString('en-US')}.${decimals}`;
}
