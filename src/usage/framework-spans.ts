/**
 * Usage under the attribute names of OpenInference and of the Vercel AI SDK 4 to 7. The names are constants for
 * speed.
 */
import { isPresent } from './counts.js';
import type { Draft } from './draft.js';
import { isLangChainJson, langChainCacheWrites } from './langchain-json.js';
import type { SpanAttributes } from './span-role.js';

export function readOpenInferenceSpan(d: Draft, a: SpanAttributes): void {
  d.input = d.more(d.input, a['llm.token_count.prompt'], 'prompt');
  d.output = d.more(d.output, a['llm.token_count.completion'], 'completion');
  d.total = d.more(d.total, a['llm.token_count.total'], 'total');
  d.cacheRead = d.part(d.cacheRead, a['llm.token_count.prompt_details.cache_read'], 'cache_read');
  d.cacheWrite = d.part(d.cacheWrite, a['llm.token_count.prompt_details.cache_write'], 'cache_write');
  d.inputAudio = d.part(d.inputAudio, a['llm.token_count.prompt_details.audio'], 'audio');
  d.reasoning = d.part(d.reasoning, a['llm.token_count.completion_details.reasoning'], 'reasoning');
  d.outputAudio = d.part(d.outputAudio, a['llm.token_count.completion_details.audio'], 'audio');
  const output = a['output.value'];
  if (d.cacheWrite === 0 && typeof output === 'string' && isLangChainJson(output)) readCacheWrites(d, output);
}

/**
 * Reads cache writes from the answer, because OpenInference's LangChain instrumentation leaves them out of its
 * counts.
 */
function readCacheWrites(d: Draft, output: string): void {
  const { all, forAnHour } = langChainCacheWrites(output);
  d.cacheWrite = all;
  d.cacheWrite1h = Math.min(forAnHour, all);
}

export function readAiSdkSpan(d: Draft, a: SpanAttributes): void {
  d.input = d.more(d.input, a['ai.usage.inputTokens'], 'inputTokens');
  d.input = d.more(d.input, a['ai.usage.promptTokens'], 'promptTokens');
  d.input = d.more(d.input, a['ai.usage.tokens'], 'tokens');
  d.output = d.more(d.output, a['ai.usage.outputTokens'], 'outputTokens');
  d.output = d.more(d.output, a['ai.usage.completionTokens'], 'completionTokens');
  d.total = d.more(d.total, a['ai.usage.totalTokens'], 'totalTokens');
  const cached = a['ai.usage.inputTokenDetails.cacheReadTokens'];
  d.cacheRead = d.part(d.cacheRead, cached, 'cacheReadTokens');
  d.cacheRead = d.part(d.cacheRead, a['ai.usage.cachedInputTokens'], 'cachedInputTokens');
  d.cacheWrite = d.part(d.cacheWrite, a['ai.usage.inputTokenDetails.cacheWriteTokens'], 'cacheWriteTokens');
  d.reasoning = d.part(d.reasoning, a['ai.usage.outputTokenDetails.reasoningTokens'], 'reasoningTokens');
  d.reasoning = d.part(d.reasoning, a['ai.usage.reasoningTokens'], 'reasoningTokens');
  d.hasDetails = isPresent(cached) || isPresent(a['ai.usage.inputTokenDetails.noCacheTokens']);
}
