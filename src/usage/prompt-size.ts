/** Estimates the size of a request to a model before it is sent. */

/** English has about 4 characters per token, code and other languages fewer. 3 rather overestimates the tokens. */
const CHARACTERS_PER_TOKEN = 3;

/** About what providers bill for one large image. */
const TOKENS_PER_FILE = 2000;

/** The most parts of a request to visit. A long conversation with its tools has a few thousand. */
const MAX_PARTS = 20_000;

/** Fields that hold parts of a prompt. The other fields of a request are not sent to the model as text. */
const PROMPT_KEYS = [
  'messages',
  'system',
  'input',
  'prompt',
  'contents',
  'instructions',
  'tools',
  'systemInstruction',
  'config',
  'toolConfig',
];

/**
 * Estimates the tokens of a request's prompt, rather too high than too low. Undefined when no prompt is found or it
 * has too many parts. Reads the lengths of strings, not their content. Never throws.
 */
export function estimatePromptTokens(request: unknown): number | undefined {
  try {
    if (typeof request !== 'object' || request === null) return undefined;
    const fields = request;
    const parts = PROMPT_KEYS.map((key): unknown => Reflect.get(fields, key)).filter(
      (part) => part !== undefined,
    );
    return parts.length === 0 ? undefined : sizeOf(parts);
  } catch {
    // A getter or proxy of the app threw, so the size is unknown.
    return undefined;
  }
}

function sizeOf(parts: unknown[]): number | undefined {
  let characters = 0;
  let files = 0;
  let looks = 0;
  const seen = new Set<object>();
  while (parts.length > 0) {
    const part = parts.pop();
    looks += 1;
    if (typeof part === 'string') {
      if (isFile(part)) files += 1;
      else characters += part.length;
    } else if (ArrayBuffer.isView(part) || part instanceof ArrayBuffer) {
      files += 1;
    } else if (typeof part === 'object' && part !== null) {
      if (seen.has(part)) continue;
      seen.add(part);
      if (!takeInside(parts, part, MAX_PARTS - looks - parts.length)) return undefined;
    } else {
      // Numbers, flags and other values count as one token each.
      characters += CHARACTERS_PER_TOKEN;
    }
  }
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + files * TOKENS_PER_FILE;
}

/** Adds the parts inside. False, before any of them is read, if there are more than `room`. */
function takeInside(parts: unknown[], part: object, room: number): boolean {
  if (Array.isArray(part) && part.length > room) return false;
  const keys = Object.keys(part);
  if (keys.length > room) return false;
  for (const key of keys) parts.push(Reflect.get(part, key));
  return true;
}

/** Characters at the start of a string that are checked to tell a file from words. */
const FILE_HEAD_CHARACTERS = 1000;

/** True for a file as a string: a data URL, or base64, which has no spaces. */
function isFile(text: string): boolean {
  if (text.startsWith('data:')) return true;
  return text.length > FILE_HEAD_CHARACTERS && /^[\w+/=-]+$/.test(text.slice(0, FILE_HEAD_CHARACTERS));
}
