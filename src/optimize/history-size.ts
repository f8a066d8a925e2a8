/** How many tokens messages are, as far as one can tell without the model's tokenizer. */

/** English text is some four characters a token; other languages and code are fewer, so that this is a low estimate. */
const CHARS_PER_TOKEN = 4;

/** Where images, audio and files stand; they are billed by other rules than their length. */
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

/** Deeper than any message; what is further in is not counted. */
const MAX_DEPTH = 20;

/** A low estimate of the tokens of some messages: by the length of their texts. */
export function estimateTokens(messages: readonly unknown[]): number {
  return Math.floor(countChars(messages, 0) / CHARS_PER_TOKEN);
}

function countChars(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return 0;
  let chars = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (!BINARY_KEYS.has(key)) chars += countChars(inner, depth + 1);
  }
  return chars;
}
