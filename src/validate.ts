/** Checks of options at construction. Messages name the key, the value and the expected form. */
import { nearestName, plainName } from './nearest-name.js';
import { shortText } from './short-text.js';

/** An invalid option. Thrown at construction only. */
export class InvalidOptionError extends TypeError {
  override readonly name = 'InvalidOptionError';

  constructor(
    /** The option's path, such as `tools.web_search.costUsd`. */
    readonly option: string,
    value: unknown,
    expected: string,
    /** The whole message, when "must be <expected>" does not fit. */
    message = `option "${option}" must be ${expected}, got ${show(value)}`,
  ) {
    super(`otel-agent-cost: ${message}`);
  }
}

/** An option that an earlier version had. The message ends with the line to write instead. */
export function formerOption(option: string, value: unknown, line: string): InvalidOptionError {
  return new InvalidOptionError(option, value, '', `"${option}" is not an option any more; ${line}`);
}

/** A message has room for this many characters of a value, and keys of an object. */
const MAX_SHOWN_CHARS = 60;
const MAX_SHOWN_KEYS = 20;

/** Describes a value for a message: short, and without calling any of its code. */
export function show(value: unknown): string {
  try {
    return textOf(value);
  } catch {
    // A revoked proxy, or one that throws.
    return 'an unreadable object';
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MAX_SHOWN_CHARS ? `${shortText(value, MAX_SHOWN_CHARS)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null)
    return `an object with keys ${shownKeys(Object.keys(value))}`;
  // The digits of a large bigint take seconds.
  const isLarge = typeof value === 'bigint' && BigInt.asIntN(64, value) !== value;
  return isLarge ? 'a bigint' : String(value);
}

function shownKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, MAX_SHOWN_KEYS).map((key) => shortText(key, MAX_SHOWN_CHARS));
  return (keys.length > MAX_SHOWN_KEYS ? [...shown, '…'] : shown).join(', ') || '(none)';
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
