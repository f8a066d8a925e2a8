/** Small programs that were wrong: what a span with a total says, and responses of frameworks. */
import { describe, expect, it } from 'vitest';
import * as sdk from '../../src/index.js';
import { judge, state } from '../support/truth/replay.js';

describe('a total that holds more than prompt and completion', () => {
  const attributes = {
    'openinference.span.kind': 'LLM',
    'llm.provider': 'aws',
    'llm.system': 'anthropic',
    'llm.model_name': 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    'llm.token_count.prompt': 761,
    'llm.token_count.completion': 61,
  };
  const cached = { 'llm.token_count.total': 2064 };

  it('is no output, and the amount is flagged: 1,242 tokens were read from a cache or written to it', async () => {
    const name = 'bedrock.converse';
    const said = await state({ spans: [{ name, attributes: { ...attributes, ...cached } }] }, sdk);
    expect(said.totals.outputTokens).toBe(61);
    expect(judge(said, 0.0047284).isFlagged).toBe(true);
  });

  it('is the cache where the span tells it', async () => {
    const split = {
      'llm.token_count.prompt_details.cache_read': 1031,
      'llm.token_count.prompt_details.cache_write': 211,
    };
    const said = await state(
      { spans: [{ name: 'x', attributes: { ...attributes, ...cached, ...split } }] },
      sdk,
    );
    expect(said.totals).toMatchObject({ inputTokens: 2003, outputTokens: 61 });
    const verdict = judge(said, (761 * 3.3 + 1031 * 0.33 + 211 * 4.125 + 61 * 16.5) / 1e6);
    expect(verdict).toMatchObject({ isRight: true, isFlagged: false });
  });
});

describe('responses of frameworks', () => {
  const usage = {
    prompt_tokens: 2000,
    completion_tokens: 100,
    total_tokens: 2100,
    prompt_tokens_details: { cached_tokens: 1000 },
  };
  const beeAi = {
    promptTokens: 2000,
    completionTokens: 100,
    totalTokens: 2100,
    reasoningTokens: 0,
    cachedPromptTokens: 1000,
  };

  it.each([
    ['LlamaIndex', { message: { content: 'x', role: 'assistant' }, raw: { model: 'gpt-4o-mini', usage } }],
    ['BeeAI', { messages: [], usage: beeAi }],
  ])('%s', async (_, response) => {
    const said = await state({ calls: [{ provider: 'openai', model: 'gpt-4o-mini', response }] }, sdk);
    expect(said.totals).toMatchObject({ inputTokens: 2000, cacheReadTokens: 1000, outputTokens: 100 });
    expect(judge(said, 0.000285)).toMatchObject({ isRight: true, isFlagged: false });
  });
});
