import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/usage/read-request.js';

const most = (request: object) => readRequest({ model: 'm', ...request }).mostOutputTokens;

describe('the most tokens that a request may be answered with', () => {
  it.each<[string, object]>([
    ['OpenAI', { max_tokens: 100 }],
    ['OpenAI, with reasoning', { max_completion_tokens: 100 }],
    ['OpenAI Responses', { max_output_tokens: 100, n: null }],
    ['Gemini', { config: { maxOutputTokens: 100 } }],
    ['Gemini over REST', { generationConfig: { maxOutputTokens: 100, candidateCount: 1 } }],
    ['Bedrock', { inferenceConfig: { maxTokens: 100 } }],
    ['Ollama', { options: { num_predict: 100 } }],
    ['AI SDK', { maxOutputTokens: 100, prompt: [{ role: 'user', content: 'a' }] }],
    ['Anthropic, whose thinking is part of them', { max_tokens: 100, thinking: { budget_tokens: 50 } }],
  ])('are its limit: %s', (_, request) => {
    expect(most(request)).toBe(100);
  });

  it.each<[string, number, object]>([
    ['n', 1000, { max_tokens: 100, n: 10 }],
    ['candidateCount', 800, { config: { maxOutputTokens: 100, candidateCount: 8 } }],
    ['best_of, which includes n', 500, { max_tokens: 100, n: 2, best_of: 5 }],
    ['num_return_sequences', 300, { max_tokens: 100, num_return_sequences: 3 }],
    ['prompts', 300, { max_tokens: 100, prompt: ['a', 'b', 'c'] }],
    ['prompts as token ids', 200, { max_tokens: 100, prompt: [[1, 2], [3]] }],
    ['one prompt as token ids', 100, { max_tokens: 100, prompt: [1, 2, 3] }],
    ['the larger of two limits', 200, { max_tokens: 100, max_completion_tokens: 200 }],
  ])('are as many for each answer: %s', (_, tokens, request) => {
    expect(most(request)).toBe(tokens);
  });

  it.each([-1, -2, 0, Number.NaN, Number.POSITIVE_INFINITY, 1.5, '100', 1e300, true, {}, []])(
    'are not known where no limit is valid: %j',
    (limit) => {
      expect(most({ max_tokens: limit })).toBeUndefined();
      expect(most({ max_tokens: 100, config: { maxOutputTokens: limit } })).toBeUndefined();
      expect(most({ max_tokens: 100, n: limit })).toBeUndefined();
      expect(readRequest({ model: 'm', max_tokens: limit })).toEqual({ model: 'm' });
    },
  );

  it('are not known without a limit', () => {
    expect(most({})).toBeUndefined();
    expect(most({ n: 3 })).toBeUndefined();
    expect(most({ max_tokens: null })).toBeUndefined();
  });
});

describe('what is read of a request', () => {
  it('reads each property once', () => {
    const reads = new Map<string | symbol, number>();
    const target = { model: 'm', max_tokens: 5, n: 2, temperature: 1, config: undefined, prompt: 'a' };
    const counting = new Proxy(target, {
      get(of, key, self) {
        reads.set(key, (reads.get(key) ?? 0) + 1);
        return Reflect.get(of, key, self);
      },
    });
    expect(readRequest(counting)).toEqual({ model: 'm', maxTokens: 5, mostOutputTokens: 10, temperature: 1 });
    expect(Math.max(...reads.values())).toBe(1);
  });
});
