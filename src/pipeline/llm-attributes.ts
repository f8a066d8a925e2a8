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
import type { SdkSpan } from '../sdk-span.js';
import { shortText } from '../short-text.js';
import {
  attributesToWrite,
  isAssignable,
  keepAttributes,
  putText,
  type SpanAttributes,
} from '../spans/targets.js';
import type { RequestFacts } from '../usage/read-request.js';
import {
  type CallFacts,
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
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
  const into = attributesToWrite(span);
  if (response !== undefined) writeFacts(into, span, response);
  if (usage !== undefined && usage.unsplitTokens === undefined) writeCounts(into, usage.tokens, carried);
  keepAttributes(span, into);
}

function writeFacts(
  into: SpanAttributes,
  span: SdkSpan,
  { responseModel, responseId, finishReasons }: CallFacts,
): void {
  if (responseModel !== undefined) {
    if (isAssignable(responseModel, into, span)) into['gen_ai.response.model'] = responseModel;
    else putText(into, span, RESPONSE_MODEL, responseModel);
  }
  if (responseId !== undefined) {
    if (isAssignable(responseId, into, span)) into['gen_ai.response.id'] = responseId;
    else putText(into, span, RESPONSE_ID, responseId);
  }
  if (finishReasons === undefined) return;
  const reasons = finishReasons.map((reason) => shortText(reason));
  if (reasons.every((reason) => isAssignable(reason, into, span)))
    into['gen_ai.response.finish_reasons'] = reasons;
  else span.setAttribute(RESPONSE_FINISH_REASONS, reasons);
}

function writeCounts(
  into: SpanAttributes,
  tokens: TokenCounts,
  carried: ReadonlySet<string> | undefined,
): void {
  if (!carried?.has(USAGE_INPUT_TOKENS)) into['gen_ai.usage.input_tokens'] = inputTokens(tokens);
  if (!carried?.has(USAGE_OUTPUT_TOKENS)) into['gen_ai.usage.output_tokens'] = outputTokens(tokens);
  const cacheRead = cacheReadTokens(tokens);
  if (cacheRead > 0 && !carried?.has(USAGE_CACHE_READ_TOKENS))
    into['gen_ai.usage.cache_read.input_tokens'] = cacheRead;
  const cacheWrite = cacheWriteTokens(tokens);
  if (cacheWrite > 0 && !carried?.has(USAGE_CACHE_WRITE_TOKENS))
    into['gen_ai.usage.cache_creation.input_tokens'] = cacheWrite;
  const { reasoning } = tokens;
  if (reasoning > 0 && !carried?.has(USAGE_REASONING_TOKENS))
    into['gen_ai.usage.reasoning.output_tokens'] = reasoning;
}
