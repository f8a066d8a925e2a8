/** The one rule for the length of the app's strings on spans, on metrics and in messages. */

/**
 * The longest name or id, in characters: backends reject longer ones or index them badly, and no real name is that long.
 * The ledger keeps ids whole, so two ids that agree in their first 200 characters stay two.
 */
export const MAX_NAME_CHARS = 200;

/** The longest message of an error, reason or anomaly, in characters. */
export const MAX_MESSAGE_CHARS = 500;

/** Cuts a string without splitting a surrogate pair: half of one is no valid UTF-8. */
export function shortText(text: string, maxChars = MAX_NAME_CHARS): string {
  // A getter of the app may give something else than when the option was checked.
  if (typeof text !== 'string') return '';
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? maxChars - 1 : maxChars);
}
