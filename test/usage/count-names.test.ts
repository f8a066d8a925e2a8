/** The words of a name say what a number counts. */
import { describe, expect, it } from 'vitest';
import { meaningOf, wordsOf } from '../../src/usage/count-names.js';

describe('the words of a name', () => {
  it.each([
    ['promptTokensDetails', 'prompt tokens details'],
    ['cache_read_input_tokens', 'cache read input tokens'],
    ['cacheWrite1h', 'cache write 1h'],
    ['costUSD', 'cost usd'],
    ['gen_ai.usage.input-tokens', 'gen ai usage input tokens'],
    ['', ''],
  ])('%s: %s', (name, words) => expect(wordsOf(name).join(' ')).toBe(words));
});

describe('the meaning of a count', () => {
  it.each([
    // The same fact in the spelling of every provider that was seen.
    ['prompt_tokens', 'input'],
    ['inputTokens', 'input'],
    ['promptTokenCount', 'input'],
    ['total_input_tokens', 'input'],
    ['prompt_eval_count', 'input'],
    ['inputTokens.total', 'input'],
    ['candidatesTokenCount', 'output'],
    ['responseTokenCount', 'output'],
    ['eval_count', 'output'],
    ['generation_token_count', 'output'],
    ['total_tokens', 'total'],
    ['totalTokenCount', 'total'],
    ['prompt_tokens_details.cached_tokens', 'cacheRead'],
    ['cachedPromptTokens', 'cacheRead'],
    ['cache_read.input_tokens', 'cacheRead'],
    ['input_tokens.cached', 'cacheRead'],
    ['cachedContentTokenCount', 'cacheRead'],
    ['prompt_cache_hit_tokens', 'cacheRead'],
    ['cached_prompt_text_tokens', 'cacheReadText'],
    ['cached_tokens_details.audio_tokens', 'cacheReadAudio'],
    ['cacheTokensDetails.AUDIO.tokenCount', 'cacheReadAudio'],
    ['prompt_cache_miss_tokens', 'freshInput'],
    ['inputTokenDetails.noCacheTokens', 'freshInput'],
    ['cacheCreationInputTokens', 'cacheWrite'],
    ['cacheWrite1h', 'cacheWrite1h'],
    ['cache_creation.ephemeral_1h_input_tokens', 'cacheWrite1h'],
    ['cacheDetails.1h.inputTokens', 'cacheWrite1h'],
    ['cache_creation.ephemeral_5m_input_tokens', 'cacheWrite5m'],
    ['completion_tokens_details.reasoning_tokens', 'reasoning'],
    ['reasoning.output_tokens', 'reasoning'],
    ['thoughtsTokenCount', 'reasoning'],
    ['citation_tokens', 'citation'],
    ['promptTokensDetails.VIDEO.tokenCount', 'inputVideo'],
    ['candidatesTokensDetails.IMAGE.tokenCount', 'outputImage'],
    ['audio.input_tokens', 'inputAudio'],
    ['audio_output_tokens', 'outputAudio'],
    ['toolUsePromptTokenCount', 'toolInput'],
    ['connector_tokens', 'toolInput'],
    // Pieces.
    ['server_tool_use.web_search_requests', 'webSearches'],
    ['num_search_queries', 'webSearches'],
    ['server_side_tool_usage_details.file_search_calls', 'fileSearches'],
    ['server_side_tool_usage_details.x_search_calls', 'otherToolCalls'],
    ['connectors.code_interpreter', 'codeExecutions'],
    ['prompt_audio_seconds', 'inputAudioSeconds'],
  ])('%s: %s', (path, meaning) => expect(meaningOf(path.split('.'))).toBe(meaning));

  it.each([
    'total_time',
    'queue_time',
    'prompt_eval_duration',
    'latency_ms',
    'accepted_prediction_tokens',
    'maxOutputTokens',
    'contextWindow',
    'cost',
    'inputCharacters',
    'inputImages',
    'web_fetch_requests',
    'server_tool_use.web_fetch_requests',
  ])('%s is known to be irrelevant', (path) => expect(meaningOf(path.split('.'))).toBe('ignored'));

  it.each([
    'widgets',
    'frobnicated_tokens',
    'custom.cache_read_input_tokens',
    'audio_tokens',
    'video_tokens',
    'tool_tokens',
    'num_sources_used',
    'tokens_details.foo',
  ])('%s is not known', (path) => expect(meaningOf(path.split('.'))).toBe('unknown'));
});
