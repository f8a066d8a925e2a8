/** The part of a prompt that tools take up: their definitions and their results. */
import { answered } from '../callback.js';
import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import { inputTokens, type TokenCounts, type Usage } from './usage.js';

/** The most values of one definition or result to convert to JSON. The count of a larger one stays unknown. */
const MAX_VALUES = 20_000;

/** Counts the tokens of a string, as the model's own tokenizer does. */
export type CountTokens = (text: string) => number;

/** Fields of a request that hold tool definitions: OpenAI and Anthropic, Gemini, Bedrock. */
const DEFINITION_KEYS = ['tools', 'functions'];
const CONFIG_KEYS = ['config', 'toolConfig'];
const MESSAGE_KEYS = ['messages', 'input', 'contents', 'prompt'];
const RESULT_TYPES = new Set(['tool_result', 'tool-result', 'function_call_output']);

/**
 * Counts the tokens of the tool definitions and tool results in a request, with the app's tokenizer. Definitions
 * are counted as the JSON that is sent. Undefined when there are none or the tokenizer returns no count. Never
 * throws.
 */
export function countToolTokens(request: unknown, countTokens: CountTokens): number | undefined {
  try {
    if (!isRecord(request)) return undefined;
    const texts = [...definitionsIn(request), ...resultsIn(request)].map(textOf);
    const count = texts.reduce((sum, text) => sum + answered(countTokens(text)), 0);
    return Number.isFinite(count) && count > 0 ? Math.round(count) : undefined;
  } catch {
    // The app's tokenizer, or a getter of its request, threw, so the count is unknown.
    return undefined;
  }
}

/** The tool overhead to report for a call: the larger known count, but never more than the call's input. */
export function toolOverhead(
  tokens: TokenCounts | undefined,
  usage: Usage | undefined,
  counted: number | undefined,
): number {
  if (tokens === undefined || (counted === undefined && usage?.toolOverheadTokens === undefined)) return 0;
  return Math.min(inputTokens(tokens), Math.max(counted ?? 0, usage?.toolOverheadTokens ?? 0));
}

function definitionsIn(request: Record<string, unknown>): unknown[] {
  const places = [request, ...CONFIG_KEYS.map((key) => request[key]).filter(isRecord)];
  return places
    .flatMap((place) => DEFINITION_KEYS.map((key) => place[key]))
    .filter((found) => found !== undefined);
}

function resultsIn(request: Record<string, unknown>): unknown[] {
  return MESSAGE_KEYS.flatMap((key) => listIn(request[key])).flatMap(resultsOf);
}

/** The tool results in a message: the whole message, or those of its parts. */
function resultsOf(message: unknown): unknown[] {
  if (!isRecord(message)) return [];
  if (RESULT_TYPES.has(String(message.type))) return [message.output ?? message.content];
  const parts = listIn(message.content ?? message.parts).flatMap(resultInPart);
  const isWholeResult = message.role === 'tool' || message.role === 'function';
  return isWholeResult && parts.length === 0 ? [message.content] : parts;
}

function resultInPart(part: unknown): unknown[] {
  if (!isRecord(part)) return [];
  const nested = part.functionResponse ?? part.toolResult;
  if (nested !== undefined) return [nested];
  return RESULT_TYPES.has(String(part.type)) ? [part.content ?? part.output ?? part.result] : [];
}

function listIn(value: unknown): unknown[] {
  return [...listed(value)];
}

function textOf(part: unknown): string {
  let left = MAX_VALUES;
  const counted = (_key: string, value: unknown) => {
    left -= 1;
    if (left < 0) throw new RangeError('too many');
    return value;
  };
  return typeof part === 'string' ? part : (JSON.stringify(part, counted) ?? '');
}
