/** How large a request to a model is, for an estimate before it is sent. */

/** English is some 4 characters a token, code and other languages fewer: this is rather too many tokens. */
const CHARACTERS_PER_TOKEN = 3;

/** What providers bill for one large image, about. */
const TOKENS_PER_FILE = 2000;

/** Parts of a request that are looked at: a long conversation with its tools has some thousands. */
const MAX_PARTS = 20_000;

/** Where the parts of a prompt are; what else a request says is not sent to the model as text. */
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
 * Tokens that the prompt of a request has, estimated rather high; undefined where no prompt is found, or where it has
 * too many parts to be looked at. Lengths are read, texts are not. Never throws.
 */
export function estimatePromptTokens(request: unknown): number | undefined {
  try {
    if (typeof request !== 'object' || request === null) return undefined;
    const fields: Record<string, unknown> = { ...request };
    const parts = PROMPT_KEYS.map((key) => fields[key]).filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : sizeOf(parts);
  } catch {
    // A getter or proxy of the app's that throws: its size is not known.
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
      const inside: readonly unknown[] = Array.isArray(part) ? part : Object.values(part);
      if (looks + parts.length + inside.length > MAX_PARTS) return undefined;
      parts.push(...inside);
    } else {
      // Numbers and flags, and what stands in for them.
      characters += CHARACTERS_PER_TOKEN;
    }
  }
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + files * TOKENS_PER_FILE;
}

/** How much of a text is looked at to tell a file from words. */
const FILE_HEAD_CHARACTERS = 1000;

/** True for a file as text: a data URL, or base64, which has no spaces. */
function isFile(text: string): boolean {
  if (text.startsWith('data:')) return true;
  return text.length > FILE_HEAD_CHARACTERS && /^[\w+/=-]+$/.test(text.slice(0, FILE_HEAD_CHARACTERS));
}
