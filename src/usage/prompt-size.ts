/** Computes an upper bound of the tokens in a request's prompt, before the request is sent. */
import { isRecord } from '../validate.js';
import {
  CALLBACK_KEY,
  CLIENT_KEY,
  DATA_KEY,
  DECLARATION_KEY,
  HIDDEN_KEY,
  HIDDEN_MODEL,
  IMAGE_KEY,
  IMAGE_TOKENS,
  INSTRUCTED_KEY,
  PLAIN_VALUE,
  PROMPT_KEY,
  REFERENCE_KEY,
  TEXT_TYPE,
} from './prompt-size-facts.js';
import { mostTokens } from './prompt-size-text.js';

/** The most values of a request to visit. A long conversation with its tools has a few thousand. */
const MAX_PARTS = 20_000;

/** The most characters to read: 250,000 tokens of English, which take 5 to 10 ms. Images are not read. */
const MAX_CHARACTERS = 1_000_000;

/** Per request: the marks around messages, and the first characters of strings. */
const TOKENS_PER_REQUEST = 50;

/**
 * Per entry of an object: quotes, colon and comma. It also covers the marks around a message, which has two entries.
 */
const TOKENS_PER_ENTRY = 3;

/** The most that a provider adds to a prompt with tools: 530 for Claude 3 Opus. */
const TOKENS_OF_INSTRUCTIONS = 600;

/** The sum so far. Each `add…` function returns false when the added part has no bound. */
interface Walk {
  tokens: number;
  parts: number;
  characters: number;
  /** Undefined when images of the model have no known bound. */
  perImage: number | undefined;
}

/**
 * The most tokens that a request's prompt takes up. Undefined when that is not known: there is no prompt, a part of it
 * is not in the request or has no bound, the request makes several calls, or it is too large to be read. Reads each
 * property at most once. Never throws.
 */
export function estimatePromptTokens(request: unknown): number | undefined {
  try {
    if (!isRecord(request)) return undefined;
    const keys = Object.keys(request);
    const model = modelOf(request.model ?? request.modelId ?? request.modelName);
    if (HIDDEN_MODEL.test(model) || !keys.some((key) => PROMPT_KEY.test(key))) return undefined;
    const perImage = IMAGE_TOKENS.find(([name]) => name.test(model))?.[1];
    const walk: Walk = { tokens: TOKENS_PER_REQUEST, parts: 0, characters: 0, perImage };
    const isAdded = keys.every((key) => {
      return CLIENT_KEY.test(key) || addPart(walk, key, request[key], PROMPT_KEY.test(key));
    });
    return isAdded ? Math.ceil(walk.tokens) : undefined;
  } catch {
    // A getter or proxy of the app threw, or the request is too deep, so the size is unknown.
    return undefined;
  }
}

function modelOf(model: unknown): string {
  return String(isRecord(model) ? model.modelId : model);
}

/** An entry whose key the API defines. */
function addPart(walk: Walk, key: string, value: unknown, isTop = false): boolean {
  if (value === undefined) return true;
  if (HIDDEN_KEY.test(key) || REFERENCE_KEY.test(key)) return isPlain(value);
  if (INSTRUCTED_KEY.test(key)) walk.tokens += TOKENS_OF_INSTRUCTIONS;
  if (IMAGE_KEY.test(key) && value !== null) return addImages(walk, Array.isArray(value) ? value.length : 1);
  // A stored prompt of OpenAI is an object.
  if (key === 'prompt' && isRecord(value)) return false;
  return addEntry(walk, key, value, !isTop && DATA_KEY.test(key));
}

function addEntry(walk: Walk, key: string, value: unknown, isData: boolean): boolean {
  if (typeof value === 'function') return CALLBACK_KEY.test(key);
  walk.tokens += TOKENS_PER_ENTRY;
  return addText(walk, key) && addValue(walk, value, key, isData);
}

/** A value below `key`. `isData`: the value is below a key of {@link DATA_KEY}. */
function addValue(walk: Walk, value: unknown, key: string, isData: boolean): boolean {
  walk.parts += 1;
  if (walk.parts > MAX_PARTS || typeof value === 'function') return false;
  if (typeof value === 'string') return addText(walk, value);
  if (Array.isArray(value)) return addList(walk, value, key, isData);
  if (typeof value !== 'object' || value === null) return addText(walk, String(value));
  if (!isSentAsItIs(value) || !countKeys(walk, value)) return false;
  return Object.entries(value).every(([name, part]) => {
    if (isData) return addEntry(walk, name, part, true);
    // The AI SDK has its tools by name.
    return key === 'tools' && isRecord(part)
      ? addText(walk, name) && addElement(walk, part, key)
      : addPart(walk, name, part);
  });
}

function addText(walk: Walk, text: string): boolean {
  walk.characters += text.length;
  if (walk.characters > MAX_CHARACTERS) return false;
  walk.tokens += mostTokens(text);
  return true;
}

function addList(walk: Walk, list: readonly unknown[], key: string, isData: boolean): boolean {
  const { length } = list;
  walk.parts += length;
  walk.tokens += length;
  if (walk.parts > MAX_PARTS) return false;
  for (let at = 0; at < length; at++) {
    const value = list[at];
    const isAdded =
      !isData && isRecord(value) ? addElement(walk, value, key) : addValue(walk, value, key, isData);
    if (!isAdded) return false;
  }
  return true;
}

/** A message, a part of one, or a tool: its type shows its content. */
function addElement(walk: Walk, element: Record<string, unknown>, list: string): boolean {
  if (!isSentAsItIs(element) || !countKeys(walk, element)) return false;
  const fields: Record<string, unknown> = { ...element };
  const { type, text, encrypted_content, name, inputSchema, inlineData = fields.inline_data } = fields;
  const {
    mediaType,
    mimeType = mediaType,
    mime_type = mimeType,
  } = isRecord(inlineData) ? inlineData : fields;
  if (IMAGE_KEY.test(String(type)) || /^image\//.test(String(mime_type))) return addImages(walk, 1);
  if (inlineData !== undefined || (typeof type === 'string' && !TEXT_TYPE.test(type))) return false;
  // Reasoning that the provider keeps.
  if (type === 'reasoning' && (text ?? encrypted_content) === undefined) return false;
  // A provider's own tool has neither the name nor the schema of a function.
  const keys = Object.keys(fields);
  const isFunction = type !== undefined || name !== undefined || inputSchema !== undefined;
  if (list === 'tools' && !isFunction && !keys.every((key) => DECLARATION_KEY.test(key))) return false;
  return keys.every((key) => addPart(walk, key, fields[key]));
}

/** Counts the entries of an object before any of them is read. False if there are too many. */
function countKeys(walk: Walk, object: object): boolean {
  walk.parts += Object.keys(object).length;
  return walk.parts <= MAX_PARTS;
}

function addImages(walk: Walk, images: number): boolean {
  walk.tokens += images * (walk.perImage ?? 0);
  return images === 0 || walk.perImage !== undefined;
}

/** True where the value of a hidden key requests nothing: `[]`, `false`, `'auto'`, at most one step. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.length < MAX_PARTS && value.every(isPlain);
  if (typeof value === 'string') return PLAIN_VALUE.test(value);
  return value === null || value === false || (typeof value === 'number' && value <= 1);
}

/** False for files, streams and objects of a library, which are sent in another form. */
function isSentAsItIs(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
