import type { Attributes, Span } from '@opentelemetry/api';
import {
  OPERATION_NAME,
  PROVIDER_NAME,
  REQUEST_MAX_TOKENS,
  REQUEST_MODEL,
  REQUEST_TEMPERATURE,
  REQUEST_TOP_P,
  RESPONSE_FINISH_REASONS,
  RESPONSE_ID,
  RESPONSE_MODEL,
  USAGE_CACHE_READ_TOKENS,
  USAGE_CACHE_WRITE_TOKENS,
  USAGE_INPUT_TOKENS,
  USAGE_OUTPUT_TOKENS,
  USAGE_REASONING_TOKENS,
} from '../attributes.js';
import { shortText } from '../short-text.js';
import type { RequestFacts } from '../usage/read-request.js';
import {
  type CallFacts,
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type Usage,
} from '../usage/usage.js';

/** The attributes of an LLM call that are known when it starts. */
export function requestAttributes(operation: string, request: RequestFacts): Attributes {
  const attributes: Attributes = { [OPERATION_NAME]: operation };
  if (request.provider !== undefined) attributes[PROVIDER_NAME] = request.provider;
  if (request.model !== undefined) attributes[REQUEST_MODEL] = request.model;
  if (request.temperature !== undefined) attributes[REQUEST_TEMPERATURE] = request.temperature;
  if (request.maxTokens !== undefined) attributes[REQUEST_MAX_TOKENS] = request.maxTokens;
  if (request.topP !== undefined) attributes[REQUEST_TOP_P] = request.topP;
  return attributes;
}

/**
 * Writes the facts of a response. Token counts that spans inside the wrapper already carry (`carried`) are left out, so
 * that a backend does not count them twice.
 */
export function writeResponse(
  span: Span,
  response: CallFacts | undefined,
  usage: Usage | undefined,
  carried: ReadonlySet<string> | undefined,
): void {
  if (!span.isRecording()) return;
  setName(span, RESPONSE_MODEL, response?.responseModel);
  setName(span, RESPONSE_ID, response?.responseId);
  if (response?.finishReasons !== undefined)
    span.setAttribute(
      RESPONSE_FINISH_REASONS,
      response.finishReasons.map((reason) => shortText(reason)),
    );
  if (usage === undefined || usage.unsplitTokens !== undefined) return;
  const { tokens } = usage;
  writeCount(span, USAGE_INPUT_TOKENS, inputTokens(tokens), carried);
  writeCount(span, USAGE_OUTPUT_TOKENS, outputTokens(tokens), carried);
  writePart(span, USAGE_CACHE_READ_TOKENS, cacheReadTokens(tokens), carried);
  writePart(span, USAGE_CACHE_WRITE_TOKENS, cacheWriteTokens(tokens), carried);
  writePart(span, USAGE_REASONING_TOKENS, tokens.reasoning, carried);
}

function setName(span: Span, key: string, name: string | undefined): void {
  if (name !== undefined) span.setAttribute(key, shortText(name));
}

function writeCount(span: Span, key: string, count: number, carried: ReadonlySet<string> | undefined): void {
  if (!carried?.has(key)) span.setAttribute(key, count);
}

function writePart(span: Span, key: string, count: number, carried: ReadonlySet<string> | undefined): void {
  if (count > 0) writeCount(span, key, count, carried);
}
