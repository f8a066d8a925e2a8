/** Estimates the tokens of messages without the model's tokenizer. */

/**
 * English text has about four characters per token; other languages and code have fewer, so this is a low estimate.
 */
const CHARS_PER_TOKEN = 4;

/** Fields with images, audio and files, which are not billed by their length. */
const BINARY_KEYS = new Set([
  'data',
  'url',
  'image_url',
  'image',
  'file_data',
  'b64_json',
  'inlineData',
  'signature',
]);

/** Deeper than any message. Anything deeper is not counted. */
const MAX_DEPTH = 20;

/** The most values to visit: a hundred times a long conversation. Those beyond are not counted. */
const MAX_VALUES = 500_000;

/** A low estimate of the tokens of some messages, by the length of their strings. */
export function estimateTokens(messages: readonly unknown[]): number {
  return Math.floor(countChars(messages, 0, { left: MAX_VALUES }) / CHARS_PER_TOKEN);
}

function countChars(value: unknown, depth: number, values: { left: number }): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return 0;
  let chars = 0;
  for (const key of Object.keys(value)) {
    values.left -= 1;
    if (values.left < 0) break;
    if (!BINARY_KEYS.has(key)) chars += countChars(Reflect.get(value, key), depth + 1, values);
  }
  return chars;
}
