/** Responses of Genkit 1.42, as its middleware and `generate` hand them on: recorded, the messages left out. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';

const MESSAGE = { role: 'model', content: [{ text: 'Paris' }] };

describe("a response of Genkit's", () => {
  it("has the cache of OpenAI's own response, which it leaves out", () => {
    const facts = readResponse({
      finishReason: 'stop',
      message: MESSAGE,
      usage: { inputTokens: 6133, outputTokens: 207, totalTokens: 6340 },
      raw: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        model: 'gpt-4o-mini-2024-07-18',
        usage: {
          prompt_tokens: 6133,
          completion_tokens: 207,
          total_tokens: 6340,
          prompt_tokens_details: { cached_tokens: 4096 },
        },
      },
    });
    expect(facts?.usage?.tokens).toMatchObject({ input: 2037, cacheRead: 4096, output: 207 });
    expect(facts?.usage?.doubt).toBeUndefined();
    expect(facts).toMatchObject({ responseModel: 'gpt-4o-mini-2024-07-18', responseId: 'chatcmpl-1' });
  });

  it("has the cache of Anthropic's own response", () => {
    const usage = { input_tokens: 1424, cache_creation_input_tokens: 613, cache_read_input_tokens: 4096 };
    const facts = readResponse({
      candidates: [{ index: 0, finishReason: 'stop', message: MESSAGE }],
      message: MESSAGE,
      usage: {
        inputTokens: 1424,
        outputTokens: 207,
        custom: { cache_creation_input_tokens: 613, cache_read_input_tokens: 4096 },
      },
      custom: {
        id: 'msg_1',
        type: 'message',
        model: 'claude-sonnet-4-5-20250929',
        usage: { ...usage, output_tokens: 207 },
      },
    });
    expect(facts?.usage?.tokens).toMatchObject({
      input: 1424,
      cacheRead: 4096,
      cacheWrite: 613,
      output: 207,
    });
    expect(facts?.usage?.doubt).toBeUndefined();
  });
});
