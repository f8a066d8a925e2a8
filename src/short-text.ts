/** The one rule for the length of the app's strings on spans, on metrics and in messages. */

/**
 * The longest name or id, in characters: backends reject longer ones or index them badly, and no real name is that long.
 * The ledger keeps ids whole, so two ids that agree in their first 200 characters stay two.
 */
export const MAX_NAME_CHARS = 200;

/** The longest message of an error, reason or anomaly, in characters. */
export const MAX_MESSAGE_CHARS = 500;

/** Cuts a string without splitting a surrogate pair: half of one is not valid UTF-8. */
export function shortText(text: string, maxChars = MAX_NAME_CHARS): string {
  // A getter of the app may return a different value than when the option was checked.
  if (typeof text !== 'string') return '';
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? maxChars - 1 : maxChars);
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
