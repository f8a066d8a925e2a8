/** Checks of options at construction. Messages name the key, the value and the expected form. */

import { InvalidOptionError } from './errors.js';
import { nearestName, plainName } from './nearest-name.js';

/** An option of an earlier version. The message ends with the replacement. */
export function formerOption(option: string, value: unknown, line: string): InvalidOptionError {
  return new InvalidOptionError(option, value, '', `"${option}" is no longer an option; ${line}`);
}

/** Runs the checks of an option. A value that throws while it is read is invalid, too. */
export function checked<T>(option: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof InvalidOptionError) throw error;
    throw unreadableOption(option);
  }
}

export function unreadableOption(option: string): InvalidOptionError {
  return new InvalidOptionError(option, undefined, '', `option "${option}" cannot be read: it throws`);
}

export function expectNumber(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new InvalidOptionError(option, value, `a number from ${min} to ${max}`);
}

export function expectString(option: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new InvalidOptionError(option, value, 'a non-empty string');
}

export function expectBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidOptionError(option, value, 'true or false');
}

export function expectFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw new InvalidOptionError(option, value, 'a function');
}

export function expectRecord(
  option: string,
  value: unknown,
  expected = 'an object',
): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new InvalidOptionError(option, value, expected);
}

/** Refuses unknown keys, so that a typing error is not silently ignored. */
export function expectKnownKeys(
  option: string,
  value: Record<string, unknown>,
  known: readonly string[],
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const path = option === '' ? key : `${option}.${key}`;
    throw unknownOptionError(path, value[key], nearestName(key, known) ?? endOf(key, known), known);
  }
}

/** The known name at the end of a longer one: `budgetUSD` for `usd`. */
function endOf(key: string, known: readonly string[]): string | undefined {
  return known.find((name) => name.length > 2 && plainName(key).endsWith(plainName(name)));
}

export function unknownOptionError(
  path: string,
  value: unknown,
  meant: string | undefined,
  known: readonly string[],
): InvalidOptionError {
  const advice = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return new InvalidOptionError(path, value, '', `unknown option "${path}"; ${advice}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // A revoked proxy.
    return false;
  }
}
