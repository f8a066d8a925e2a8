/** A response that states an input and no output is a lower bound, unless nothing else can be stated. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';

const HALF: Record<string, (model: string) => object> = {
  OpenAI: (model) => ({ model, choices: [], usage: { prompt_tokens: 1000, completion_tokens: null } }),
  Anthropic: (model) => ({ model, type: 'message', content: [], usage: { input_tokens: 1000 } }),
  'AI SDK': (modelId) => ({
    text: 'x',
    finishReason: 'stop',
    usage: { inputTokens: 1000, outputTokens: undefined, totalTokens: undefined },
    totalUsage: { inputTokens: 1000, outputTokens: undefined, totalTokens: undefined },
    response: { modelId },
  }),
  'AI SDK with steps': (modelId) => ({
    text: 'x',
    steps: [
      { usage: { inputTokens: 1000, outputTokens: 100 }, response: { id: 'a', modelId } },
      { usage: { inputTokens: 1000, outputTokens: undefined }, response: { id: 'b', modelId } },
    ],
    usage: { inputTokens: 1000, outputTokens: undefined },
  }),
  LangChain: (model_name) => ({
    content: 'x',
    usage_metadata: { input_tokens: 1000 },
    response_metadata: { model_name },
  }),
};

describe('an input without an output', () => {
  it.each(Object.keys(HALF))('is a lower bound of a model that answers: %s', (name) => {
    expect(readResponse(HALF[name]?.('gpt-4o'))?.usage).toMatchObject({ incomplete: true });
  });

  it.each(['OpenAI', 'AI SDK', 'LangChain'])('is all of an embedding: %s', (name) => {
    expect(readResponse(HALF[name]?.('text-embedding-3-small'))?.usage).not.toHaveProperty('incomplete');
  });
});
