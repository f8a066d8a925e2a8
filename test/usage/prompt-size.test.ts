import { describe, expect, it } from 'vitest';
import { estimatePromptTokens } from '../../src/usage/prompt-size.js';

const TEXT = 'a word '.repeat(300);

describe('the size of a prompt', () => {
  it.each([
    ['OpenAI', { messages: [{ role: 'user', content: TEXT }] }],
    ['OpenAI responses', { input: TEXT, instructions: '' }],
    ['Anthropic', { system: '', messages: [{ role: 'user', content: [{ type: 'text', text: TEXT }] }] }],
    ['Gemini', { contents: [{ role: 'user', parts: [{ text: TEXT }] }] }],
    ['AI SDK', { prompt: TEXT }],
  ])('is rather more than its tokens, for %s', (_, request) => {
    const tokens = estimatePromptTokens({ model: 'm', max_tokens: 10, ...request });
    expect(tokens).toBeGreaterThanOrEqual(700);
    expect(tokens).toBeLessThan(720);
  });

  it('counts tools', () => {
    const tools = [{ type: 'function', function: { name: 'search', description: TEXT } }];
    expect(estimatePromptTokens({ messages: [], tools })).toBeGreaterThan(700);
  });

  it('counts a file as one, however it is sent', () => {
    const base64 = Buffer.alloc(300_000, 7).toString('base64');
    for (const image of [
      base64,
      `data:image/png;base64,${base64}`,
      Buffer.alloc(300_000),
      new ArrayBuffer(9),
    ]) {
      expect(estimatePromptTokens({ messages: [{ content: [{ image }] }] })).toBe(2000);
    }
  });

  it.each([[undefined], [null], [7], ['text'], [{}], [{ model: 'm' }], [{ max_tokens: 3 }]])(
    'is not known of %j',
    (request) => {
      expect(estimatePromptTokens(request)).toBeUndefined();
    },
  );

  it('is found in cyclic requests, and not in huge ones', () => {
    const cyclic: { messages: unknown[] } = { messages: ['abcdef'] };
    cyclic.messages.push(cyclic);
    expect(estimatePromptTokens(cyclic)).toBe(2);
    expect(estimatePromptTokens({ messages: Array.from({ length: 1e6 }, () => 'a') })).toBeUndefined();
  });

  it('does not throw with what throws', () => {
    const hostile = {
      get messages() {
        throw new Error('of the app');
      },
    };
    expect(estimatePromptTokens(hostile)).toBeUndefined();
    expect(estimatePromptTokens({ messages: [hostile] })).toBeUndefined();
  });
});
