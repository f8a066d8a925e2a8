/**
 * Whole units of a measure: a number as long as it is a safe integer, else a bigint. Exact like bigints, and as fast as
 * numbers up to $9,007. The two compare with each other.
 */
export type Units = number | bigint;

export function plus(a: Units, b: Units): Units {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrowed(BigInt(a) + BigInt(b));
}

export function minus(a: Units, b: Units): Units {
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a - b;
    if (Number.isSafeInteger(rest)) return rest;
  }
  return narrowed(BigInt(a) - BigInt(b));
}

/** Converts a finite number, which may be larger than a safe integer. */
export function unitsOf(amount: number): Units {
  return Number.isSafeInteger(amount) ? amount : BigInt(amount);
}

/** Converts an integer in decimal notation. */
export function unitsFromText(text: string): Units {
  return narrowed(BigInt(text));
}

function narrowed(units: bigint): Units {
  const number = Number(units);
  return Number.isSafeInteger(number) ? number : units;
}
