import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUsage } from '../../src/usage/read-usage.js';
import { countToolTokens, toolOverhead } from '../../src/usage/tool-overhead.js';
import { noTokens } from '../../src/usage/usage.js';

/** A tokenizer for tests: a token a character. */
const characters = (text: string) => text.length;
const tools = [{ name: 'search', parameters: {} }];
const json = JSON.stringify(tools).length;

describe('tokens for tools in a request', () => {
  it.each([
    ['none', { messages: [{ role: 'user', content: 'hello' }] }, undefined],
    [
      'OpenAI chat',
      {
        tools,
        messages: [
          { role: 'tool', content: 'found' },
          { role: 'user', content: 'x' },
        ],
      },
      json + 5,
    ],
    ['OpenAI responses', { tools, input: [{ type: 'function_call_output', output: 'found' }] }, json + 5],
    [
      'Anthropic',
      {
        tools,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'tool_result', content: 'found' },
              { type: 'text', text: 'x' },
            ],
          },
        ],
      },
      json + 5,
    ],
    [
      'Gemini',
      { config: { tools }, contents: [{ parts: [{ functionResponse: { a: 1 } }, { text: 'x' }] }] },
      json + 7,
    ],
    [
      'Bedrock',
      { toolConfig: { tools }, messages: [{ role: 'user', content: [{ toolResult: { a: 1 } }] }] },
      json + 7,
    ],
    [
      'Vercel AI',
      { tools, messages: [{ role: 'tool', content: [{ type: 'tool-result', result: 1 }] }] },
      json + 1,
    ],
    ['a string as prompt', { prompt: 'hello' }, undefined],
    ['no request', undefined, undefined],
  ])('of %s', (_what, request, count) => {
    expect(countToolTokens(request, characters)).toBe(count);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['gives NaN', () => Number.NaN],
    ['gives less than nothing', () => -1],
  ])('are not known where the tokenizer %s', (_what, countTokens) => {
    expect(countToolTokens({ tools }, countTokens)).toBeUndefined();
  });

  it('are not known where the request cannot be read', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.tools = [cyclic];
    expect(countToolTokens(cyclic, characters)).toBeUndefined();
  });
});

describe('the reported overhead', () => {
  it('is never more than the input, and never invented', () => {
    const known = fc.option(fc.nat(5000), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(3000), known, known, (input, reported, counted) => {
        const tokens = { ...noTokens(), input };
        const usage = reported === undefined ? { tokens } : { tokens, toolOverheadTokens: reported };
        expect(toolOverhead(tokens, usage, counted)).toBe(
          Math.min(input, Math.max(reported ?? 0, counted ?? 0)),
        );
        expect(toolOverhead(undefined, usage, counted)).toBe(0);
      }),
    );
  });

  it('is what Gemini reports', () => {
    const usage = readUsage({
      promptTokenCount: 100,
      toolUsePromptTokenCount: 40,
      candidatesTokenCount: 5,
      totalTokenCount: 145,
    });
    expect(usage).toMatchObject({ toolOverheadTokens: 40, tokens: { input: 140 } });
    expect(readUsage({ promptTokenCount: 100, candidatesTokenCount: 5 })).not.toHaveProperty(
      'toolOverheadTokens',
    );
  });
});
