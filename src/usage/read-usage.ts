/** Converts any provider's usage object, recognised by its keys, to one form. */
import { isRecord } from '../validate.js';
import { readAiSdkUsage } from './ai-sdk-usage.js';
import { isAnthropicUsage, readAnthropicUsage } from './anthropic-usage.js';
import { readCacheOutsideUsage, readInvokeUsage } from './bedrock-usage.js';
import { keysOf } from './bounds.js';
import { billedUnits, readCohereUsage } from './cohere-usage.js';
import { richest } from './combine.js';
import { isPresent } from './counts.js';
import { Draft, toUsage } from './draft.js';
import { readGeminiUsage, readInteractionsUsage, readSnakeGeminiUsage } from './gemini-usage.js';
import { readOpenAiUsage } from './openai-usage.js';
import { readReportedCost } from './reported-cost.js';
import type { Usage } from './usage.js';

export interface UsageHint {
  /**
   * The provider that served the call. It decides whether `cachedInputTokens` of older AI SDKs are part of
   * `inputTokens`.
   */
  provider?: string | undefined;
}

type Shape = (usage: Record<string, unknown>, provider: string | undefined) => Draft;

/** Each shape with its keys; one key is enough to recognise it. The first match is used. */
const SHAPES: readonly (readonly [Shape, readonly string[]])[] = [
  [readGeminiUsage, ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount', 'thoughtsTokenCount']],
  [readInteractionsUsage, ['total_input_tokens', 'total_output_tokens', 'total_thought_tokens']],
  [readOllamaUsage, ['prompt_eval_count', 'eval_count']],
  [readInvokeUsage, ['inputTextTokenCount', 'generation_token_count']],
  [
    readCacheOutsideUsage,
    [
      'cacheReadInputTokens',
      'cacheWriteInputTokens',
      'cacheCreationInputTokens',
      'cacheReadInputTokenCount',
      'inputTokenCount',
      'serverToolUsage',
    ],
  ],
  [readAiSdkUsage, ['inputTokens', 'outputTokens', 'totalTokens', 'tokens']],
  [
    readOpenAiUsage,
    [
      'prompt_tokens',
      'completion_tokens',
      'input_tokens',
      'output_tokens',
      'total_tokens',
      'prompt_cache_miss_tokens',
      'seconds',
      'prompt_audio_seconds',
      'num_server_side_tools_used',
    ],
  ],
  [readSnakeGeminiUsage, ['candidates_token_count', 'total_token_count', 'thoughts_token_count']],
];

/**
 * Reads a usage object into disjoint counts. Undefined when it is not a usage object or has no counts. Unreadable
 * counts are refused and named in `anomaly`. Never throws.
 */
export function readUsage(usage: unknown, hint: UsageHint = {}): Usage | undefined {
  try {
    return isRecord(usage) ? readRecord(usage, hint.provider) : undefined;
  } catch {
    // A getter or proxy of the app threw, so there is nothing to read.
    return undefined;
  }
}

function readRecord(usage: Record<string, unknown>, provider: string | undefined): Usage | undefined {
  if (isSnakeInCamel(usage)) return readRecord(snakeKeys(usage), provider);
  const draft = readShape(usage, provider);
  const cost = readReportedCost(usage, draft);
  if (cost !== undefined) draft.reportedCostUsd = cost;
  const read = toUsage(draft);
  const raw = isRecord(usage.raw) ? readRecord(usage.raw, provider) : undefined;
  return read !== undefined && raw !== undefined ? richest(read, raw) : (read ?? raw);
}

function isSnakeInCamel(usage: Record<string, unknown>): boolean {
  return (
    isPresent(usage.promptTokens) ||
    isPresent(usage.completionTokens) ||
    isPresent(usage.inputTokensDetails) ||
    isPresent(usage.outputTokensDetails) ||
    isPresent(usage.billedUnits)
  );
}

function readShape(usage: Record<string, unknown>, provider: string | undefined): Draft {
  const billed = billedUnits(usage);
  if (billed !== undefined) return readCohereUsage(billed);
  if (isAnthropicUsage(usage)) return readAnthropicUsage(usage);
  // By far the most common shape. No other shape has its first name.
  if (isPresent(usage.prompt_tokens)) return readOpenAiUsage(usage);
  if (isPiUsage(usage)) return readPiUsage(usage);
  for (const [shape, keys] of SHAPES)
    if (keys.some((key) => isPresent(usage[key]))) return shape(usage, provider);
  return new Draft();
}

function isPiUsage(usage: Record<string, unknown>): boolean {
  return isPresent(usage.input) && (isPresent(usage.cacheRead) || isPresent(usage.cacheWrite));
}

/** Reads the messages of pi's client: short names, with the cache beside the input. */
function readPiUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.cacheIsOutside = true;
  draft.input = draft.first(usage, 'input');
  draft.output = draft.first(usage, 'output');
  draft.total = draft.first(usage, 'totalTokens');
  draft.cacheRead = draft.most(usage, 'cacheRead');
  draft.cacheWrite = draft.most(usage, 'cacheWrite');
  return draft;
}

/** Ollama puts its counts on the response itself. */
function readOllamaUsage(response: Record<string, unknown>): Draft {
  const draft = new Draft();
  draft.input = draft.first(response, 'prompt_eval_count');
  draft.output = draft.first(response, 'eval_count');
  return draft;
}

/** Names of a bill that no provider writes in snake case. */
const BILLS = new Set(['costUsd', 'costUSD']);

/**
 * Restores the provider's snake case for SDKs that convert it to camel case (AI SDK 4, Mistral, OpenRouter, Cohere,
 * OpenAI Agents).
 */
function snakeKeys(record: Record<string, unknown>, levels = 2): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const key of keysOf(record)) {
    const value = record[key];
    const name = BILLS.has(key) ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    renamed[name] = levels > 1 && isRecord(value) ? snakeKeys(value, levels - 1) : value;
  }
  return renamed;
}
